"""Invitations by a moderator's mail: who gets one, what they answer, what the calendar does, and who is never asked again."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from listserv.errors import Conflict, TooMany
from listserv.mail.peoplelines import people
from listserv.store.consents import Consent
from listserv.store.invitations import Invitation, InvitationState, Uninvited
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.moderation import Application, Journal
from listserv.store.people import Address, person_at
from listserv.store.queue import Letter, State, raw_bytes
from listserv.usecases import banning, housekeeping, invitationdays, inviting
from listserv.usecases.access import CONSOLE, Actor, Door
from tests.conftest import add
from tests.office import DOMAIN, mail

MOD = "Zofia Lektura <mod@example.org>"
ANNA = "anna@example.net"


def ask(office, text, *, sender=MOD, rcpt="moderator_siecibp", subject="", proven=True):
    return office.send(sender, rcpt, subject, text, proven=proven)


def invite(office, *lines, note=""):
    assert ask(office, "\n".join(["ZAPROŚ", *lines, *(["", note] if note else [])])) is State.ANSWERED
    return office.letters(kind="invitation")


def one(site, email=ANNA):
    with site.reading() as db:
        return db.scalars(select(Invitation).where(Invitation.key == email).order_by(Invitation.id.desc())).first()


def member(site, email=ANNA):
    with site.reading() as db:
        return db.scalars(select(Member).join(Address, Address.user_id == Member.user_id).where(Address.key == email)).first()


def days_go_by(site, clock, **step):
    clock.move(**step)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


@pytest.fixture
def described(office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").description = "Bibliotekarze szkolni: pomysły i spotkania."
    return office


# ---- the letter ---------------------------------------------------------------------------------------------


def test_a_few_good_addresses_are_invited_at_once_in_the_moderators_name(described, site):
    first, second = invite(described, f"Anna Nowa <{ANNA}> - jak rozmawiałyśmy", "jan@example.net", note="Do zobaczenia w czerwcu.")

    assert (first.to, second.to) == (ANNA, "jan@example.net")
    assert "Zofia Lektura" in first.subject and "„Sieć BP”" in first.subject.replace("“", "„", 1)
    for words in ("Zofia Lektura", "Bibliotekarze szkolni: pomysły i spotkania.", "    jak rozmawiałyśmy", "    Do zobaczenia w czerwcu.", "/me/invitation/"):
        assert words in first.text
    assert "rozmawiałyśmy" not in second.text and "Do zobaczenia" in second.text
    assert str(first.mail["Reply-To"]).startswith("r+") and first.mail["Reply-To"] != second.mail["Reply-To"]
    (told,) = described.letters(to="mod@example.org", kind="bulk-done")
    assert "2" in told.subject
    assert [letter.to for letter in described.letters(kind="bulk-others")] == ["owner@example.org"]


@pytest.mark.parametrize("rcpt", ["moderator_siecibp", "siecibp-owner", "siecibp-request", "siecibp-moderator"])
def test_every_address_of_the_humans_takes_it(office, rcpt):
    assert ask(office, f"zapros\n{ANNA}", rcpt=rcpt) is State.ANSWERED
    assert [letter.to for letter in office.letters(kind="invitation")] == [ANNA]


def test_one_mail_to_two_addresses_invites_once(office):
    raw = mail(MOD, "x@example.org", "", f"ZAPROŚ\n{ANNA}\n")
    raw = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n" + raw
    office.deliver(raw, f"moderator_siecibp@{DOMAIN}", f"siecibp-request@{DOMAIN}")

    assert len(office.letters(kind="invitation")) == 1 and len(office.letters(kind="bulk-done")) == 1


@pytest.mark.parametrize("sender", ["halina@example.org", "obcy@example.net"])
def test_nobody_but_a_moderator_invites(office, sender):
    ask(office, f"ZAPROŚ\n{ANNA}", sender=sender)

    assert office.letters(kind="invitation") == [] and office.letters(to=ANNA) == []


def test_what_is_forged_in_a_moderators_name_is_not_even_asked_about(office):
    ask(office, f"ZAPROŚ\nAnna <{ANNA}>", proven=False)

    assert office.letters() == []


def test_an_unproven_moderator_is_asked_at_their_own_address_first(office, site):
    ask(office, f"ZAPROŚ\nAnna <{ANNA}>", proven=None)

    assert office.letters(kind="invitation") == []
    (look,) = office.letters(kind="bulk-look")
    assert look.to == "mod@example.org" and ANNA in look.text
    office.reply(look, "TAK", proven=None)
    assert [letter.to for letter in office.letters(kind="invitation")] == [ANNA]


def test_somebody_elses_yes_to_the_question_sends_nothing(office):
    ask(office, f"ZAPROŚ\n{ANNA}", proven=None)
    (look,) = office.letters(kind="bulk-look")

    assert office.reply(look, "TAK", sender="obcy@example.net", proven=True) is State.REFUSED
    assert office.reply(look, "TAK", proven=False) is State.REFUSED
    assert office.letters(kind="invitation") == []


def test_where_something_is_odd_it_is_shown_first_and_one_yes_sends_it(office, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        banning.ban(db, mlist, "zly@example.net", CONSOLE, now)
        add(db, mlist, "ola@example.net", now, name="Ola")
    office.send("prosi@example.net", "siecibp-join", "prośba", "Proszę o dopisanie mnie do listy, pracuję w bibliotece.", proven=True)
    invite(office, "dawna@example.net")
    lines = [ANNA, "ola@example.net", "zly@example.net", ANNA.upper(), "nikt", "ewa@nigdzie", "siecibp@lists.example.org", "dawna@example.net", "prosi@example.net"]

    ask(office, "ZAPROŚ\n" + "\n".join(lines))

    look = office.letters(kind="bulk-look")[-1]
    assert len(office.letters(kind="invitation")) == 1 and "1" in look.subject
    for line in (*lines[1:3], "4. ANNA@example.net", "5. nikt", *lines[5:]):
        assert line in look.text, line
    for _ in range(3):
        assert office.reply(look, "TAK") is State.ANSWERED
    assert [letter.to for letter in office.letters(kind="invitation")] == ["dawna@example.net", ANNA]
    assert [str(letter.mail["Subject"]) for letter in office.letters(kind="bulk-done")][-1] != str(office.letters(kind="bulk-done")[1].mail["Subject"])


def test_six_are_shown_first_and_a_no_drops_them(office, site):
    ask(office, "ZAPROŚ\n" + "\n".join(f"osoba{n}@example.net" for n in range(6)))
    (look,) = office.letters(kind="bulk-look")

    office.reply(look, "nie wiem, zapytam")
    again = office.letters(kind="bulk-look")[-1]
    office.reply(again, "NIE")
    office.reply(look, "TAK")

    assert office.letters(kind="invitation") == []
    with site.reading() as db:
        assert db.scalars(select(Invitation)).all() == []


def test_nobody_to_be_read_is_told_how_to_write(office):
    ask(office, "ZAPROŚ\nkoleżanka z Łodzi\ni jej siostra")

    (look,) = office.letters(kind="bulk-look")
    assert "Anna Nowa <anna@example.org>" in look.text and "koleżanka z Łodzi" in look.text


def test_more_than_a_days_invitations_go_out_on_the_next_days(office, site, clock):
    with site.writing() as db:
        list_by_name(db, "siecibp").invitations_a_day = 4
    ask(office, "ZAPROŚ\n" + "\n".join(f"osoba{n}@example.net" for n in range(10)))
    (look,) = office.letters(kind="bulk-look")
    assert "6" in look.text
    office.reply(look, "TAK")
    counts = [len(office.letters(kind="invitation"))]
    for _ in range(3):
        days_go_by(site, clock, days=1, minutes=1)
        counts.append(len(office.letters(kind="invitation")))

    assert counts == [4, 8, 10, 10]


def test_a_mailbox_gets_three_a_week_from_all_lists_however_it_is_spelt(office, site, now):
    from listserv.usecases import administration

    with site.writing() as db:
        for n in range(4):
            administration.create_list(db, administration.NewList(f"lista{n}", f"Lista {n}"), CONSOLE, now)
    made = []
    for n in range(4):
        with site.writing() as db:
            made.append(inviting.invite(db, list_by_name(db, f"lista{n}"), people(f"a.nna+{n}@gmail.com"), CONSOLE, site.now()).sent)

    assert made == [1, 1, 1, 0]


# ---- yes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proven", [True, None])
@pytest.mark.parametrize("words", ["TAK", "Tak, chętnie!\n\nAnna", "Z przyjemnością dołączę"])
def test_a_yes_from_the_invited_address_joins(office, site, words, proven):
    (letter,) = invite(office, f"Anna Nowa <{ANNA}>")

    assert office.reply(letter, words, proven=proven) is State.ANSWERED

    joined = member(site)
    with site.reading() as db:
        assert db.get(Member, joined.id).user.name == "Anna Nowa"
        assert db.scalars(select(Consent.how)).all() == ["invitation"]
    assert one(site).state is InvitationState.ACCEPTED
    assert [one.to for one in office.letters(kind="welcome")] == [ANNA]


def test_a_second_yes_gets_the_words_that_work_and_no_second_welcome(office, site):
    (letter,) = invite(office, ANNA)
    office.reply(letter, "TAK"), office.reply(letter, "TAK")

    assert len(office.letters(kind="welcome")) == 1 and len(office.letters(kind="help")) == 1


def reply_as(office, letter, sender):
    """A yes that the sender's own mail service confirms, whatever its domain."""
    to = str(letter.mail["Reply-To"])
    word = f"Authentication-Results: mx.example.org; dmarc=pass header.from={sender.partition('@')[2]}\r\n".encode()
    office.deliver(word + mail(sender, to, "Odp: zaproszenie", "TAK"), to)


