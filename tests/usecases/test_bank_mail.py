"""`LIST-bank@`: what members send is filed, words about it are done, and what anybody else sends is read by humans."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.bank import Material
from listserv.store.lists import list_by_name
from listserv.store.members import member_of
from listserv.store.moderation import Journal
from listserv.store.people import address_by_key
from listserv.store.queue import State
from listserv.usecases import bank as reading
from tests.office import aligned
from tests.usecases.test_bank_filing import DOCX, bank, items, post, send  # noqa: F401  (fixtures)
from tests.usecases.test_hiding import actor

BANK = "siecibp-bank@lists.example.org"


def material(site, number=1):
    with site.reading() as db:
        return db.scalar(select(Material).where(Material.number == number))


@pytest.fixture
def filed(office, bank, send):
    """What Halina has sent to the bank; the letter that answered."""
    send(("Scenariusz lekcji.docx", DOCX, b"first"), to=BANK, subject="Drzewo", text="Dzień dobry,\nscenariusz na dwie godziny o drzewie.\n\nPozdrawiam\nHalina")
    return office.letters("halina@example.org", "bank-filed")[-1]


def test_what_a_member_sends_is_filed_with_its_sentence_and_answered(site, office, filed):
    assert items(site) == [(1, "Scenariusz lekcji", "scenario")]
    assert material(site).description == "scenariusz na dwie godziny o drzewie."
    assert "https://lists.example.org/siecibp/materials/1" in filed.text
    with site.reading() as db:
        assert db.scalars(select(Message)).all() == []
        name, _, data = reading.file_of(db, "siecibp", 1, actor(site, "marek@example.org"))
    assert (name, data) == ("Scenariusz lekcji.docx", b"first")


def test_an_author_corrects_by_a_reply(site, office, filed):
    office.reply(filed, "TYTUŁ: Drzewo genealogiczne\nOBSZAR: tik\nRODZAJ: samouczek")

    assert items(site) == [(1, "Drzewo genealogiczne", "tutorial")]
    told = office.letters("halina@example.org", "bank-told")[-1]
    assert "Drzewo genealogiczne" in told.text and "Lekcje TIK" in told.text

    office.reply(told, "USUŃ")
    assert items(site) == []
    office.reply(told, "PRZYWRÓĆ")
    assert len(items(site)) == 1


def test_the_licence_stands_in_the_letter(office, filed):
    assert "licencja" not in filed.text.split("Aby coś poprawić")[0]

    office.reply(filed, "LICENCJA: CC BY 4.0")
    assert "licencja: CC BY 4.0" in office.letters("halina@example.org", "bank-told")[-1].text


def test_in_english_a_kind_is_called_a_lesson_plan(site, office, filed):
    office.reply(filed, "RODZAJ: samouczek")
    office.reply(filed, "KIND: lesson plan")

    assert items(site) == [(1, "Scenariusz lekcji", "scenario")]


def answers_with_a_file(office, letter, text, clock, sender="halina@example.org"):
    to = str(letter.mail["Reply-To"])
    office.deliver(aligned(post(clock(), ("inna nazwa.docx", DOCX, b"second"), sender=sender, subject=f"Odp: {letter.subject}", text=text)), to, mail_from=sender)


def test_a_file_in_answer_is_the_newest_version(site, office, filed, clock):
    answers_with_a_file(office, filed, "Poprawiona wersja w załączniku.", clock)

    assert [number for number, _, _ in items(site)] == [1]
    with site.reading() as db:
        _, _, data = reading.file_of(db, "siecibp", 1, actor(site, "halina@example.org"))
    assert data == b"second" and office.letters(kind="bank-told") == []


def test_a_file_in_answer_from_somebody_else_is_no_version(site, office, filed, clock):
    answers_with_a_file(office, filed, "Moja wersja.", clock, sender="marek@example.org")

    with site.reading() as db:
        _, _, data = reading.file_of(db, "siecibp", 1, actor(site, "halina@example.org"))
    assert data == b"first"


def test_an_author_does_not_recommend_their_own(site, office, filed):
    office.reply(filed, "POLECAM")

    assert material(site).recommended_at is None
    assert office.letters("halina@example.org", "bank-told")


def test_a_reply_that_says_nothing_of_the_kind_is_answered_and_one_of_thanks_is_not(site, office, filed):
    before = material(site).title
    office.reply(filed, "Dziękuję!")
    assert office.letters(kind="bank-told") == []
    office.reply(filed, "Czy to widzą wszyscy na liście, czy tylko ja?")

    assert material(site).title == before
    assert len(office.letters("halina@example.org", "bank-told")) == 1


def test_a_moderator_corrects_any_item_by_its_number_in_the_subject(site, office, filed):
    office.send("mod@example.org", BANK, "materiał 1", "POLECAM\nTYTUŁ: Drzewo", proven=True)

    assert (material(site).title, material(site).recommended_at is not None) == ("Drzewo", True)
    with site.reading() as db:
        assert "material-recommended" in db.scalars(select(Journal.what)).all()


def test_a_word_whose_sender_cannot_be_verified_changes_nothing_until_it_is_repeated(site, office, filed):
    office.send("mod@example.org", BANK, "1", "USUŃ", proven=None)
    assert len(items(site)) == 1

    asked = office.letters("mod@example.org", "bank-told")[-1]
    office.reply(asked, "USUŃ")
    assert items(site) == []


def test_a_forged_word_does_nothing_and_another_member_corrects_nothing(site, office, filed):
    office.send("mod@example.org", BANK, "1", "USUŃ", proven=False)
    office.send("marek@example.org", BANK, "1", "USUŃ", proven=True)
    office.reply(filed, "USUŃ", sender="marek@example.org")

    assert len(items(site)) == 1


def test_who_is_not_the_author_learns_nothing_of_what_was_removed(site, office, filed):
    office.reply(filed, "TYTUŁ: Tajne")
    office.send("mod@example.org", BANK, "1", "USUŃ", proven=True)
    office.send("marek@example.org", BANK, "1", "PRZYWRÓĆ", proven=True)

    assert items(site) == []
    assert all("Tajne" not in letter.text for letter in office.letters("marek@example.org"))


def test_a_link_alone_is_filed_and_the_same_file_is_known(site, office, filed, send):
    send(to=BANK, text="Polecam poradnik: https://biblioteka.example.net/pliki/jak-zrobic-gazetke.html")
    send(("inna nazwa.docx", DOCX, b"first"), to=BANK, text="To samo jeszcze raz.", sender="marek@example.org")

    assert [number for number, *_ in items(site)] == [2, 1]
    assert "1" in office.letters("marek@example.org", "bank-filed")[-1].text


def test_a_forwarded_mail_is_filed_with_what_it_carries(site, office, bank, clock):
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "x@example.net", "Stary list"
    inner.set_content("Dzień dobry")
    inner.add_attachment(b"inside", maintype="application", subtype="pdf", filename="Zestawienie literatury.pdf")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "halina@example.org", BANK, "Fwd: Stary list"
    outer.set_content("Bibliografia, którą dostałam.")
    outer.add_attachment(inner)
    office.deliver(b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n" + outer.as_bytes(), BANK, mail_from="halina@example.org")

    assert items(site) == [(1, "Zestawienie literatury", "bibliography")]
    with site.reading() as db:
        assert reading.file_of(db, "siecibp", 1, actor(site, "marek@example.org"))[2] == b"inside"


def test_a_strangers_file_is_not_filed_but_read_by_moderators(site, office, bank, send):
    send(("Reklama.pdf", "application/pdf", b"%PDF"), sender="obcy@example.org", to=BANK)

    assert items(site) == []
    assert office.letters("mod@example.org", "contact")


def test_whose_messages_wait_for_moderators_files_nothing_by_themselves(site, office, bank, send):
    with site.writing() as db:
        member_of(db, list_by_name(db, "siecibp"), address_by_key(db, "halina@example.org").user_id).moderated = True
    send(("Scenariusz.docx", DOCX, b"first"), to=BANK)

    assert items(site) == []
    assert office.letters("mod@example.org", "contact")


def test_machines_are_not_answered(site, office, bank):
    office.send("halina@example.org", BANK, "12", "USUŃ", proven=True, auto_submitted="auto-replied")

    assert office.letters("halina@example.org") == []


def test_the_address_is_none_while_the_bank_is_closed(site, office, network):
    assert office.send("halina@example.org", BANK, "12", "USUŃ", proven=True) in (State.REFUSED, State.HELD, State.DISCARDED)
