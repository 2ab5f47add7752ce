"""Answers to a whole digest, as mail programs write them: in the thread that is meant, or kept and asked about; never on the list as they are."""

import random

import pytest
from sqlalchemy import select

from listserv.mail import tokens
from listserv.mail.subject import base_subject
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.people import Address
from listserv.store.queue import Incoming, State
from listserv.usecases import digesting, housekeeping
from tests import digestclients as clients
from tests.conftest import add
from tests.office import aligned, mail

IRENA = "irena@example.org"
MAPS = "Szukam scenariuszy lekcji o starych mapach, najlepiej dla klas czwartych i piątych."
HALL = "Kiedy w tym roku jest spotkanie regionalne i kto przygotowuje salę?"
BOOKS = "Czy ktoś kupuje e-booki dla szkół i u kogo? Dla nas to nowość."


@pytest.fixture
def digest(site, office, clock, once):
    """A digest of three threads, as Irena finds it in her mailbox next morning."""

    def made():
        with site.writing() as db:
            mlist = list_by_name(db, "siecibp")
            for name, delivery in (("irena", "digest"), ("ola", "each")):
                add(db, mlist, f"{name}@example.org", site.now(), name=name.title(), delivery=delivery, language="pl")
            member = db.scalars(select(Member).join(Member.address).where(Address.key == IRENA)).one()
            digesting.plan(db, member, site.now())
        office.send("Halina Okładka <halina@example.org>", "siecibp", "Scenariusze", f"{MAPS}\n", message_id="<1@x>")
        office.send("Marek Regał <marek@example.org>", "siecibp", "Spotkanie", f"{HALL}\n", message_id="<2@x>")
        office.send("Halina Okładka <halina@example.org>", "siecibp", "E-booki dla szkół", f"{BOOKS}\n", message_id="<3@x>")
        office.send("Marek Regał <marek@example.org>", "siecibp", "Re: Scenariusze", "Mam trzy.\n", message_id="<4@x>", in_reply_to="<1@x>")
        clock.move(days=1)
        with site.writing() as db:
            while housekeeping.run_due(db, site.now()):
                pass
        return office.letters(to=IRENA, kind="digest")[0]

    return once(made)


def send(office, digest, mail, *, to=None, sender=f"Irena <{IRENA}>", subject=None, refs=True, proven="pass", name=None, **more):
    """A client's mail on its way: to the digest's own address, or where else somebody sends it."""
    to = to or str(digest.mail["Reply-To"]).strip("<>")
    fields = {"From": sender, "To": to, "Subject": subject or f"Odp: {digest.subject}", "Date": "Wed, 04 Mar 2026 10:00:00 +0100"}
    fields["Message-ID"] = name or f"<{random.getrandbits(60)}@example.org>"
    if refs:
        fields["In-Reply-To"] = fields["References"] = str(digest.mail["Message-ID"])
    for key, value in {**fields, **more}.items():
        mail[key] = value
    raw = mail.as_bytes()
    return office.deliver(aligned(raw, proven) if proven else raw, to)


def new_posts(site, after=4):
    """(author, thread's subject, whose message it answers, words) of what came since."""
    with site.reading() as db:
        rows = db.scalars(select(Message).order_by(Message.id)).all()
        ids = {row.id: row.message_id for row in rows}
        return [(row.author_email, row.subject, ids.get(row.parent_id), row.body.text.strip()) for row in rows[after:]]


def item(digest, words):
    """What is left of the digest's text when all but one item was deleted."""
    lines = clients.text_of(digest).split("\n")
    last = max(n for n, line in enumerate(lines) if words[:30] in line)
    first = max(n for n in range(last) if lines[n].startswith("---"))
    end = next((n for n in range(last, len(lines)) if lines[n].startswith("---")), len(lines))
    return lines[first + 1 : end]


