"""What people ask of the bank by mail: a list for a keyword, a material by its number; and who used whose."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.mail.commands import Command, Kind
from listserv.store.archive import Message
from listserv.store.bank import Material, MaterialUse
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Status, member_of
from listserv.store.people import Address, address_by_key
from listserv.store.queue import State
from listserv.usecases import bankasking, bankuses, housekeeping, steering
from tests.archive_seeds import mail
from tests.files import docx, pdf
from tests.office import DOMAIN, aligned

HALINA, MAREK, MOD = "halina@example.org", "marek@example.org", "mod@example.org"
BANK = f"siecibp-bank@{DOMAIN}"
READERS = pdf("Regulamin wypożyczania czytników")


@pytest.fixture
def bank(site, office, network, once):
    """A list whose bank holds three things: two files of Halina's and a link of Marek's."""
    once(lambda: filled(site, office, network))
    office.new_letters()
    return office


def filled(site, office, network):
    with site.writing() as db:
        list_by_name(db, network).materials = True
    post(office, HALINA, "Czytniki w bibliotece", "Dzień dobry, przesyłam.", ("Regulamin wypożyczania czytników.pdf", "application/pdf", READERS))
    post(office, HALINA, "Gry", "W załączniku.", ("Scenariusz lekcji o grach.docx", "application/octet-stream", docx("<w:p><w:t>gry bez prądu</w:t></w:p>")))
    post(office, MAREK, "Lektury", "Polecam bibliografię: https://biblioteka.example.org/bibliografia-lem-2026.pdf na zajęcia.")


def post(office, sender, subject, text, *files):
    to = f"siecibp@{DOMAIN}"
    return office.deliver(aligned(mail("", sender, subject, text, f"{subject.replace(' ', '-')}.{len(text)}@example.org", files=files).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")), to)


def ask(office, sender, subject="", text="", proven=True, **more):
    """A mail to the bank's address; the one letter that answers."""
    state = office.send(sender, "siecibp-bank", subject, text, proven=proven, **more)
    new = office.new_letters()
    return state, new


def answer(office, sender, subject="", text="", **more):
    state, new = ask(office, sender, subject, text, **more)
    assert state is State.ANSWERED
    assert len(new) == 1, [one.kind for one in new]
    return new[0]


def numbers(site):
    with site.reading() as db:
        return {item.title: item.number for item in db.scalars(select(Material))}


def attached(letter):
    return [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in letter.mail.iter_attachments()]


@pytest.mark.parametrize(("subject", "text"), [("czytniki", ""), ("", "czytnik"), ("CZYTNIKÓW", "Pozdrawiam\nMarek"), ("", "Czy mają Państwo coś o czytnikach?"), ("regulaminy", "")])
def test_a_keyword_in_any_form_brings_a_list(bank, subject, text):
    letter = answer(bank, MAREK, subject, text)

    assert letter.kind == "bank-list"
    assert "Nr 1:" in letter.text or "No. 1:" in letter.text
    assert "Halina" in letter.text and "/siecibp/materials/1" in letter.text
    assert "o grach" not in letter.text
    assert str(letter.mail["Reply-To"]) == BANK