def applications(site):
    with site.reading() as db:
        return [(one.email, one.name, one.state.value) for one in db.scalars(select(Application).order_by(Application.id))]


def test_a_yes_of_somebody_whom_the_invitation_was_passed_on_to_asks_the_moderators(office, site):
    (letter,) = invite(office, f"Anna Nowa <{ANNA}>")

    assert office.reply(letter, "TAK", sender="Karol Obcy <karol@example.org>", proven=True) is State.APPLICATION

    assert member(site, "karol@example.org") is None and member(site) is None
    assert applications(site) == [("karol@example.org", "Karol Obcy", "awaiting_moderator")]
    asked = office.letters(kind="application-moderator")[0]
    assert f"Anna Nowa <{ANNA}>" in asked.text and "karol@example.org" in asked.text
    assert one(site).state is InvitationState.SENT
    # Nobody has a part in the other's name or place.
    office.reply(letter, "TAK"), office.reply(asked, "TAK")
    with site.reading() as db:
        names = {place.key: place.user.name for place in db.scalars(select(Address))}
    assert (names[ANNA], names["karol@example.org"]) == ("Anna Nowa", "Karol Obcy")
    assert member(site) and member(site, "karol@example.org")


def test_an_unproven_yes_from_another_address_is_asked_there_first_and_adds_nobody(office, site):
    (letter,) = invite(office, ANNA)

    office.reply(letter, "TAK", sender="ktokolwiek@example.org", proven=None)

    assert member(site) is None and member(site, "ktokolwiek@example.org") is None
    assert [one.to for one in office.letters(kind="application-confirm")] == ["ktokolwiek@example.org"]
    assert office.letters(kind="application-moderator") == [] and office.letters(kind="welcome") == []