@pytest.mark.parametrize("client", clients.CLIENTS)
def test_each_program_finds_the_thread_or_its_user_is_asked(site, office, digest, client):
    make = clients.CLIENTS[client]

    assert send(office, digest, clients.whole(client, "Chętnie pomogę.", digest)) is State.DRAFT, "the whole digest names no thread"
    question = office.letters(to=IRENA)[-1]
    assert question.kind == "digest-which" and "Chętnie pomogę." in question.text
    assert new_posts(site) == []
    assert send(office, digest, clients.whole(client, "2: W maju.", digest)) is State.POSTED
    assert send(office, digest, make("Mam jeszcze dwa.", item(digest, MAPS))) is State.POSTED
    assert send(office, digest, make("My kupujemy.", item(digest, BOOKS))) is State.POSTED
    assert send(office, digest, clients.whole(client, "Sala jest.", digest), subject="Odp: Spotkanie") is State.POSTED
    assert office.reply(question, "2") is State.ANSWERED

    assert new_posts(site) == [
        (IRENA, "Re: Spotkanie", "2@x", "W maju."),
        (IRENA, "Re: Scenariusze", "4@x", "Mam jeszcze dwa."),
        (IRENA, "Re: E-booki dla szkół", "3@x", "My kupujemy."),
        (IRENA, "Re: Spotkanie", "2@x", "Sala jest."),
        (IRENA, "Re: Spotkanie", "2@x", "Chętnie pomogę."),
    ]
    for post in office.posts():
        assert not tokens.IN_TEXT.search(post.as_string()), "no token is passed on"
        assert "Kiedy w tym roku" not in post.as_string() or "marek" in post["From"], "the quoted digest does not go along"


@pytest.mark.parametrize("client", clients.MARKING)
def test_answers_between_the_lines_go_each_to_its_thread(site, office, digest, client):
    one = clients.inline(client, digest, {"kto przygotowuje salę": "Ja przygotuję."})
    assert send(office, digest, one) is State.POSTED
    two = clients.inline(client, digest, {"Szukam scenariuszy": "Mam dwa.", "Dla nas to nowość": "My też nie.\n\nPozdrawiam\nIrena"})
    assert send(office, digest, two, name="<two@x>") is State.POSTED

    posts = new_posts(site)
    assert posts[0] == (IRENA, "Re: Spotkanie", "2@x", "Ja przygotuję.")
    assert [post[1:3] for post in posts[1:]] == [("Re: Scenariusze", "4@x"), ("Re: E-booki dla szkół", "3@x")]
    assert [post[3].split("\n")[0] for post in posts[1:]] == ["Mam dwa.", "My też nie."]
    with site.reading() as db:
        rows = db.scalars(select(Incoming).order_by(Incoming.id.desc()).limit(2)).all()
        assert {row.state for row in rows} == {State.POSTED} and len({row.message_id for row in rows}) == 2, "each can be traced"


def test_two_numbers_are_two_posts_and_a_file_for_two_is_asked_about(site, office, digest):
    words = "1: Mam dwa.\n\n3: My kupujemy.\n"
    assert send(office, digest, clients.thunderbird(words, ["nic"])) is State.POSTED
    assert [post[1:] for post in new_posts(site)] == [("Re: Scenariusze", "4@x", "Mam dwa."), ("Re: E-booki dla szkół", "3@x", "My kupujemy.")]

    mail = clients.onet(words, ["nic"])
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="karta.pdf")
    assert send(office, digest, mail) is State.DRAFT
    assert len(new_posts(site)) == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("{all}\n\nW maju.", "below the whole digest"),
        ("{contents}\n\nW maju.", "below the table of contents"),
        ("{hall}\n\nJa.\n\n> czegoś takiego w przeglądzie nie było wcale\n\nA to nie wiem.", "one of two is unknown"),
        ("7: Chętnie.", "there is no such number"),
        ("Zgadzam się z Haliną.", "nothing is quoted"),
    ],
)
def test_what_is_not_unmistakable_is_asked_about(site, office, digest, words, why):
    lines = clients.text_of(digest).split("\n")
    contents = lines[: next(n for n, line in enumerate(lines) if line.startswith("---"))]
    text = words.format(all=clients.marked(lines), contents=clients.marked(contents), hall=clients.marked(item(digest, HALL)))
    mail = clients._mail(f"W dniu 4.03.2026 o 07:00, Sieć BP pisze:\n{text}\n" if text.startswith(">") else text)

    assert send(office, digest, mail) is State.DRAFT, why
    assert office.letters(to=IRENA)[-1].kind == "digest-which"
    assert new_posts(site) == []


