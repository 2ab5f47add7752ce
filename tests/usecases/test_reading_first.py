"""What is read first: somebody's first message, a topic, what the filter or a rule of the list's own says."""

import pytest

from listserv.errors import Conflict, Invalid, NotFound
from listserv.rules import Reason
from listserv.store.lists import FirstPost, list_by_name, topic_by_slug
from listserv.store.moderation import Held, HeldState, Journal
from listserv.store.queue import State
from listserv.usecases import rulemaking
from listserv.usecases.access import CONSOLE
from tests.office import aligned, mail

LIST, MOD, HALINA = "siecibp@lists.example.org", "mod@example.org", "halina@example.org"


def change(site, **values):
    with site.writing() as db:
        for key, value in values.items():
            setattr(list_by_name(db, "siecibp"), key, value)


def rule(site, does, asks, value=""):
    with site.writing() as db:
        return rulemaking.add(db, list_by_name(db, "siecibp"), does, asks, value, CONSOLE, site.now()).id


def last_held(site):
    with site.reading() as db:
        return db.query(Held).order_by(Held.id.desc()).first()


def question(office, to=MOD, kind="held-moderator"):
    return [one for one in office.letters(to=to) if one.kind == kind][-1]


# ---- first messages ----------------------------------------------------------------------------------------


def test_the_first_message_of_a_member_waits_and_the_next_do_not(office, site):
    change(site, first_post=FirstPost.HOLD)
    assert office.send(HALINA, "siecibp", proven=True) is State.HELD
    assert last_held(site).reasons == Reason.FIRST_POST
    assert question(office, HALINA, "held")
    office.reply(question(office), "TAK")

    assert office.send(HALINA, "siecibp", "Drugie", proven=True) is State.POSTED


def test_a_refused_first_message_is_no_first_message(office, site):
    change(site, first_post=FirstPost.HOLD)
    office.send(HALINA, "siecibp", proven=True)
    office.reply(question(office), "NIE, nie tu.")

    assert office.send(HALINA, "siecibp", "Drugie", proven=True) is State.HELD


def test_who_has_written_before_and_who_decides_are_not_new(office, site):
    office.send(HALINA, "siecibp", proven=True)
    change(site, first_post=FirstPost.HOLD)

    assert office.send(HALINA, "siecibp", "Drugie", proven=True) is State.POSTED
    assert office.send(MOD, "siecibp", "Witam", proven=True) is State.POSTED


def test_an_approval_that_is_taken_back_was_none(office, site):
    change(site, first_post=FirstPost.HOLD)
    office.send(HALINA, "siecibp", proven=True)
    office.reply(question(office), "TAK")
    office.reply(question(office), "COFNIJ")

    assert office.send(HALINA, "siecibp", "Drugie", proven=True) is State.HELD


# ---- topics ------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(site, network):
    with site.writing() as db:
        topic_by_slug(db, list_by_name(db, "siecibp"), "tik").moderated = True


def test_a_moderated_topic_is_read_first_by_address_subject_and_answer(office, site, guarded):
    assert office.send(HALINA, "siecibp+tik", proven=True) is State.HELD
    assert last_held(site).reasons == Reason.TOPIC
    assert office.send(HALINA, "siecibp", "Lekcja #tik", proven=True) is State.HELD
    assert office.send(HALINA, "siecibp", "Lekcja", proven=True) is State.POSTED
    assert office.send(MOD, "siecibp+tik", "Zasady", proven=True, message_id="<zasady@example.org>") is State.POSTED
    assert office.send(HALINA, "siecibp", "Odp: Zasady", proven=True, in_reply_to="<zasady@example.org>") is State.HELD


def test_who_is_trusted_writes_in_a_moderated_topic(office, site, guarded):
    office.send(HALINA, "siecibp+tik", proven=True)
    office.reply(question(office), "ZAUFAJ")

    assert last_held(site).state is HeldState.PUBLISHED
    assert office.send(HALINA, "siecibp+tik", "Drugie", proven=True) is State.POSTED


# ---- rules of the list's own -------------------------------------------------------------------------------


