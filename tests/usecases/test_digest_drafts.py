"""What becomes of an answer to a digest: no words vanish, no name is given away, nothing reaches everybody by mistake."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from digests import stencil
from listserv.mail import answer, parse
from listserv.store.calendar import latest
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.moderation import Held
from listserv.store.people import Address
from listserv.store.queue import Incoming, Raw, State, raw_bytes
from listserv.usecases import digestdrafts, housekeeping
from tests import digestclients as clients
from tests.usecases import test_digest_answers as answers
from tests.usecases.test_digest_answers import IRENA, MAPS, item, new_posts, send
from tests.usecases.test_digestreplies import item_address

digest = answers.digest
LIST = "siecibp@lists.example.org"
SECRET = "Nie mamy PIENIEDZY."


def later(site, clock, **step):
    clock.move(**step)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


def mails_of(site, words, *, also=True):
    """Every mail that is kept with these words and Irena's name; `also` our letters to her."""
    with site.reading() as db:
        kept = [raw_bytes(db, one).decode("utf-8", "replace") for one in db.scalars(select(Raw.id))]
    return [one for one in kept if not stencil.is_one(one.encode()) and words in one and "irena" in one.lower() and (also or "from: irena" in one.lower())]


def preview_on(site):
    with site.writing() as db:
        db.scalars(select(Member).join(Member.address).where(Address.key == IRENA)).one().preview = True


def plain(words):
    return clients.onet(words, ["nic"])


# ---- without a name -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["ANONIMOWO", "ANONIMOWO: Odp: przegląd", "Odp: Scenariusze - proszę bez nazwiska"])
def test_a_wish_for_no_name_in_the_subject_of_an_answer_holds(site, office, digest, subject):
    for number, to in enumerate((None, item_address(digest, 1), LIST)):
        words = f"1: {SECRET} {'x' * number}" if number != 1 else f"{SECRET} b"
        assert send(office, digest, plain(words), to=to, subject=subject) in (State.FORWARDED, State.DRAFT)
    assert new_posts(site) == []
    with site.reading() as db:
        assert all(held.author_email != IRENA for held in db.scalars(select(Held)))
    if not subject.startswith("Odp"):
        assert not mails_of(site, "PIENIEDZY. x", also=False), "the mail made of it is gone as well"


def test_an_answer_without_a_name_leaves_no_mail_with_it(site, office, digest, clock):
    assert send(office, digest, plain(f"2: ANONIMOWO\n\n{SECRET}"), name="<a@x>") is State.FORWARDED
    own = str(digest.mail["Reply-To"]).strip("<>")
    for to in (own, LIST):
        send(office, digest, plain(f"1: Mam.\n\n3: ANONIMOWO\n\n{SECRET} Trzy."), to=to, name="<b@x>", Cc=f"{own}, {LIST}")
    assert [post[3] for post in new_posts(site)] == ["Mam."]
    send(office, digest, plain(f"ANONIMOWO\n\n{SECRET} Cztery."))
    office.reply(office.letters(to=IRENA, kind="digest-which")[-1], "2")
    for question in office.letters(to="mod@example.org", kind="unnamed-moderator"):
        office.reply(question, "TAK")
    with site.writing() as db:
        from listserv.store.queue import Letter

        for letter in db.scalars(select(Letter)):
            letter.due = None
    later(site, clock, days=40)
    assert len([post for post in new_posts(site) if "PIENIEDZY" in post[3]]) == 3
    assert mails_of(site, "PIENIEDZY") == []


# ---- kept until its author says where it belongs ------------------------------------------------------------


def test_a_kept_answer_is_reminded_of_once_and_comes_home_after_a_fortnight(site, office, digest, clock):
    send(office, digest, plain("Chętnie pomogę w maju."))
    with site.reading() as db:
        owed = [one for one in housekeeping.owed(db, site.now() + timedelta(days=3)) if "answer" in one.what]
        assert [(one.what, one.who) for one in owed] == [("digest-answer-reminder", IRENA)]
    for _ in range(4):
        later(site, clock, days=1)
    first, again = office.letters(to=IRENA, kind="digest-which")
    assert "Chętnie pomogę w maju." in again.text and first.subject != again.subject
    later(site, clock, days=11)
    home = office.letters(to=IRENA, kind="digest-unplaced")[-1]
    assert "Chętnie pomogę w maju." in home.text and len(office.letters(to=IRENA, kind="digest-which")) == 2
    with site.reading() as db:
        assert [row.what for row in latest(db) if "answer" in row.what] == ["digest-answer-ends", "digest-answer-reminder"]
    assert office.reply(again, "2") is State.ANSWERED and new_posts(site) == []
    assert office.letters(to=IRENA)[-1].kind == "too-late"