def test_a_yes_forged_in_the_invited_persons_name_adds_nobody(office, site):
    (letter,) = invite(office, ANNA)

    office.reply(letter, "TAK", proven=False)

    assert member(site) is None and one(site).state is InvitationState.SENT


@pytest.mark.parametrize("sender", ["siecibp@lists.example.org", "moderator_siecibp@lists.example.org"])
def test_the_list_does_not_join_itself(office, site, sender):
    (letter,) = invite(office, ANNA)

    assert office.reply(letter, "TAK", sender=sender, proven=True) is State.DISCARDED

    assert member(site) is None and applications(site) == []


def test_the_same_mailbox_spelled_otherwise_is_the_invited_person(office, site):
    (letter,) = invite(office, "anna.nowa+siec@gmail.com")

    reply_as(office, letter, "annanowa@gmail.com")

    assert member(site, "annanowa@gmail.com") and one(site, "anna.nowa+siec@gmail.com").answered_from == "annanowa@gmail.com"


def test_a_second_yes_from_elsewhere_asks_the_moderators_too(office, site):
    (letter,) = invite(office, ANNA)
    office.reply(letter, "TAK")
    office.reply(letter, "TAK", sender="drugi@example.org", proven=True)

    assert member(site) and member(site, "drugi@example.org") is None
    assert applications(site) == [("drugi@example.org", "", "awaiting_moderator")]


