"""What an answer to a digest is meant for, as `whichpoint` reads it: nothing is published in the wrong thread, and nothing that was typed is lost."""

import re

import pytest
from sqlalchemy import select

from listserv.mail import parse, quotes
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.people import Address
from listserv.usecases import digesting, housekeeping, whichpoint
from listserv.usecases.whichpoint import Resolved, Several, Unclear
from tests import digestclients as clients
from tests.conftest import add
from tests.office import aligned

IRENA = "irena@example.org"
MAPS = "Szukam scenariuszy lekcji o starych mapach, najlepiej dla klas czwartych i piątych."
HALL = "Kiedy w tym roku jest spotkanie regionalne i kto przygotowuje salę?"
BOOKS = "Czy ktoś kupuje e-booki dla szkół i u kogo? Dla nas to nowość."
RULES = "Czy ktoś ma wzór regulaminu czytelni dla gminy?"

pytestmark = pytest.mark.only_sqlite


def reader(site, name="irena"):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        add(db, mlist, f"{name}@example.org", site.now(), name=name.title(), delivery="digest", language="pl")
        digesting.plan(db, db.scalars(select(Member).join(Member.address).where(Address.key == f"{name}@example.org")).one(), site.now())


def next_morning(site, office, clock):
    clock.move(days=1)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
    return office.letters(to=IRENA, kind="digest")[-1]


def write(office, number, subject, text, **more):
    office.send("Halina Okładka <halina@example.org>", "siecibp", subject, f"{text}\n", message_id=f"<{number}@x>", **more)


@pytest.fixture
def digest(site, office, clock, once):
    """A digest of three threads."""

    def made():
        reader(site)
        for number, (subject, text) in enumerate({"Scenariusze": MAPS, "Spotkanie": HALL, "E-booki dla szkół": BOOKS}.items(), start=1):
            write(office, number, subject, text)
        return next_morning(site, office, clock)

    return once(made)


@pytest.fixture
def with_question(site, office, clock):
    """A digest of one thread, and of a question that nobody has answered for three days."""
    reader(site)
    write(office, 1, "Regulamin czytelni", RULES)
    next_morning(site, office, clock)
    clock.move(days=1)
    write(office, 2, "Spotkanie", "Spotkanie będzie w maju w Łodzi, sala jest zamówiona.")
    return next_morning(site, office, clock)


def read(site, mail, subject="Odp: przegląd"):
    """What is meant: {message-id: words}, or the words that are asked about."""
    mail["From"], mail["Subject"], mail["Message-ID"] = IRENA, subject, "<a@example.org>"
    post = parse.parse(mail.as_bytes())
    with site.reading() as db:
        row = db.scalars(select(Digest).order_by(Digest.id.desc()).limit(1)).one()
        words = quotes.letter(post.text).strip()
        found = whichpoint.resolve(db, db.get(Member, row.member_id), row, words, post)
        if isinstance(found, Unclear):
            assert not found.said or found.said == whichpoint.said(db, row, post)
            return found.said
        assert isinstance(found, (Resolved, Several))
        return {part.message.message_id: part.text for part in (found.parts if isinstance(found, Several) else (found,))}


def lines_of(digest):
    return clients.text_of(digest).split("\n")


def about(digest, words):
    """What is left of the digest when all but one item was deleted."""
    lines = lines_of(digest)
    last = max(n for n, line in enumerate(lines) if words[:30] in line)
    first = max(n for n in range(last) if lines[n].startswith("---"))
    end = next((n for n in range(last, len(lines)) if lines[n].startswith("---")), len(lines))
    return lines[first + 1 : end]


def typed_into(lines, at, words):
    """Lines with words of somebody's own below the one that holds `at`."""
    place = max(n for n, line in enumerate(lines) if at in line)
    return [*lines[: place + 1], *words.split("\n"), *lines[place + 1 :]]


