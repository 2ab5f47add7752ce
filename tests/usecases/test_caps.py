"""How many letters are too many: rings of machines, victims of others, floods of moderators."""

import dataclasses
import re

import pytest
from sqlalchemy import func, select

from listserv.mail import address
from listserv.mail.authentication import Alignment
from listserv.site import Site
from listserv.store.lists import list_by_name
from listserv.store.moderation import Application, ApplicationState, Held
from listserv.store.queue import Incoming, State
from listserv.store.untold import Untold
from listserv.usecases import caps, floods, housekeeping, joining, moderation, senders
from listserv.usecases.access import CONSOLE, Actor, Door
from tests.conftest import add, on
from tests.office import DOMAIN, Office, mail

VICTIM = "anna.nowa@gmail.com"
SPELLINGS = ("anna.nowa@gmail.com", "annanowa@gmail.com", "a.n.n.a.nowa@gmail.com", "AnnaNowa+listy@GMail.com", "anna.nowa+{n}@googlemail.com")
DOORS = ("moderator_siecibp", "siecibp-join", "siecibp-owner", "siecibp-zapisz", "siecibp-request")
ANYBODY = Actor(Door.WEB)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("anna.nowa@gmail.com", "annanowa+x@googlemail.com", True),
        ("Anna+lista@example.org", "anna@example.org", True),
        ("an.na@proton.me", "anna@pm.me", True),
        ("anna.nowa@example.org", "annanowa@example.org", False),
        ("anna@gmail.com", "anna@example.org", False),
        ("+x@example.org", "@example.org", False),
    ],
)
def test_spellings_of_one_mailbox_are_one(one, other, same):
    assert (address.mailbox(one) == address.mailbox(other)) is same


# ---- rings --------------------------------------------------------------------------------------------------


@pytest.fixture
def wired(tmp_path, settings, sqlite, clock):
    """A second site of its own, on another domain, with a list whose moderators' address looks like ours."""
    mine = settings.model_copy(update={"site": settings.site.model_copy(update={"domain": "other.example.net", "url": "https://other.example.net"})})
    folder = tmp_path / "other"
    folder.mkdir()
    site = Site(on(mine, sqlite.migrated(folder)), now=clock)
    from listserv.usecases import administration

    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("drudzy", "Drudzy", language="pl"), CONSOLE, clock())
        add(db, mlist, "owner@example.net", clock(), role="owner")
    yield Office(site)
    site.close()


def exchange(here, there, *, rounds=20):
    """Carry every letter of one site to the other, until both are quiet; how many letters went over."""
    carried = 0
    for _ in range(rounds):
        quiet = True
        for one, other in ((here, there), (there, here)):
            domain = other.site.settings.site.domain
            for letter in one.new_letters():
                if letter.to.endswith(f"@{domain}"):
                    carried, quiet = carried + 1, False
                    other.deliver(letter.mail.as_bytes(), letter.to, mail_from=f"r+x@{one.site.settings.site.domain}")
        if quiet:
            return carried
    raise AssertionError("they never stop")


@pytest.mark.only_sqlite
@pytest.mark.parametrize("door", ["siecibp-help", "siecibp-join", "moderator_siecibp", "siecibp"])
@pytest.mark.parametrize(("author", "proven"), [("drudzy-help", True), ("moderator_drudzy", True), ("moderator_drudzy", None), ("drudzy", None)])
def test_two_list_servers_that_were_set_on_each_other_fall_silent(office, wired, door, proven, author):
    office.send(f"{author}@other.example.net", door, "Pytanie", "Dzień dobry, kiedy spotkanie w Wymyślnej?", proven=proven)

    assert exchange(office, wired) <= 3


class Responder:
    """A machine that answers every mail and does not say that it is one."""

    def __init__(self, office, email, text, *, to="Reply-To", proven=True):
        self.office, self.email, self.text, self.to, self.proven = office, email, text, to, proven
        self.answered = 0

    def run(self, rounds=60):
        for _ in range(rounds):
            mine = [one for one in self.office.new_letters() if one.to == self.email]
            if not mine:
                return
            for letter in mine:
                self.answer(letter)

    def answer(self, letter):
        self.answered += 1
        to = str((letter.mail["Reply-To"] if self.to == "Reply-To" else None) or letter.mail["From"].addresses[0].addr_spec)
        text = self.text.format(number=self.answered * 7919)
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        self.office.send(self.email, to, "Potwierdzenie", f"{text}\n\n{quoted}\n", proven=self.proven)


