"""Low doors in the browser: one's own previews, and a question without a name on the moderators' desk."""

import pytest

from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Journal
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.office import Office
from tests.web.readers import app, archive, letters, member, signed_in, stranger, words  # noqa: F401

LIST = "/me/list/siecibp"


def ewa(site):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, "siecibp"), "ewa@example.org")


def test_a_button_shows_me_my_posts_first_and_another_ends_it(member, site):
    page = member.page(LIST)
    assert "Show me my mails first" in page
    page = member.send(LIST, preview="yes").get_data(as_text=True)
    assert ewa(site).preview
    assert "Send my mails at once again" in member.page(LIST)
    member.send(LIST, preview="no")
    assert not ewa(site).preview
    with site.reading() as db:
        assert [row.what for row in db.query(Journal) if row.what.endswith("preview")] == ["member-preview", "member-no-preview"]


@pytest.fixture
def moderator(app, archive, site):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "mod@example.org", site.now(), name="Zofia Lektura", role="moderator", language="en")
    return signed_in(app, site, "mod@example.org")


def test_the_desk_says_nothing_of_who_asks_without_a_name(moderator, site):
    Office(site).send("Ewa Fiszka <ewa@example.org>", "moderator_siecibp", "Etat", "ANONIMOWO\n\nJak rozmawiać z dyrekcją?\n\n-- \nEwa Fiszka\n")

    for path in ("/siecibp/moderate/", "/siecibp/moderate/case/p1"):
        page = moderator.page(path)
        assert "Jak rozmawiać z dyrekcją?" in page and "Discard and bar this address" not in page
        assert "Fiszka" not in page and "ewa@" not in page


def test_a_moderator_switches_previews_for_a_member(moderator, site):
    path = f"/siecibp/moderate/members/{ewa(site).id}"
    token = moderator.page(path).split('name="form" value="')[1].split('"')[0]
    moderator.post(path, data={"form": token, "preview-asked": "yes", "preview": "on"})
    assert ewa(site).preview


def test_thanks_stand_below_their_message(member, site):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"thanks": "collect"}, CONSOLE, site.now())
        add(db, list_by_name(db, "siecibp"), "halina.nowa@example.org", site.now(), name="Halina Nowa")
    office = Office(site)
    office.send("Ewa Fiszka <ewa@example.org>", "siecibp", "Karty pracy", "Oto karty.\n", message_id="<karty@example.org>")
    office.send("Halina Nowa <halina.nowa@example.org>", "siecibp", "Re: Karty pracy", "Dziękuję!\n", in_reply_to="<karty@example.org>")
    with site.reading() as db:
        from listserv.store.threads import message_by_id

        thread = message_by_id(db, list_by_name(db, "siecibp"), "karty@example.org").thread_id
    assert "Thanks from: Halina Nowa" in member.page(f"/siecibp/thread/{thread}")