def test_what_was_sent_to_the_bank_alone_is_found_in_any_form_too(bank):
    files = [("karta_pracy_ptaki.txt", "text/plain", b"Rozpoznaj ptaka po piorach.")]
    bank.deliver(aligned(mail("", HALINA, "Karta pracy: ptaki", "Do banku.", "ptaki@example.org", files=files).replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")), BANK)
    bank.new_letters()

    for words in ("karty pracy", "Szukam kart pracy o ptakach", "ptak", "karta pracy"):
        assert "ptaki" in answer(bank, MAREK, "", words).text, words


def test_a_kind_is_a_keyword_too(bank):
    assert "o grach" in answer(bank, MAREK, "scenariusze").text


def test_words_that_stand_in_the_post_alone_find_its_material(bank):
    assert "o grach" in answer(bank, MAREK, "załączniku").text


def test_what_is_not_there_is_said_and_what_to_try(bank):
    letter = answer(bank, MAREK, "hydrografia")

    assert "hydrografia" in letter.text and "materials/1" not in letter.text


@pytest.mark.parametrize("text", ["", "LISTA", "wszystko"])
def test_a_list_or_an_empty_mail_brings_the_newest(bank, text):
    letter = answer(bank, MAREK, "", text)

    assert [f"/materials/{number}" in letter.text or number == 3 for number in (1, 2, 3)] == [True] * 3
    assert "bibliografia-lem" in letter.text


def test_a_material_comes_by_its_number(bank, site):
    letter = answer(bank, MAREK, "PRZYŚLIJ 1")

    assert letter.to == MAREK
    assert attached(letter) == [("Regulamin wypożyczania czytników.pdf", "application/pdf", READERS)]
    with site.reading() as db:
        assert db.scalars(select(Material.downloads).order_by(Material.number)).all() == [1, 0, 0]


def test_a_second_wish_of_the_same_day_is_one_download(bank, site):
    answer(bank, MAREK, "PRZYŚLIJ 1")
    answer(bank, MAREK, "", "proszę przysłać materiał nr 1")
    answer(bank, MOD, "SEND 1")

    with site.reading() as db:
        assert db.scalar(select(Material.downloads).where(Material.number == 1)) == 2


def test_the_list_letter_is_answered_with_a_number(bank):
    listed = answer(bank, MAREK, "gry")

    bank.reply(listed, "przyślij 2")

    sent = bank.new_letters()[-1]
    assert sent.kind == "bank-sent" and attached(sent)[0][0] == "Scenariusz lekcji o grach.docx"


def test_several_come_together_links_as_links_and_unknown_numbers_are_named(bank):
    letter = answer(bank, MAREK, "", "Proszę przesłać 1, 2, 3 i 99. Dziękuję!")

    assert len(attached(letter)) == 2
    assert "https://biblioteka.example.org/bibliografia-lem-2026.pdf" in letter.text
    assert "99" in letter.text


def test_what_is_too_large_for_a_letter_is_a_link(bank, monkeypatch):
    monkeypatch.setattr(bankasking, "MOST_ATTACHED", 100)

    letter = answer(bank, MAREK, "PRZYŚLIJ 1")

    assert attached(letter) == [] and "/siecibp/materials/1" in letter.text


def test_nobody_is_flooded_with_files(bank, monkeypatch):
    monkeypatch.setattr(bankasking, "MOST_A_DAY", 2 * bankasking.PIECE)

    sent = [len(attached(answer(bank, MAREK, f"PRZYŚLIJ {number}", "x" * number))) for number in (1, 2, 1, 2)]

    assert sent == [1, 1, 0, 0]


def test_a_forger_makes_us_send_nothing_and_notes_nothing(bank, site):
    for words in ("PRZYŚLIJ 1", "skorzystałem z 1"):
        # Whoever decides about it reads it.
        assert {letter.kind for letter in ask(bank, MAREK, words, proven=False)[1]} <= {"contact"}
    with site.reading() as db:
        assert db.scalars(select(MaterialUse)).all() == []


def test_a_stranger_learns_how_to_come_in_and_nothing_of_what_there_is(bank):
    _state, new = ask(bank, "obca@elsewhere.example", "PRZYŚLIJ 1")

    assert [(letter.kind, letter.to) for letter in new] == [("bank-stranger", "obca@elsewhere.example")]
    assert attached(new[0]) == [] and "Regulamin" not in new[0].text and "siecibp-join@" in new[0].text


def test_no_machine_is_answered(bank):
    assert ask(bank, MAREK, "czytniki", auto_submitted="auto-replied")[1] == []
    assert ask(bank, MAREK, "Odp: Bank", "Jestem na urlopie do 15.08, odpowiem po powrocie.")[1] == []


def test_thanks_for_a_material_are_not_answered(bank):
    sent = answer(bank, MAREK, "PRZYŚLIJ 1")

    assert bank.reply(sent, "Bardzo dziękuję!") is State.ANSWERED
    assert bank.new_letters() == []


def test_what_is_hidden_is_neither_listed_nor_sent(bank, site, now):
    with site.writing() as db:
        row = db.scalars(select(Message).order_by(Message.id)).first()
        row.hidden_at = now

    assert "/materials/1" not in answer(bank, MAREK, "LISTA").text
    letter = answer(bank, MAREK, "PRZYŚLIJ 1")
    assert attached(letter) == [] and "Regulamin" not in letter.subject + letter.text


def test_a_list_without_a_bank_has_no_such_address(site, office):
    with site.reading() as db:
        assert not list_by_name(db, "siecibp").materials
    raw = mail("", MAREK, "czytniki", "", "off@example.org")
    office.deliver(aligned(raw), BANK)

    assert [one.kind for one in office.new_letters() if one.kind.startswith("bank")] == []


@pytest.mark.parametrize("subject", ["***", '"', "???", "-", "„”", "x" * 900, "od:", "has:attachment", "temat:tik", "*", "a OR b", "%_%", "\u202e12"])
def test_any_subject_is_answered_by_one_letter(bank, subject):
    assert answer(bank, MAREK, subject).kind in ("bank-list", "bank-sent")


def test_a_word_that_is_not_wanted_leaves_its_materials_out(bank):
    assert "/materials/2" in answer(bank, MAREK, "scenariusze").text
    assert "/materials/2" not in answer(bank, MAREK, "scenariusze -gry").text


def test_who_used_one_and_sends_a_version_of_their_own_is_heard_and_filed(bank, site):
    files = (("Karta do regulaminu.pdf", "application/pdf", pdf("Karta")),)
    bank.deliver(aligned(mail("", MAREK, "Bank", "Skorzystałem z 1. W załączniku moja karta do tego.", "both@example.org", files=files)), BANK)

    assert {"bank-noted", "bank-used", "bank-filed"} <= {letter.kind for letter in bank.new_letters()}
    with site.reading() as db:
        assert db.scalar(select(Material.title).where(Material.number == 4)) == "Karta do regulaminu"


# ---- who used whose ------------------------------------------------------------------------------------------


def test_who_used_a_material_says_so_and_its_author_hears_of_it(bank, site):
    _state, new = ask(bank, MAREK, "", "Skorzystałem z 1 na lekcji w klasie 3b, dzieci były zachwycone.")

    told = next(letter for letter in new if letter.kind == "bank-used")
    assert told.to == HALINA and "Marek Regał" in " ".join(told.text.split()) and "dzieci były zachwycone" in told.text
    assert next(letter for letter in new if letter.kind == "bank-noted").to == MAREK
    with site.reading() as db:
        row = db.scalars(select(MaterialUse)).one()
        assert row.told and row.material.number == 1


def test_a_second_word_says_that_it_is_known_and_nobody_is_told_again(bank, site):
    ask(bank, MAREK, "", "skorzystałem z 1")

    _state, new = ask(bank, MAREK, "", "wykorzystałem 1 na zajęciach")

    assert [letter.kind for letter in new] == ["bank-noted"]
    with site.reading() as db:
        assert len(db.scalars(select(MaterialUse)).all()) == 1


def test_the_letter_with_a_material_is_answered_with_a_word_of_its_use(bank):
    sent = answer(bank, MAREK, "PRZYŚLIJ 1")

    bank.reply(sent, "WYKORZYSTANE 1")

    assert {letter.kind for letter in bank.new_letters()} == {"bank-noted", "bank-used"}


def test_nobody_uses_their_own(bank, site):
    _state, new = ask(bank, HALINA, "", "skorzystałam z 1")

    assert [letter.kind for letter in new] == ["bank-noted"]
    with site.reading() as db:
        assert db.scalars(select(MaterialUse)).all() == []


def test_an_author_who_has_left_or_pauses_gets_no_letter(bank, site):
    with site.writing() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == HALINA)).one()
        member.status = Status.PAUSED

    _state, new = ask(bank, MAREK, "", "skorzystałem z 1")

    assert [letter.kind for letter in new] == ["bank-noted"]
    with site.reading() as db:
        assert db.scalars(select(MaterialUse.told)).all() == [False]