def test_who_is_barred_meanwhile_does_not_come_in(office, site, now):
    (letter,) = invite(office, ANNA)
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), ANNA, CONSOLE, now)

    assert office.reply(letter, "TAK") is State.REFUSED
    assert member(site) is None


def test_a_closed_list_and_a_taken_back_invitation_get_a_helpful_answer(office, site, now):
    first, second = invite(office, ANNA, "jan@example.net")
    with site.writing() as db:
        inviting.take_back(db, db.get(Invitation, one(site).id), CONSOLE, now)
    office.reply(first, "TAK")
    with site.writing() as db:
        list_by_name(db, "siecibp").closed_at = now
    office.reply(second, "TAK")

    assert member(site) is None and member(site, "jan@example.net") is None
    assert [letter.to for letter in office.letters(kind="too-late")] == [ANNA, "jan@example.net"]


def test_who_has_applied_meanwhile_is_admitted_by_the_invitation(office, site):
    (letter,) = invite(office, ANNA)
    office.send(ANNA, "moderator_siecibp", "prośba", "Dzień dobry, proszę o dopisanie mnie do listy.", proven=True)
    office.reply(letter, "TAK")
    from listserv.store.moderation import Application

    with site.reading() as db:
        assert db.scalars(select(Application.state)).all() == ["admitted"]
    assert member(site)


def test_the_moderators_hear_of_all_answers_in_one_letter(office, site, clock):
    first, second, third = invite(office, f"Anna Nowa <{ANNA}>", "jan@example.net", "olalepsza@gmail.com")
    office.reply(first, "TAK")
    days_go_by(site, clock, hours=2)
    office.reply(second, "NIE"), reply_as(office, third, "Ola.Lepsza@gmail.com")
    assert office.letters(kind="invitations-answered") == []
    days_go_by(site, clock, hours=3)
    days_go_by(site, clock, hours=24)

    told = office.letters(kind="invitations-answered")
    assert sorted(letter.to for letter in told) == ["mod@example.org", "owner@example.org"]
    for words in (f"Anna Nowa <{ANNA}>", "jan@example.net", "olalepsza@gmail.com → Ola.Lepsza@gmail.com"):
        assert words in told[0].text


# ---- letters that are no orders --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Zaproszenie", "ewa@example.net pisze, że przyjdzie"),
        ("piątek", "Zaproś Ewę <ewa@example.net> na piątek"),
        ("stopka", "Dodaj, proszę, mój telefon do stopki: ewa@example.net"),
        ("Zaproszenie", ""),
    ],
)
def test_an_ordinary_letter_of_a_moderator_reaches_the_colleague(office, subject, text):
    assert ask(office, text, subject=subject) is State.FORWARDED

    assert {letter.kind for letter in office.letters()} == {"contact"} and "owner@example.org" in {letter.to for letter in office.letters()}


def test_a_line_that_is_not_only_somebody_is_shown_first(office):
    ask(office, f"ZAPROŚ\nAnna Nowa <{ANNA}>\nDw: dyrekcja@example.net")

    assert office.letters(kind="invitation") == [] and len(office.letters(kind="bulk-look")) == 1


def test_the_moderators_own_signature_is_no_personal_note(office):
    (letter,) = invite(office, ANNA, "", "Zofia", "zofia@biblioteka.example")

    assert "zofia@biblioteka.example" not in letter.text and "dodaje od siebie" not in letter.text


# ---- no, other words, machines ------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["NIE", "Nie, dziękuję.", "Proszę mnie nie zapraszać"])
def test_who_says_no_is_never_invited_to_this_list_again(office, site, clock, words):
    (letter,) = invite(office, ANNA)

    assert office.reply(letter, words, proven=None) is State.ANSWERED

    assert one(site).state is InvitationState.DECLINED and member(site) is None
    assert [one.to for one in office.letters(kind="invitation-declined")] == [ANNA]
    ask(office, f"ZAPROŚ\n{ANNA}")
    days_go_by(site, clock, days=8)
    days_go_by(site, clock, days=80)
    ask(office, f"ZAPROŚ\n{ANNA.replace('anna', 'Anna+druga')}")
    assert len(office.letters(kind="invitation")) == 1
    with site.reading() as db:
        assert db.scalars(select(Invitation).where(Invitation.key != "")).all() == []
        assert len(db.scalars(select(Uninvited)).all()) == 1