def test_a_number_and_a_quotation_that_disagree_are_asked_about_and_an_ordinal_is_no_number(site, digest):
    one, maps = clients.gmail, about(digest, MAPS)
    assert read(site, one("3. klasa u nas zawsze rysuje mapy.", maps)) == {"1@x": "3. klasa u nas zawsze rysuje mapy."}
    assert read(site, one("2 - trzy osoby przyjadą od nas.", maps)) == {"1@x": "2 - trzy osoby przyjadą od nas."}
    assert read(site, one("2. edycja konkursu była lepsza.", ["nic"])) == "2. edycja konkursu była lepsza."
    assert read(site, one("3: Nie kupujemy.", maps)) == "3: Nie kupujemy."
    assert read(site, one("3: Nie kupujemy.", ["nic"]), "Odp: Spotkanie") == "3: Nie kupujemy."
    assert read(site, one("Dzień dobry,\n\n2: w maju.", ["nic"])) == {"2@x": "Dzień dobry,\n\nw maju."}


def test_lists_of_numbers_are_divided_only_where_nothing_else_can_be_meant(site, digest):
    def said(words):
        return read(site, clients.thunderbird(words, lines_of(digest)))

    assert said("1: Mam dwa.\n2: Salę przygotuję.") == {"1@x": "Mam dwa.", "2@x": "Salę przygotuję."}
    assert said("1) Mam dwa.\n3) My kupujemy.") == {"1@x": "Mam dwa.", "3@x": "My kupujemy."}
    for words in ("1. Mam dwa scenariusze.\n\n2. Salę przygotuję.", "1: \n\n3: Kupujemy.", "2 i 3: Tak.", "Odpowiedzi poniżej na czerwono.", "Odpowiadam niżej.\n\nPozdrawiam\nIrena"):
        assert said(words) == words, "asked about"
    assert said("2") == said("2:") == "", "nothing is said to point 2"


def test_an_empty_answer_of_any_program_says_nothing(site, digest):
    assert {client: read(site, clients.whole(client, "", digest)) for client in clients.CLIENTS} == dict.fromkeys(clients.CLIENTS, "")


def test_what_is_typed_into_an_unmarked_digest_is_found_and_nothing_else_is(site, digest):
    for client in (clients.outlook, clients.outlook_web, clients.wp):
        typed_into_what(site, digest, client)


def typed_into_what(site, digest, client):
    def made(words, lines=None):
        page = re.sub(r"(?s)^.*?<body[^>]*>|</body>.*$", "", clients.page_of(digest))
        shown = lines or clients.to_text(page).split("\n")
        return read(site, client(words, shown, clients.as_page(lines) if lines else page))

    between = typed_into(typed_into(lines_of(digest), "najlepiej dla klas", "W ŁODZI MAM."), "kto przygotowuje", "JA PRZYGOTUJĘ SALĘ.")
    assert made("") == ""
    assert made("2: W maju.") == {"2@x": "W maju."}
    assert made("Chętnie pomogę.") == "Chętnie pomogę."
    assert made("", [*lines_of(digest), "", "Ja przyjadę do Łodzi."]) == "Ja przyjadę do Łodzi."
    assert made("Odpowiadam w treści.", between) == "Odpowiadam w treści.\n\nW ŁODZI MAM.\n\nJA PRZYGOTUJĘ SALĘ."
    assert made("2: W maju.", between) == "2: W maju.\n\nW ŁODZI MAM.\n\nJA PRZYGOTUJĘ SALĘ.", "more is said than to point 2"
    warned = ["UWAGA: wiadomość pochodzi spoza organizacji. Nie klikaj w linki.", "", *lines_of(digest)]
    assert made("2: W maju.", warned) == {"2@x": "W maju."}