def test_what_is_added_beside_the_number_is_shown_and_posted_with_the_answer(site, office, digest):
    send(office, digest, plain("7: Chętnie."))
    asked = office.letters(to=IRENA, kind="digest-which")[-1]
    office.reply(asked, "Przyjadą 2 osoby")
    assert "Przyjadą 2 osoby" in office.letters(to=IRENA)[-1].text, "what named no thread is not lost without a word"
    office.reply(asked, "2. I jeszcze dodam: przywiozę rzutnik.")
    assert new_posts(site) == []
    shown = office.letters(to=IRENA, kind="digest-which")[-1]
    assert "Chętnie." in shown.text and "przywiozę rzutnik." in shown.text
    office.reply(shown, "2")
    assert new_posts(site) == [(IRENA, "Re: Spotkanie", "2@x", "Chętnie.\n\nI jeszcze dodam: przywiozę rzutnik.")]


def test_however_often_the_same_is_said_it_is_asked_about_or_told_later(site, office, digest, clock):
    for _ in range(12):
        send(office, digest, plain("Chętnie."))
    assert len(office.letters(to=IRENA, kind="digest-which")) == 10
    later(site, clock, hours=25)
    assert len(office.letters(to=IRENA, kind="digest-which")) == 12
    question = office.letters(to=IRENA, kind="digest-which")[-1]
    for words in ("nie wiem", "hm", "2"):
        office.reply(question, words)
    assert [post[1] for post in new_posts(site)] == ["Re: Spotkanie"], "the question is good until it is answered"


def test_more_than_so_many_are_read_by_humans(site, office, digest, monkeypatch):
    monkeypatch.setattr(digestdrafts, "MOST_WAITING", 1)
    assert [send(office, digest, plain(f"Chętnie {what}.")) for what in ("pomogę", "przyjadę")] == [State.DRAFT, State.FORWARDED]
    assert "przyjadę" in office.letters(to="mod@example.org", kind="contact")[-1].text


def test_two_parts_and_a_file_stay_two_parts(site, office, digest):
    mail = plain("1: Mam dwa.\n\n3: My kupujemy.")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="karta.pdf")
    assert send(office, digest, mail) is State.DRAFT
    asked = office.letters(to=IRENA, kind="digest-which")[-1]
    office.reply(asked, "2")
    assert new_posts(site) == [], "of the two neither is the second"
    office.reply(asked, "3")
    assert [post[1:] for post in new_posts(site)] == [("Re: Scenariusze", "4@x", "Mam dwa."), ("Re: E-booki dla szkół", "3@x", "My kupujemy.")]
    assert [[part.get_filename() for part in post.iter_attachments()] for post in office.posts()[-2:]] == [[], ["karta.pdf"]]


def test_every_part_is_previewed_and_sent(site, office, digest):
    preview_on(site)
    assert send(office, digest, plain("1: Mam dwa.\n\n3: My kupujemy.")) is State.DRAFT
    shown = office.letters(to=IRENA, kind="preview")
    assert len(shown) == 2
    for one in shown:
        office.reply(one, "WYŚLIJ")
    assert [post[3] for post in new_posts(site)] == ["Mam dwa.", "My kupujemy."]


def test_a_number_alone_is_nothing_for_everybody(site, office, digest):
    assert send(office, digest, plain("2")) is State.ANSWERED
    assert office.letters(to=IRENA)[-1].kind == "digest-number" and new_posts(site) == []