def test_no_never_is_meant_for_every_list_here_and_a_no_for_one(office, site, now):
    from listserv.usecases import administration

    with site.writing() as db:
        administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
    first, second = invite(office, ANNA, "jan@example.net")
    office.reply(first, "NIE NIGDY"), office.reply(second, "NIE")

    with site.writing() as db:
        done = inviting.invite(db, list_by_name(db, "inna"), people(f"{ANNA}\njan@example.net"), CONSOLE, now)
    assert [line.fate for line in done.lines] == ["uninvited", "added"]


def test_who_thinks_better_of_a_no_is_welcome(office, site):
    (letter,) = invite(office, ANNA)
    office.reply(letter, "NIE"), office.reply(letter, "TAK")

    assert member(site)
    with site.reading() as db:
        assert db.scalars(select(Uninvited)).all() == []


def test_other_words_go_to_the_moderator_who_invited(office, site):
    (letter,) = invite(office, ANNA)

    assert office.reply(letter, "A kto to prowadzi i czy to coś kosztuje?") is State.FORWARDED

    (passed,) = office.letters(kind="contact")
    assert passed.to == "mod@example.org" and "czy to coś kosztuje" in passed.text and str(passed.mail["Reply-To"]) == ANNA
    assert one(site).state is InvitationState.SENT


def test_a_notice_of_absence_decides_nothing(office, site):
    (letter,) = invite(office, ANNA)

    assert office.reply(letter, "Jestem na urlopie do 15.08, tak.", auto_submitted="auto-replied") is State.DISCARDED
    assert office.reply(letter, "Dzień dobry, przebywam na urlopie, odpowiem po powrocie.") is State.DISCARDED
    assert one(site).state is InvitationState.SENT and office.letters(kind="contact") == []


def test_a_member_who_says_no_afterwards_leaves(office, site):
    (letter,) = invite(office, ANNA)
    office.reply(letter, "TAK"), office.reply(letter, "NIE", proven=True)

    assert member(site) is None and len(office.letters(kind="left")) == 1


def test_what_comes_back_is_told_and_not_reminded(office, site, clock):
    invite(office, "Ewa <ewa@example.net>")
    with site.reading() as db:
        back = db.scalars(select(Letter.mail_from).where(Letter.kind == "invitation")).one()
    report = (
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        b"Reporting-MTA: dns; example.net\r\n\r\nFinal-Recipient: rfc822; ewa@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    assert office.deliver(report, back, mail_from="") is State.BOUNCE
    days_go_by(site, clock, days=8)

    assert one(site, "ewa@example.net").state is InvitationState.RETURNED
    assert len(office.letters(kind="invitation")) == 1 and "ewa@example.net" in office.letters(kind="invitations-answered")[0].text


# ---- the calendar -------------------------------------------------------------------------------------------


def test_a_database_that_is_busy_makes_no_invitation_come_back(office, site, clock, monkeypatch):
    with site.writing() as db:
        list_by_name(db, "siecibp").invitations_a_day = 1
    ask(office, f"ZAPROŚ\newa@example.net\n{ANNA}")
    (look,) = office.letters(kind="bulk-look")
    office.reply(look, "TAK")
    assert one(site).state is InvitationState.WAITING

    def busy(*_, **__):
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    # On one database the calendar passes it on, on the other it waits for its next turn.
    with monkeypatch.context() as patch, suppress(OperationalError):
        patch.setattr(inviting, "send", busy)
        days_go_by(site, clock, days=1, minutes=1)
    assert one(site).state is InvitationState.WAITING

    days_go_by(site, clock, minutes=1)
    assert one(site).state is InvitationState.SENT


def test_who_says_nothing_is_reminded_once_and_forgotten_after_a_month(office, site, clock):
    invite(office, f"Anna Nowa <{ANNA}> - Aniu, to o tym mówiłam")
    sent = [len(office.letters(kind="invitation"))]
    for days in (6, 2, 10, 10):
        days_go_by(site, clock, days=days)
        sent.append(len(office.letters(kind="invitation")))
    days_go_by(site, clock, days=3)

    assert sent == [1, 1, 2, 2, 2]
    with site.reading() as db:
        (row,) = db.scalars(select(Invitation)).all()
        assert (row.state, row.name, row.email, row.key, row.note) == (InvitationState.LAPSED, "", "", "", "")
        letters = db.scalars(select(Letter).where(Letter.kind == "invitation")).all()
        assert len(letters) == 2
        assert all(ANNA.encode() not in raw_bytes(db, letter.raw_id) and letter.to == "" for letter in letters)
        assert [entry.detail for entry in db.scalars(select(Journal).where(Journal.about == "invitation"))] == ["", ""]
    days_go_by(site, clock, days=31)
    with site.reading() as db:
        assert db.scalars(select(Invitation)).all() == []


def test_the_calendar_tells_what_it_owes(office, site, clock):
    invite(office, ANNA)
    with site.reading() as db:
        owed = [(one.what, one.who, (one.at - clock()).days) for day in (6, 7, 30) for one in invitationdays.owed(db, clock() + timedelta(days=day))]

    assert owed == [("invitation", ANNA, 7), ("invitation-lapses", ANNA, 30)]


def test_a_late_yes_gets_a_helpful_answer(office, site, clock):
    (letter,) = invite(office, ANNA)
    days_go_by(site, clock, days=31)

    assert office.reply(letter, "TAK") is State.ANSWERED
    assert member(site) is None and [one.kind for one in office.letters(to=ANNA)][-1] == "too-late"


def test_the_reminder_can_be_accepted_too(office, site, clock):
    invite(office, ANNA)
    days_go_by(site, clock, days=8)

    office.reply(office.letters(kind="invitation")[-1], "TAK")
    assert member(site)


def test_who_has_joined_meanwhile_is_not_reminded(office, site, clock):
    invite(office, ANNA)
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), ANNA, clock())
    days_go_by(site, clock, days=8)

    assert len(office.letters(kind="invitation")) == 1