def test_an_answer_to_one_item_is_not_lost_below_what_it_quotes(site, office, digest):
    def item(words, lines):
        mail = clients.outlook(words, lines)
        mail["From"] = IRENA
        post = parse.parse(mail.as_bytes())
        with site.reading() as db:
            member = db.scalars(select(Member).join(Member.address).where(Address.key == IRENA)).one()
            message = db.scalars(select(Message).where(Message.message_id == "2@x")).one()
            found = whichpoint.to_item(db, member, message, quotes.letter(post.text).strip(), post)
            return found.said if isinstance(found, Unclear) else {found.message.message_id: found.text}

    assert item("W maju.", about(digest, HALL)) == {"2@x": "W maju."}
    assert item("", [*about(digest, HALL), "", "W maju."]) == "W maju."
    assert item("Odpowiedź poniżej.", about(digest, HALL)) == "Odpowiedź poniżej."
    assert item("", about(digest, HALL)) == {"2@x": ""}


def test_what_somebody_wrote_who_passed_the_digest_on_is_not_told(site, digest):
    heading = [f"{name}: {value}" for name, value in clients.HEAD.items()]
    passed_on = clients.outlook("2: W maju.", ["Zobacz, to tylko dla Ciebie.", "", *heading, "", *lines_of(digest)])
    assert read(site, passed_on) == {"2@x": "W maju."}


def test_a_question_that_waits_is_answered_where_it_stands(site, with_question):
    lines = lines_of(with_question)
    question = lines[next(n for n, line in enumerate(lines) if RULES[:20] in line) :][:4]
    token = next(line.strip() for line in lines if line.strip().startswith("Odpowiedz na to pytanie"))
    for quoted in (question, [token]):
        assert read(site, clients.gmail("Mam, wyślę jutro.", quoted)) == {"1@x": "Mam, wyślę jutro."}
    assert read(site, clients.gmail("Będę.", lines)) == {"2@x": "Będę."}, "a bare reply is for what is new"
    between = clients.inline("thunderbird", with_question, {"sala jest zamówiona": "Będę.", "wzór regulaminu": "Mam."})
    assert read(site, between) == {"2@x": "Będę.", "1@x": "Mam."}
    with site.reading() as db:
        row = db.scalars(select(Digest).order_by(Digest.id.desc()).limit(1)).one()
        assert digesting.unclear(db, row.id).titles == ("Spotkanie", "Regulamin czytelni")
        assert digesting.item_for(db, row.id, 2).message_id == "1@x", "the letter that asks offers it, too"


def test_of_a_point_whose_newest_message_is_gone_the_one_before_is_answered(site, office, clock):
    reader(site)
    write(office, 1, "Scenariusze", MAPS)
    write(office, 2, "Re: Scenariusze", "Mam trzy takie scenariusze.", in_reply_to="<1@x>")
    write(office, 3, "Spotkanie", HALL)
    next_morning(site, office, clock)

    def hide(*ids):
        with site.writing() as db:
            for message in db.scalars(select(Message).where(Message.message_id.in_(ids))):
                message.hidden_at = site.now()

    hide("2@x")
    assert read(site, clients.onet("1: Mam dwa.", ["nic"])) == {"1@x": "Mam dwa."}
    hide("1@x")
    assert read(site, clients.onet("1: Mam dwa.", ["nic"])) == "1: Mam dwa."
    with site.reading() as db:
        row = db.scalars(select(Digest).order_by(Digest.id.desc()).limit(1)).one()
        found = whichpoint.resolve(db, db.get(Member, row.member_id), row, "1: Mam dwa.")
        assert (found.titles, found.gone) == (("", "Spotkanie"), 1)


def test_words_below_an_unmarked_digest_are_asked_about_and_then_posted(site, office, digest):
    lines = [*lines_of(digest), "", "Ja przyjadę do Łodzi."]
    mail = clients.outlook("", lines)
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = IRENA, digest.mail["Reply-To"], "Odp: przegląd", "<b@example.org>"
    office.deliver(aligned(mail.as_bytes()), str(digest.mail["Reply-To"]).strip("<>"))
    question = office.letters(to=IRENA)[-1]
    assert question.kind == "digest-which" and "Ja przyjadę do Łodzi." in question.text

    office.reply(question, "2")
    with site.reading() as db:
        message = db.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
        assert (message.subject, message.body.text.strip()) == ("Re: Spotkanie", "Ja przyjadę do Łodzi.")