def test_the_question_takes_a_title_asks_again_where_two_are_named_and_lets_go(site, office, digest):
    for _ in range(2):
        send(office, digest, clients.onet("Chętnie pomogę.", ["nic"]))
    first, second = office.letters(to=IRENA, kind="digest-which")
    assert office.reply(first, "1 albo 3") is State.ANSWERED
    assert new_posts(site) == []
    assert office.reply(office.letters(to=IRENA)[-1], "„Spotkanie”") is State.ANSWERED
    assert [post[1] for post in new_posts(site)] == ["Re: Spotkanie"]

    assert office.reply(second, "Proszę tego nie publikować.") is State.ANSWERED
    assert len(new_posts(site)) == 1
    assert office.letters(to=IRENA)[-1].kind == "digest-unplaced", "what is let go is not asked about again, and comes home"


def test_an_answer_to_the_list_is_an_answer_to_the_digest(site, office, digest):
    to = "siecibp@lists.example.org"
    assert send(office, digest, clients.gmail("Chętnie.", ["nic"]), to=to) is State.DRAFT
    assert send(office, digest, clients.gmail("2: W maju.", ["nic"]), to=to, refs=False) is State.POSTED, "known by its subject"
    assert send(office, digest, clients.gmail("Mam dwa.", item(digest, MAPS)), to=to, subject="Re: [siecibp] coś innego") is State.POSTED, "known by its reference"
    assert [post[1:] for post in new_posts(site)] == [("Re: Spotkanie", "2@x", "W maju."), ("Re: Scenariusze", "4@x", "Mam dwa.")]

    assert send(office, digest, clients.gmail("", item(digest, MAPS)), to=to) is State.DISCARDED, "nothing is said"
    assert send(office, digest, clients.gmail("CODZIENNIE", ["nic"]), to=to) is State.ANSWERED, "a word from its foot"
    assert send(office, digest, clients.gmail("Chętnie.", ["nic"]), to=to, proven="fail") is State.REFUSED
    assert len(new_posts(site)) == 2


def test_reply_to_all_is_one_answer(site, office, digest):
    own, to = str(digest.mail["Reply-To"]).strip("<>"), "siecibp@lists.example.org"
    for name, words in (("<a@x>", "Chętnie."), ("<b@x>", "2: W maju.")):
        for address in (own, to):
            send(office, digest, clients.gmail(words, ["nic"]), to=address, name=name, Cc=f"{own}, {to}")
    assert len(new_posts(site)) == 1
    assert len(office.letters(to=IRENA, kind="digest-which")) == 1


def test_a_digest_that_was_passed_on_is_answered_by_who_has_it(site, office, digest):
    to = "siecibp@lists.example.org"
    assert send(office, digest, clients.gmail("Chętnie.", ["nic"]), to=to, sender="ola@example.org") is State.DRAFT
    assert [letter.kind for letter in office.letters(to="ola@example.org")][-1] == "digest-which", "a member is asked, at their own address"
    assert office.letters(to=IRENA, kind="digest-which") == []

    assert send(office, digest, clients.gmail("Chętnie.", ["nic"]), to=to, sender="eve@example.org") is State.ANSWERED
    assert [letter.kind for letter in office.letters(to="eve@example.org")] == ["digest-elsewhere"], "a stranger learns nothing of what is talked about"
    assert send(office, digest, clients.gmail("Chętnie.", ["nic"]), sender="eve@example.org") is State.ANSWERED
    assert new_posts(site) == []