THANKS = "Dziękujemy za kontakt z biblioteką. Sprawa ma numer {number}. Odpowiemy w ciągu trzech dni roboczych.\n\nSekretariat"


@pytest.mark.only_sqlite
@pytest.mark.parametrize("door", ["siecibp-help", "siecibp-join", "moderator_siecibp", "siecibp-leave", "noreply", "siecibp"])
@pytest.mark.parametrize(("to", "proven"), [("Reply-To", True), ("From", True), ("Reply-To", None)])
@pytest.mark.parametrize("email", ["sekretariat@szkola.example.org", "halina@example.org"])
def test_a_machine_that_answers_everything_gets_three_letters_and_no_more(office, email, door, to, proven):
    machine = Responder(office, email, THANKS, to=to, proven=proven)
    office.send(email, door, "Pytanie", "Dzień dobry, to jest zupełnie pierwszy list.", proven=proven)

    machine.run()

    assert machine.answered <= 3


@pytest.mark.only_sqlite
@pytest.mark.parametrize("to", ["Reply-To", "From"])
@pytest.mark.parametrize("proven", [True, None])
def test_a_moderators_answering_machine_decides_nothing_and_falls_silent(office, site, to, proven):
    machine = Responder(office, "mod@example.org", THANKS, to=to, proven=proven)
    office.send("Anna Nowa <anna@example.com>", "siecibp", "Pytanie", "Dzień dobry, pytam o katalog.", proven=True)

    machine.run()

    assert len(office.letters(to="mod@example.org")) <= 4
    with site.reading() as db:
        assert db.scalars(select(Held.state)).all() == ["pending"]


def test_a_person_may_say_one_word_often(office):
    for _ in range(5):
        office.send("halina@example.org", "siecibp-request", "?", "STATUS", proven=True)

    assert len(office.letters(to="halina@example.org")) == 5


# ---- victims ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", [*DOORS, "siecibp-leave", "siecibp-help", "noreply", "siecibp", "r+abcdefghijklmnopqrstuvwx"])
def test_a_stranger_whose_mail_is_known_to_be_forged_gets_nothing(office, door):
    office.send("ofiara@example.com", door, "Zapis", "Dzień dobry, proszę o zapisanie mnie.", proven=False)

    assert office.letters(to="ofiara@example.com") == []


def test_what_a_forwarding_server_breaks_is_not_held_against_an_applicant(office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").alias = "moderator_siecibp@dawny.example.com"

    office.send("Anna Nowa <anna@example.com>", "moderator_siecibp@dawny.example.com", "prośba", "Czy mogę dołączyć?", proven=False)

    assert [one.kind for one in office.letters(to="anna@example.com")] == ["application-confirm"]


def bomb(office, site, many):
    """So many wishes to join in the name of one person: by mail and by the form, in every spelling."""
    for n in range(many):
        email = SPELLINGS[n % len(SPELLINGS)].format(n=n)
        if n % 2:
            office.send(f"Anna {n} <{email}>", DOORS[n % len(DOORS)], f"Zapis {n}", f"Proszę o zapisanie mnie na listę, list {n}.", proven=None)
        else:
            with site.writing() as db:
                wish = joining.Wish(f"Anna {n}", email, f"Chcę czytać, po raz {n}.", "pl", f"192.0.{n % 250}.{n % 199}")
                _ask(db, wish, site.now())


def _ask(db, wish, now):
    from listserv.errors import TooMany

    try:
        joining.ask(db, list_by_name(db, "siecibp"), wish, ANYBODY, now)
    except TooMany:
        pass


def bombed(office, site):
    letters = [one for one in office.letters() if one.to.endswith(("gmail.com", "googlemail.com", "GMail.com"))]
    with site.reading() as db:
        return [one.kind for one in letters], db.scalar(select(func.count()).select_from(Application))


def test_fifty_wishes_for_one_victim_are_one_letter_and_one_application(office, site):
    bomb(office, site, 50)

    assert bombed(office, site) == (["application-confirm"], 1)


@pytest.mark.long
@pytest.mark.only_sqlite
def test_ten_thousand_wishes_for_one_victim_are_one_letter(office, site):
    bomb(office, site, 10_000)

    assert bombed(office, site) == (["application-confirm"], 1)


def test_the_question_comes_again_the_next_day(office, clock):
    office.send(VICTIM, "siecibp-join", "zapis", "Chcę dołączyć.", proven=None)
    clock.move(hours=25)
    with office.site.writing() as db:
        _ask(db, joining.Wish("Anna", VICTIM, "Jeszcze raz.", "pl"), clock())

    assert [one.kind for one in office.letters(to=VICTIM)] == ["application-confirm"] * 2


def test_wishes_for_two_lists_are_one_question_and_the_second_follows_the_answer(office, site, now):
    from listserv.usecases import administration

    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("druga", "Druga", language="pl"), CONSOLE, now)
        add(db, mlist, "owner@example.org", now, role="owner")
    for name in ("siecibp", "druga"):
        office.send(VICTIM, f"{name}-join", "zapis", "Chcę dołączyć do listy.", proven=None)
    assert [one.kind for one in office.letters(to=VICTIM)] == ["application-confirm"]

    office.reply(office.letters(to=VICTIM)[0], "Tak, to ja.", proven=None)

    assert [one.kind for one in office.letters(to=VICTIM)] == ["application-confirm", "application-received", "application-confirm"]
    office.reply(office.letters(to=VICTIM)[-1], "Tak, to ja.", proven=None)
    with site.reading() as db:
        assert set(db.scalars(select(Application.state))) == {ApplicationState.AWAITING_MODERATOR}