# ---- moderators ---------------------------------------------------------------------------------------------


def test_sending_again_waits_a_day_and_replaces_the_reminder(office, site, clock):
    invite(office, ANNA)
    with site.writing() as db, pytest.raises(TooMany):
        inviting.again(db, db.get(Invitation, one(site).id), CONSOLE, clock())
    clock.move(days=2)
    with site.writing() as db:
        inviting.again(db, db.get(Invitation, one(site).id), CONSOLE, clock())
    days_go_by(site, clock, days=7)

    assert len(office.letters(kind="invitation")) == 2


def test_what_is_answered_cannot_be_taken_back(office, site, clock):
    (letter,) = invite(office, ANNA)
    office.reply(letter, "TAK")
    with site.writing() as db:
        for act in (inviting.take_back, inviting.again):
            with pytest.raises(Conflict):
                act(db, db.get(Invitation, one(site).id), CONSOLE, clock())


def test_undo_takes_back_what_nobody_has_answered(office, site, clock):
    first, _ = invite(office, ANNA, "jan@example.net")
    office.reply(first, "TAK")
    (done,) = office.letters(kind="bulk-done")
    office.reply(done, "COFNIJ")

    assert one(site).state is InvitationState.ACCEPTED and one(site, "jan@example.net").state is InvitationState.TAKEN_BACK
    assert "1" in office.letters(kind="bulk-done")[-1].text


def test_a_moderator_who_is_erased_leaves_the_invitation_without_a_name(office, site, clock):
    from listserv.store.erasing import Posts
    from listserv.usecases import privacy

    invite(office, ANNA)
    with site.writing() as db:
        privacy.ask(db, person_at(db, "mod@example.org").user_id, Posts.KEEP, CONSOLE, clock())
    clock.move(days=15)
    days_go_by(site, clock, days=1)

    with site.reading() as db:
        assert db.scalars(select(Invitation.invited_by)).all() == [None]


def test_an_invited_person_who_is_erased_is_gone_and_still_not_asked_again(office, site, clock):
    from listserv.store.erasing import Posts
    from listserv.usecases import privacy

    (letter,) = invite(office, ANNA)
    office.reply(letter, "NIE")
    with site.writing() as db:
        from listserv.usecases.administration import ensure_user

        user = ensure_user(db, ANNA, "Anna", clock()).user_id
        privacy.ask(db, user, Posts.KEEP, Actor(Door.CONSOLE), clock())
    clock.move(days=15)
    days_go_by(site, clock, days=1)

    with site.reading() as db:
        assert db.scalars(select(Invitation)).all() == []
    ask(office, f"ZAPROŚ\n{ANNA}")
    assert office.letters(kind="invitation", to=ANNA) == []
