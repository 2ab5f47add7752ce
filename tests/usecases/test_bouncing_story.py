"""From the first letter that comes back to the day on which the address lives again, with a clock that is moved."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv import links
from listserv.mail import tokens
from listserv.mail.bouncekinds import Kind
from listserv.store import erasing, failing
from listserv.store.bounces import Bounce
from listserv.store.failing import Failing
from listserv.store.lists import list_by_name
from listserv.store.members import Status, member_by_key
from listserv.store.moderation import Application, Journal
from listserv.store.people import address_by_key
from listserv.store.queue import Letter, Outgoing, State
from listserv.usecases import administration, bouncing, membership, probing, roster
from listserv.usecases.access import CONSOLE
from listserv.usecases.delivery import Failure
from tests.conftest import add
from tests.usecases.comingback import FULL, HALINA, MOD, OWNER, POLICY, fails, held, leaves, probe_comes_back, probes, tick, who  # noqa: F401  (fixtures among them)
from tests.usecases.test_returned import REPORT, numbers


def test_certain_evidence_pauses_on_all_lists_of_the_address(site, office, fails, clock):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("biuletyn", "Biuletyn"), CONSOLE, clock())
        add(db, other, HALINA, clock())

    assert fails(HALINA) is True

    assert {who(site, mlist=name).status for name in ("siecibp", "biuletyn")} == {Status.BOUNCING}
    row = held(site)
    assert (row.kind, row.status, row.stopped_at, row.score) == ("gone", "5.1.1", clock(), 5.0)


def test_many_failures_of_a_day_are_one_piece_of_evidence(site, office, fails):
    for _ in range(9):
        fails(HALINA, FULL)

    assert (who(site).status, who(site).bounce_score) == (Status.ENABLED, 1.0)


def test_five_days_of_a_full_mailbox_are_too_much(site, office, fails, clock):
    days = []
    for _ in range(5):
        days.append(fails(HALINA, FULL))
        clock.move(days=1)

    assert days == [False] * 4 + [True]
    assert who(site).status is Status.BOUNCING


def test_a_count_fades_with_time_and_goes_when_something_arrives(site, office, fails, tick, leaves):
    for _ in range(3):
        fails(HALINA, FULL)
        tick(days=1)
    tick(days=36)
    assert held(site).score == 2.0 == who(site).bounce_score

    office.send("anna@example.org", "siecibp-request", "WHO")
    with site.writing() as db:
        membership.welcome(db, member_by_key(db, list_by_name(db, "siecibp"), HALINA), site.now())
    leaves()
    tick(days=5)
    # As long as servers go on trying nothing has arrived.
    assert held(site) is not None
    tick(days=2)
    assert held(site) is None and who(site).bounce_score == 0


def test_what_is_not_the_readers_fault_never_counts(site, office, fails, clock):
    for failure in (POLICY, Failure("5.3.4", "552 5.3.4 message too big"), Failure("5.6.7", "553 5.6.7 SMTPUTF8"), Failure("4.2.2", "delayed", permanent=False)):
        for _ in range(10):
            assert fails(HALINA, failure) is False
            clock.move(days=1)

    assert held(site) is None and who(site).bounce_score == 0


def test_a_probe_that_does_not_come_back_brings_the_mail_back(site, office, fails, tick, leaves):
    fails(HALINA)
    office.send("marek@example.org", "siecibp", "W czasie przerwy")
    tick(hours=23)
    assert probes(office) == []
    tick(hours=2)
    (probe,) = probes(office)
    assert "550 5.1.1 User unknown" in probe.text and "Sieć BP" in probe.text
    leaves()

    tick(days=5, hours=23)
    assert who(site).status is Status.BOUNCING
    tick(hours=2)

    assert (who(site).status, who(site).bounce_score, who(site).bouncing_told) == (Status.ENABLED, 0.0, who(site).bouncing_told)
    assert held(site) is None
    (letter,) = office.letters(to=HALINA, kind="mail-again")
    assert "/siecibp/" in letter.text
    tick(days=1)
    assert any("W czasie przerwy" in one.text for one in office.letters(to=HALINA, kind="digest"))


def test_a_probe_that_comes_back_is_followed_by_others_more_and_more_rarely_for_a_year(site, office, fails, tick, leaves, clock):
    fails(HALINA)
    began, sent = clock(), []
    while due := held(site).due:
        tick(seconds=(due - clock()).total_seconds())
        sent.append((clock() - began).days)
        leaves()
        probe_comes_back(site, office)

    assert sent[:6] == [1, 4, 11, 25, 55, 85]
    assert len(sent) == 15 and sent[-1] < 366
    assert held(site).due is None and who(site).status is Status.BOUNCING


def test_a_probe_that_the_relay_refuses_is_one_that_came_back(site, office, fails, tick, leaves):
    from listserv.relay.mail import Answer

    fails(HALINA)
    tick(days=1)
    leaves({(HALINA, "probe"): Answer(550, "5.1.1 no such user", "RCPT")})

    assert held(site).probe_id is None
    tick(days=2, hours=23)
    assert len(probes(office)) == 1
    tick(hours=1)
    assert len(probes(office)) == 2


def test_a_probe_that_is_refused_for_our_own_sake_says_nothing(site, office, fails, tick, leaves):
    fails(HALINA)
    tick(days=1)
    leaves()
    probe_comes_back(site, office, "5.7.1")
    tick(days=1)

    assert len(probes(office)) == 2 and who(site).status is Status.BOUNCING


@pytest.mark.parametrize("days", [60, pytest.param(probing.GIVEN_UP_AFTER.days, marks=pytest.mark.long)])
def test_a_service_that_goes_on_refusing_us_is_not_asked_each_day_for_ever(site, office, fails, tick, leaves, clock, monkeypatch, days):
    monkeypatch.setattr(probing, "GIVEN_UP_AFTER", timedelta(days=days))
    fails(HALINA)
    began, sent = clock(), []
    while due := held(site).due:
        tick(seconds=(due - clock()).total_seconds())
        sent.append((clock() - began).days)
        leaves()
        probe_comes_back(site, office, "5.7.1")

    assert sent[:9] == [1, 2, 3, 4, 5, 6, 7, 8, 15]
    assert days - 7 <= sent[-1] < days + 7 and who(site).status is Status.BOUNCING


@pytest.mark.parametrize("sender", [HALINA, "inny@example.net"])
def test_an_answer_to_the_probe_brings_the_mail_back_at_once(site, office, fails, tick, leaves, sender):
    fails(HALINA)
    tick(days=1)

    assert office.reply(probes(office)[0], "Jestem, czytam.", sender=sender) is State.ANSWERED
    assert who(site).status is Status.ENABLED


@pytest.mark.parametrize("words", ["Proszę mnie wypisać.", "WYPISZ", "Please unsubscribe me."])
def test_who_asks_to_leave_in_answer_to_the_probe_does_not_get_mail_again_instead(site, office, fails, tick, words):
    fails(HALINA)
    tick(days=1)

    assert office.reply(probes(office)[0], words) is State.ANSWERED
    assert who(site) is None and held(site) is None
    assert office.letters(to=HALINA, kind="mail-again") == []
    assert len(office.letters(to=HALINA, kind="left")) == 1


def test_a_wish_to_leave_from_elsewhere_in_answer_to_the_probe_asks_the_address_itself(site, office, fails, tick):
    fails(HALINA)
    tick(days=1)
    office.reply(probes(office)[0], "Proszę mnie wypisać.", sender="inny@example.net")

    assert who(site).status is Status.ENABLED
    assert len(office.letters(to=HALINA, kind="leave-confirm")) == 1


def test_a_warning_that_the_probe_is_late_changes_nothing(site, office, fails, tick, leaves):
    fails(HALINA)
    tick(days=1)
    leaves()
    before = held(site)
    with site.reading() as db:
        sender = db.scalars(select(Letter).where(Letter.kind == "probe")).one().mail_from
    raw = REPORT.format(to=sender, status="4.4.1", action="delayed", code=450).replace("<report.", f"<report.{next(numbers)}.").replace("\n", "\r\n").encode()

    assert office.deliver(raw, sender, mail_from="<>") is State.BOUNCE
    assert (held(site).probe_id, held(site).due) == (before.probe_id, before.due)
    tick(days=3)
    assert len(probes(office)) == 1


def test_an_absence_notice_to_the_probe_is_no_answer(site, office, fails, tick):
    fails(HALINA)
    tick(days=1)
    office.reply(probes(office)[0], "Jestem na urlopie.", auto_submitted="auto-replied")

    assert who(site).status is Status.BOUNCING


def test_a_post_from_the_address_brings_the_mail_back(site, office, fails):
    fails(HALINA)
    office.send(HALINA, "siecibp", proven=True)

    assert who(site).status is Status.ENABLED


def test_a_forged_post_does_not(site, office, fails):
    fails(HALINA)
    office.send(HALINA, "siecibp", proven=False)

    assert who(site).status is Status.BOUNCING


def test_who_pauses_by_their_own_wish_stays_paused(site, office, fails, tick, leaves):
    with site.writing() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), HALINA)
        roster.set_member(db, member, {"status": "paused"}, CONSOLE, site.now())
    fails(HALINA)
    office.send(HALINA, "siecibp", proven=True)
    tick(days=10)

    assert who(site).status is Status.PAUSED
    assert probes(office) == []


def test_moderators_hear_of_all_who_were_paused_once_a_day_and_of_who_is_back(site, office, fails, tick, leaves):
    fails(HALINA)
    fails("marek@example.org")
    tick(minutes=30)
    assert office.letters(kind="members-bouncing") == []
    tick(minutes=31)
    first = office.letters(kind="members-bouncing")
    assert {one.to for one in first} == {OWNER, MOD}
    assert all(name in first[0].text for name in ("halina@example.org", "marek@example.org", "550 5.1.1 User unknown", "moderate/members/"))

    with site.writing() as db:
        bouncing.heard_from(db, HALINA, site.now())
    tick(hours=2)
    assert len(office.letters(kind="members-bouncing")) == 2
    tick(hours=22)
    back = office.letters(kind="members-bouncing")[2:]
    assert {one.to for one in back} == {OWNER, MOD}
    assert "halina@example.org" in back[0].text and "marek@example.org" not in back[0].text
    tick(days=3)
    assert len(office.letters(kind="members-bouncing")) == 4


def test_moderators_hear_nothing_of_who_is_back_within_the_hour(site, office, fails, tick):
    fails(HALINA)
    with site.writing() as db:
        bouncing.heard_from(db, HALINA, site.now())
    tick(days=2)

    assert office.letters(kind="members-bouncing") == []


def test_a_moderator_whose_address_is_dead_is_told_of_to_the_others_and_to_the_administrator(site, office, fails, tick):
    fails(MOD)
    tick(hours=1)

    assert {one.to for one in office.letters(kind="members-bouncing")} == {OWNER, "admin@example.org"}


def test_when_no_moderator_can_be_reached_applications_come_to_the_administrator_too(site, office, fails):
    fails(MOD)
    fails(OWNER)
    office.send("anna@example.org", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie mnie do listy.", proven=True)

    assert "admin@example.org" in {one.to for one in office.letters(kind="application-moderator")}


def test_an_address_that_was_given_up_and_is_put_on_a_list_again_is_asked_again(site, office, fails, tick):
    fails(HALINA)
    with site.writing() as db:
        held_row, member = failing.of_key(db, HALINA), member_by_key(db, list_by_name(db, "siecibp"), HALINA)
        held_row.due, member.status = None, Status.ENABLED
    assert fails(HALINA) is True

    tick(days=1)
    assert len(probes(office)) == 1


def test_a_letter_to_an_applicant_that_comes_back_is_shown_on_the_case(site, office):
    office.send("anna@example.org", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie mnie do listy.", proven=True)
    with site.reading() as db:
        sender = db.scalars(select(Letter).where(Letter.to == "anna@example.org")).first().mail_from
    raw = REPORT.replace("halina@", "anna@").format(to=sender, status="5.1.1", action="failed", code=550).replace("\n", "\r\n").encode()
    office.deliver(raw, sender, mail_from="<>")

    with site.reading() as db:
        assert db.scalars(select(Application)).one().returned_at is not None
        assert "application-returned" in db.scalars(select(Journal.what)).all()


def test_a_report_about_the_old_address_is_not_held_against_the_new_one(site, office, clock):
    office.send("marek@example.org", "siecibp")
    with site.writing() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), HALINA)
        outgoing = db.scalars(select(Outgoing)).one()
        sender = links.token_address(site.settings, tokens.sign(links.signing_key(site.settings), tokens.Kind.BOUNCE, member.id, outgoing.id))
        roster.set_member(db, member, {"email": "halina.nowa@example.net"}, CONSOLE, clock())
    raw = REPORT.format(to=sender, status="5.1.1", action="failed", code=550).replace("\n", "\r\n").encode()
    office.deliver(raw, sender, mail_from="<>")

    assert who(site, "halina.nowa@example.net").status is Status.ENABLED
    assert held(site).kind == "gone"


def test_who_gives_another_address_gets_mail_again(site, office, fails, clock):
    fails(HALINA)
    with site.writing() as db:
        roster.set_member(db, member_by_key(db, list_by_name(db, "siecibp"), HALINA), {"email": "halina.nowa@example.net"}, CONSOLE, clock())

    assert who(site, "halina.nowa@example.net").status is Status.ENABLED


def test_a_moderator_who_sends_again_begins_with_a_clean_sheet(site, office, fails, clock):
    fails(HALINA)
    with site.writing() as db:
        roster.set_member(db, member_by_key(db, list_by_name(db, "siecibp"), HALINA), {"status": "enabled"}, CONSOLE, clock())

    assert held(site) is None and who(site).bouncing_since is None
    assert fails(HALINA, FULL) is False


def test_whom_another_program_paused_is_asked_too(site, network, tick, office):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "dawna@example.net", site.now(), status=Status.BOUNCING)
    tick(days=1)
    tick(days=1)

    assert len(probes(office, "dawna@example.net")) == 1
    assert office.letters(kind="members-bouncing") == []


def test_a_report_that_gives_up_with_a_passing_status_counts_and_a_warning_does_not(site, office):
    office.send("marek@example.org", "siecibp")
    with site.reading() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), HALINA)
        sender = links.token_address(site.settings, tokens.sign(links.signing_key(site.settings), tokens.Kind.BOUNCE, member.id, db.scalars(select(Outgoing.id)).one()))
    for action in ("delayed", "failed"):
        raw = REPORT.format(to=sender, status="4.4.1", action=action, code=450).replace("\n", "\r\n").encode()
        office.deliver(raw, sender, mail_from="<>")

    with site.reading() as db:
        assert [row.kind for row in db.scalars(select(Bounce).order_by(Bounce.id))] == [Kind.PASSING, Kind.EXPIRED]
    assert who(site).bounce_score == 1.0


def test_who_asks_is_told_what_is_held_against_their_addresses_and_it_is_forgotten_with_them(site, office, fails):
    fails(HALINA)
    with site.writing() as db:
        user = address_by_key(db, HALINA).user
        assert [row["kind"] for row in erasing.rows_about(db, user.id, {HALINA}, {HALINA})["failing"]] == ["gone"]
        erasing.forget_rows(db, user.id, {HALINA})

    with site.reading() as db:
        assert db.scalars(select(Failing)).all() == []


def test_what_is_held_against_an_address_goes_with_it(site, office, fails):
    fails(HALINA)
    with site.writing() as db:
        place = address_by_key(db, HALINA)
        db.delete(member_by_key(db, list_by_name(db, "siecibp"), HALINA))
        db.flush()
        db.delete(place)

    with site.reading() as db:
        assert db.scalars(select(Failing)).all() == []