def every_door(office, sender, proven=None):
    for n, door in enumerate(("noreply", "r+abcdefghijklmnopqrstuvwx", "siecibp-leave", "siecibp") * 4):
        office.send(sender.format(n=n), door, f"List {n}", f"Słowa {'x' * n} i jeszcze inne słowa.", proven=proven)
    return [one for one in office.letters() if one.to.startswith(sender.partition("+")[0])]


def test_all_kinds_of_letters_to_a_proven_stranger_count_together(office, monkeypatch):
    monkeypatch.setattr(caps, "FEW_FOR_THE_PROVEN", 6)
    letters = every_door(office, "ofiara+{n}@example.org", proven=True)

    assert len(letters) == 6
    assert {one.kind for one in letters} == {"nobody-reads", "too-late", "not-a-member", "held"}


def test_whom_nobody_knows_and_nothing_proves_gets_one_letter_a_day_beside_their_application(office, clock):
    assert [one.kind for one in every_door(office, "ofiara+{n}@example.com")] == ["nobody-reads"]
    office.send("ofiara@example.com", "siecibp-join", "zapis", "Chcę dołączyć.")
    assert [one.kind for one in office.letters() if one.to.startswith("ofiara")] == ["nobody-reads", "application-confirm"]

    clock.move(hours=25)
    office.send("ofiara@example.com", "siecibp-help", "pomoc", "Jakie są tu adresy?")
    assert office.letters()[-1].kind == "help"


def test_a_domain_and_a_network_have_their_measure_too(office, monkeypatch):
    monkeypatch.setattr(caps, "PER_DOMAIN", 7)
    monkeypatch.setattr(caps, "PER_NETWORK", 4)

    def ask(n, domain, peer):
        raw = mail(f"ofiara{n}@{domain}", f"siecibp-join@{DOMAIN}", "zapis", f"Proszę mnie zapisać, {'x' * n}.")
        office.deliver(raw, f"siecibp-join@{DOMAIN}", peer=peer)

    for n in range(6):
        ask(n, "example.com", "192.0.2.9")
    assert len(office.letters(kind="application-confirm")) == 4, "one network"
    for n in range(6, 20):
        ask(n, "example.com", f"198.51.{n}.9")
    assert len(office.letters(kind="application-confirm")) == 7, "one domain"
    # Our own MTA's address says nothing of where a mail comes from.
    for n in range(20, 26):
        ask(n, f"example{n}.net", "127.0.0.1")
    assert len(office.letters(kind="application-confirm")) == 13


# ---- moderators ---------------------------------------------------------------------------------------------


def flood(office, many, begin=0):
    for n in range(begin, begin + many):
        office.send(f"Obcy {n} <obcy{n}@example.com>", "siecibp", f"Oferta {n}", f"Dzień dobry, oferta numer {'x' * n}.", proven=None)


def about_cases(office, kind="held-moderator"):
    return office.letters(to="mod@example.org", kind=kind)


def calendar(site):
    with site.writing() as db:
        housekeeping.run_due(db, site.now())


@pytest.fixture
def few(monkeypatch):
    """Four letters an hour are many, so that a test need not send dozens."""
    monkeypatch.setattr(floods, "PER_HOUR", 4)