def test_no_mail_under_a_digests_subject_ever_reaches_the_list(site, office, digest):
    """Whatever somebody makes of it: of a digest's subject with a mark of answering, nothing goes out or is held to be let through."""
    shapes = random.Random(7)
    marks = ["Re: ", "Odp: ", "RE: Odp: ", "Re[2]: ", "Fwd: ", "Re: [siecibp] ", "[siecibp] Re: ", "odp:", "Re:  "]
    refs = [str(digest.mail["Message-ID"]), "<1@x>", "<nobody@x>", f"<1@x> {digest.mail['Message-ID']}", ""]
    senders = [IRENA, "ola@example.org", "eve@example.org", "halina@example.org"]
    words = ["Chętnie.", "2: Tak.", "9: Nie.", "", "WYPISZ", "WYCISZ 1", "Dziękuję!", "Spotkanie?\n\n1. tak\n2. nie"]
    before = len(office.posts())
    for _ in range(30):
        mail = clients.CLIENTS[shapes.choice(list(clients.CLIENTS))](shapes.choice(words), shapes.choice([["nic"], item(digest, HALL), clients.text_of(digest).split("\n")]))
        more = {name: ref for name in ("In-Reply-To", "References") if (ref := shapes.choice(refs))}
        where = shapes.choice(["siecibp@lists.example.org", "siecibp@lists.example.org", None])
        subject = shapes.choice(marks) + (digest.subject if shapes.random() < 0.9 else digest.subject.upper())
        send(office, digest, mail, to=where, sender=shapes.choice(senders), subject=subject, refs=False, proven=shapes.choice(["pass", None, "fail"]), **more)

    assert len(office.posts()) > before, "some of them find their thread"
    for post in office.posts():
        assert base_subject(str(post["Subject"])).lower() in ("scenariusze", "spotkanie", "e-booki dla szkół")
        assert not tokens.IN_TEXT.search(post.as_string())
    with site.reading() as db:
        from listserv.store.moderation import Held

        assert not [held.subject for held in db.scalars(select(Held)) if digest.subject.lower() in held.subject.lower()]


@pytest.mark.parametrize("words", ["Przyjdę!", "Świetnie!", "Dziękuję, Halino!"])
def test_a_lone_exclamation_is_an_answer_to_the_item_and_no_greeting(site, office, digest, words):
    token = tokens.IN_TEXT.search("".join(item(digest, HALL)))[0]
    quoted = "\n".join(f"> {line}" for line in clients.text_of(digest).split("\n"))
    raw = mail(f"Irena <{IRENA}>", token, f"Re: {digest.subject}", f"{words}\n\nW dniu 4.03.2026 o 10:00, Sieć BP pisze:\n{quoted}\n")

    assert office.deliver(aligned(raw), f"{token}@lists.example.org" if "@" not in token else token) is State.POSTED

    assert new_posts(site) == [(IRENA, "Re: Spotkanie", "2@x", words)]


@pytest.mark.parametrize("language", ["pl", ""])
def test_a_thread_without_a_subject_is_not_called_taken_back_when_the_person_is_asked(site, office, digest, clock, language):
    with site.writing() as db:
        db.scalars(select(Address).where(Address.key == IRENA)).one().user.language = language
    office.send("Halina Okładka <halina@example.org>", "siecibp", "", "Bez tematu piszę o szafkach.\n", message_id="<5@x>")
    office.send("Marek Regał <marek@example.org>", "siecibp", "Regały", "Kto oddaje regały?\n", message_id="<6@x>")
    clock.move(days=1)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
    second = office.letters(to=IRENA, kind="digest")[-1]

    assert send(office, second, clients.whole(next(iter(clients.CLIENTS)), "Chętnie pomogę.", second)) is State.DRAFT

    question = office.letters(to=IRENA, kind="digest-which")[-1]
    assert "(bez tematu)" in question.text and "wycofany" not in question.text