@pytest.mark.parametrize(("does", "state"), [("hold", State.HELD), ("refuse", State.REFUSED), ("discard", State.DISCARDED)])
def test_a_rule_does_what_it_says_and_the_journal_says_which(office, site, does, state):
    rule(site, does, "subject", "loteria")

    assert office.send(HALINA, "siecibp", "Wielka loteria", proven=True) is state
    assert office.send(HALINA, "siecibp", "Spotkanie", proven=True) is State.POSTED
    with site.reading() as db:
        assert [row.detail for row in db.query(Journal) if row.what == "rule-applied"] == [f"{does} if the subject has: loteria"]


def test_the_moderators_letter_names_the_rule_and_the_authors_does_not(office, site):
    rule(site, "hold", "subject", "loteria")
    office.send(HALINA, "siecibp", "Wielka loteria", proven=True)

    assert ": loteria." in question(office).text.replace("\r\n", " ")
    assert "loteria" not in question(office, HALINA, "held").text.replace("Wielka loteria", "")
    assert last_held(site).rule == "subject loteria"


def test_moderators_are_above_rules(office, site):
    rule(site, "discard", "subject", "loteria")

    assert office.send(MOD, "siecibp", "Wielka loteria", proven=True) is State.POSTED


def test_a_discarding_rule_comes_before_a_refusal_and_a_machines_mail_before_all(office, site):
    rule(site, "discard", "subject", "loteria")
    change(site, kind="newsletter")
    assert office.send(HALINA, "siecibp", "Wielka loteria", proven=True) is State.DISCARDED

    office.send(HALINA, "siecibp", "Wielka loteria", proven=True, auto_submitted="auto-replied")
    with site.reading() as db:
        assert [row.detail for row in db.query(Journal).order_by(Journal.id) if row.what == "discarded"] == ["rule", "automatic"]


def test_rules_are_given_and_taken_back_with_a_line_in_the_journal(site, network):
    number = rule(site, "hold", "larger", "2 MB")
    with pytest.raises(Conflict):
        rule(site, "hold", "larger", "2048 kB")
    for wrong in (("shout", "subject", "a"), ("hold", "colour", "red"), ("hold", "links", "many")):
        with pytest.raises(Invalid):
            rule(site, *wrong)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        rulemaking.remove(db, mlist, number, CONSOLE, site.now())
        with pytest.raises(NotFound):
            rulemaking.remove(db, mlist, number, CONSOLE, site.now())
    with site.reading() as db:
        assert [row.what for row in db.query(Journal) if row.what.startswith("rule-")] == ["rule-added", "rule-removed"]


def test_fifty_rules_are_the_most(site, network):
    for number in range(rulemaking.MOST):
        rule(site, "hold", "subject", f"slowo{number}")
    with pytest.raises(Invalid):
        rule(site, "hold", "subject", "jeszcze")


# ---- the mail server's filter ------------------------------------------------------------------------------


def deliver(office, mark, *, peer="127.0.0.1", sender="obcy@example.org", checked=True):
    raw = mark.encode() + b"\r\n" + mail(sender, LIST)
    return office.deliver(aligned(raw) if checked else raw, LIST, mail_from=sender, peer=peer)


def test_what_the_filter_takes_for_spam_waits_even_from_a_member(office, site):
    assert deliver(office, "X-Spam-Flag: YES", sender=HALINA) is State.HELD
    assert last_held(site).reasons == Reason.SPAM


def test_a_mark_from_outside_is_not_believed(office, site):
    assert deliver(office, "X-Spam-Flag: YES", sender=HALINA, peer="192.0.2.1", checked=False) is State.POSTED


def test_what_the_filter_is_certain_of_is_thrown_away_where_the_list_says_so(office, site):
    assert deliver(office, "X-Rspamd-Action: reject") is State.HELD
    change(site, certain_spam="discard")
    assert deliver(office, "X-Rspamd-Action: reject", sender="inny@example.org") is State.DISCARDED
    assert deliver(office, "X-Spam: Yes", sender="trzeci@example.org") is State.HELD
    assert deliver(office, "X-Rspamd-Action: reject", sender=MOD) is State.HELD


def test_nobody_is_written_to_about_spam_in_their_name(office):
    deliver(office, "X-Spam-Flag: YES", checked=False)

    assert not office.letters(to="obcy@example.org")
    assert question(office)


def test_a_spams_no_helps_nobody(office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").emergency = True
    assert deliver(office, "X-Spam-Flag: NO", sender=HALINA) is State.HELD