def test_of_a_flood_a_moderator_gets_a_few_letters_and_then_one_that_counts_the_rest(office, site, clock, few):
    flood(office, 9)
    assert len(about_cases(office)) == 4

    calendar(site)
    assert about_cases(office, "more-waiting") == [], "it waits for the rest of the hour"
    clock.move(minutes=61)
    calendar(site)
    calendar(site)

    (told,) = about_cases(office, "more-waiting")
    assert "Oferta 4" in told.text and "Oferta 8" in told.text and "Oferta 3" not in told.text
    assert re.search(r"\b5\b", told.subject)
    assert f"https://{DOMAIN}/siecibp/moderate/" in told.text


def test_a_reply_brings_the_next_ones_until_nothing_is_lost(office, site, clock, few):
    flood(office, 10)
    clock.move(minutes=61)
    calendar(site)

    office.reply(about_cases(office, "more-waiting")[0], "DALEJ")
    assert len(about_cases(office)) == 8
    office.reply(about_cases(office, "more-waiting")[1], "dalej poproszę")
    assert len(about_cases(office)) == 10

    subjects = {one.subject for one in about_cases(office)}
    assert len(subjects) == 10
    office.reply(about_cases(office)[-1], "TAK")
    with site.reading() as db:
        assert db.scalars(select(Held.state).where(Held.state != "pending")).all() == ["published"]
        assert db.scalar(select(func.count()).select_from(Untold).where(Untold.email == "mod@example.org")) == 0


def test_what_is_decided_meanwhile_is_not_told(office, site, clock, now, few):
    flood(office, 5)
    with site.writing() as db:
        for held in db.scalars(select(Held).order_by(Held.id.desc()).limit(1)):
            moderation.discard(db, held, Actor(Door.WEB), now)
    clock.move(minutes=61)
    calendar(site)

    assert about_cases(office, "more-waiting") == []
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Untold)) == 0


def test_no_mail_of_a_flood_is_lost(office, site):
    assert floods.PER_HOUR < 15
    flood(office, 15)

    with site.reading() as db:
        assert set(db.scalars(select(Incoming.state))) == {State.HELD}
        assert db.scalar(select(func.count()).select_from(Held)) == 15


def test_a_cause_that_nobody_wrote_is_no_echo(db, now):
    letter = caps.About("sign-in", "anna@example.org", None, None, False, False)

    assert all(caps.allow(db, dataclasses.replace(letter, to=f"anna{n}@example.org"), now, automatic=True) for n in range(200))


@pytest.mark.parametrize(("peer", "kinds"), [("127.0.0.1", ["application-confirm"]), ("192.0.2.9", [])])
def test_only_our_own_mta_says_that_somebody_passed_a_letter_on(office, site, monkeypatch, peer, kinds):
    with site.writing() as db:
        list_by_name(db, "siecibp").alias = "moderator_siecibp@dawny.example.com"
    monkeypatch.setattr(senders, "look", lambda *_: senders.Sender(Alignment.FAILED))
    to = "moderator_siecibp@dawny.example.com"

    office.deliver(mail("Anna Nowa <anna@example.com>", to, "prośba", "Czy mogę dołączyć?"), to, peer=peer)

    assert [one.kind for one in office.letters(to="anna@example.com")] == kinds


@pytest.mark.parametrize("spelling", ['"ofiara"@gmail.com', '"o\\fiara"@gmail.com', '"of.iara+x"@googlemail.com'])
def test_quotation_marks_are_no_way_round_the_measure(office, spelling):
    office.send("ofiara@gmail.com", "siecibp-join", "zapis", "Chcę dołączyć.")
    raw = mail("x@example.com", f"siecibp-join@{DOMAIN}", "zapis", "Proszę mnie zapisać.").replace(b"From: x@example.com", f"From: {spelling}".encode())
    office.deliver(raw, f"siecibp-join@{DOMAIN}")

    assert [one.kind for one in office.letters()] == ["application-confirm"]


@pytest.mark.parametrize("email", ["ofiara@[192.0.2.1]", "\uff56ictim@gmail.com", "vic\u200btim@gmail.com", "victim@gm\u0430il.com"])
def test_to_a_spelling_that_deceives_nobody_writes(office, email):
    raw = mail("x@example.com", f"siecibp-join@{DOMAIN}", "zapis", "Prosze mnie zapisac.").replace(b"From: x@example.com", f"From: {email}".encode())
    office.deliver(raw, f"siecibp-join@{DOMAIN}")

    assert [one.to for one in office.letters() if one.to not in ("mod@example.org", "owner@example.org")] == []


def test_a_lone_wish_to_leave_with_no_room_for_the_question_is_read_by_a_human(office):
    states = [office.send("halina@example.org", "siecibp", "Warsztaty", "Wypisz mnie") for _ in range(5)]

    assert states == [State.ANSWERED] * 3 + [State.HELD] * 2