def test_an_answer_from_an_address_that_gets_no_digest_is_told_so(site, office, digest):
    for to in (None, LIST):
        assert send(office, digest, plain("Chętnie."), to=to, sender="prywatnie@example.org") is State.ANSWERED
        assert office.letters(to="prywatnie@example.org")[-1].kind == "digest-elsewhere"
    assert new_posts(site) == []


# ---- to the list, to an item, with pictures -----------------------------------------------------------------


def test_an_answer_to_an_item_and_to_the_list_is_one(site, office, digest):
    place = item_address(digest, 1)
    for number, order in enumerate(((place, LIST), (LIST, place))):
        for to in order:
            send(office, digest, clients._mail(f"Mam {number}, wyślę."), to=to, refs=False, subject="Odp: Scenariusze", name=f"<i{number}@x>", Cc=f"{place}, {LIST}")
    assert [post[1] for post in new_posts(site)] == ["Re: Scenariusze", "Re: Scenariusze"]


def test_a_digests_subject_reaches_nobody_however_it_was_changed(site, office, digest):
    own = digest.subject
    shapes = [f"Re: {own} – moje uwagi", f"***SPAM*** Re: {own}", f"Dot.: {own}", f"Odp. {own}", f"Re: (1) {own}", f"Re: {own[:30]}", f"Re: {own}…", own]
    for number, subject in enumerate(shapes):
        state = send(office, digest, clients._mail(f"Chętnie pomogę {number} raz."), to=LIST, refs=False, subject=subject)
        assert state is State.DRAFT, (subject, trouble(site))
    assert send(office, digest, clients._mail("Chętnie."), to=LIST, refs=False, subject=f"Re: {own[:30]}", sender="ola@example.org") is State.DRAFT
    assert new_posts(site) == []
    assert send(office, digest, clients._mail("2: Tak."), to=LIST, refs=False, subject=f"Odp. {own} – uwagi") is State.POSTED, "its numbers count"


def with_picture(words, html, name="zrzut.png"):
    mail = EmailMessage()
    mail.set_content(words)
    mail.add_alternative(html, subtype="html")
    mail.get_payload()[1].add_related(b"\x89PNG-picture", maintype="image", subtype="png", cid="<p1@x>", filename=name, disposition="inline")
    return mail


def test_a_picture_is_an_answer_and_nothing_is_none(site, office, digest):
    shown = with_picture("tak to u nas wygląda:\n[image: zrzut.png]\n", '<div>tak to u nas wygląda:<br><img src="cid:p1@x"></div>')
    assert send(office, digest, shown, to=item_address(digest, 1), refs=False) is State.POSTED
    assert [part.get_filename() for part in office.posts()[-1].iter_attachments()] == ["zrzut.png"]
    assert send(office, digest, with_picture("\n", '<div><img src="cid:p1@x"></div>')) is State.DRAFT
    assert send(office, digest, clients.gmail("", item(digest, MAPS)), to=item_address(digest, 1)) is State.DISCARDED
    assert len(new_posts(site)) == 1


def test_a_signatures_logo_is_no_part_of_an_answer():
    for html, kept in (
        ('<p>W maju.</p><p>-- <br>Irena<br><img src="cid:p1@x"></p>', 0),
        ('<p>W maju.<img src="cid:p1@x"></p><p>-- <br>Irena</p>', 1),
        ('<p>W maju.</p><blockquote>Kiedy?<img src="cid:p1@x"></blockquote>', 1),
    ):
        raw = with_picture("W maju.\n", html).as_bytes()
        assert len(list(answer.own_files(raw, parse.parse(raw)))) == kept, html


def test_an_answer_kept_by_an_older_version_is_placed(site, office, digest):
    send(office, digest, plain("Chętnie."))
    with site.writing() as db:
        from listserv.store.doors import Preview

        db.delete(db.scalars(select(Preview)).one())
        assert list_by_name(db, "siecibp") and db.scalars(select(Incoming).where(Incoming.state == State.DRAFT)).one()
    office.reply(office.letters(to=IRENA, kind="digest-which")[-1], "3")
    assert [post[1] for post in new_posts(site)] == ["Re: E-booki dla szkół"]


def trouble(site):
    with site.reading() as db:
        row = db.scalars(select(Incoming).order_by(Incoming.id.desc())).first()
        return row.state, row.reasons
