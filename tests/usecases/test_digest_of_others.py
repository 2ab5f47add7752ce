"""Whoever holds a digest that is not their own, or only its number."""

import re

from sqlalchemy import select

from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.queue import State
from listserv.usecases.access import CONSOLE
from listserv.usecases.administration import NewList, create_list
from tests.conftest import add
from tests.usecases.test_digestreplies import digest  # noqa: F401


def reference(letter):
    return str(letter.mail["Message-ID"])


def test_a_guessed_number_of_a_digest_tells_nobody_on_another_list_what_it_told(site, office, digest):
    with site.writing() as db:
        create_list(db, NewList("inna", "Inna"), CONSOLE, site.now())
        add(db, list_by_name(db, "inna"), "spy@example.org", site.now())
    office.send("spy@example.org", "inna", "Re: cokolwiek", "Chętnie.\n", in_reply_to=reference(digest))

    told = office.letters(to="spy@example.org")
    assert told and not [one for one in told if re.search("Scenariusze|Spotkanie", one.text + one.subject)]
    assert not [post for post in office.posts() if "Chętnie" in post.as_string()]


def test_who_was_sent_a_colleagues_digest_gets_its_messages_whole_too(site, office, digest):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "ola@example.org", site.now())
        assert db.scalars(select(Digest)).first()

    assert office.send("ola@example.org", "siecibp", "Re: przegląd", "CAŁA 2", in_reply_to=reference(digest), proven=True) is State.ANSWERED
    assert "Kiedy spotkanie?" in office.letters(to="ola@example.org")[-1].mail.as_string() + office.letters(to="ola@example.org")[-1].text


def test_a_number_that_the_digest_does_not_have_is_answered_and_not_tried_again(site, office, digest):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "ola@example.org", site.now())

    assert office.send("ola@example.org", "siecibp", "Re: przegląd", "CAŁA 9", in_reply_to=reference(digest), proven=True) is State.ANSWERED