def test_a_post_that_names_a_material_notes_its_use(bank, site):
    post(bank, MAREK, "Lekcja", "Wczoraj wykorzystałem materiał nr 1 na lekcji, polecam wszystkim.")

    told = [letter for letter in bank.new_letters() if letter.kind == "bank-used"]
    assert [letter.to for letter in told] == [HALINA] and "/siecibp/message/" in told[0].text
    with site.reading() as db:
        assert db.scalars(select(MaterialUse)).one().message is not None


def test_a_post_that_only_names_a_number_notes_nothing(bank, site):
    post(bank, MAREK, "Lekcja", "Skorzystałem z 1 godziny zastępstwa. Mam 12 uczniów.")

    with site.reading() as db:
        assert db.scalars(select(MaterialUse)).all() == []


@pytest.mark.parametrize("over", ["by itself", "by a word"])
def test_an_author_whose_pause_ends_hears_who_used_their_material_meanwhile(bank, site, clock, over):
    with site.writing() as db:
        member = member_of(db, list_by_name(db, "siecibp"), address_by_key(db, HALINA).user_id)
        member.status, member.paused_until = Status.PAUSED, clock() + timedelta(days=2)
    _state, new = ask(bank, MAREK, "", "skorzystałem z 1, było świetnie")
    assert [letter.kind for letter in new] == ["bank-noted"]

    clock.move(days=3)
    with site.writing() as db:
        if over == "by itself":
            housekeeping.run_due(db, clock())
        else:
            member = member_of(db, list_by_name(db, "siecibp"), address_by_key(db, HALINA).user_id)
            steering.change(db, member, Command(Kind.RESUME), clock())

    told = [letter for letter in bank.new_letters() if letter.kind == "bank-used"]
    assert [letter.to for letter in told] == [HALINA] and "świetnie" in told[0].text
    with site.writing() as db:
        bankuses.tell_later(db, member_of(db, list_by_name(db, "siecibp"), address_by_key(db, HALINA).user_id), clock())
    assert bank.new_letters() == []
