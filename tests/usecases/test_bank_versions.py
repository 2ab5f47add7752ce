"""A new version is known by its name and by what it says; a name alone joins nothing that says something else."""

import random
from hashlib import sha256

import pytest
from sqlalchemy import select

from listserv.errors import NotFound
from listserv.filetexts import Text
from listserv.store.archive import Message
from listserv.store.bank import Material, MaterialVersion
from listserv.store.lists import list_by_name
from listserv.store.people import address_by_key
from listserv.usecases import attachedtexts, bankuses, hiding, redacting
from listserv.usecases import bank as reading
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import steward
from listserv.words.alike import alike, rows_of
from tests.usecases.test_bank_filing import DOCX, bank, items, send  # noqa: F401  (fixtures)
from tests.usecases.test_bank_mail import BANK
from tests.usecases.test_hiding import actor

WORDS = ["uczeń", "książka", "biblioteka", "szkoła", "lekcja", "czytanie", "zakładka", "grupa", "praca", "karta", "pytanie", "odpowiedź", "czas", "miejsce", "obraz", "teatr", "wiersz", "mapa", "gra", "głos"]


def written(seed, count=200):
    """A text of its own."""
    chance = random.Random(seed)
    return [f"{chance.choice(WORDS)}{chance.randrange(60)}" for _ in range(count)]


def mended(words, share=0.06):
    """The same text with some words changed."""
    chance = random.Random(7)
    return ["poprawka" if chance.random() < share else word for word in words]


FIRST, OTHER = written(1), written(2)


@pytest.fixture
def read(site):
    """The file with these bytes is read: it says these words."""

    def read(data, words):
        with site.writing() as db:
            attachedtexts.keep(db, sha256(data).hexdigest(), Text(" ".join(words)))

    return read


def versions(site):
    with site.reading() as db:
        rows = db.execute(select(Material.number, MaterialVersion.number).join(Material, Material.id == MaterialVersion.material_id).order_by(MaterialVersion.id))
        return [tuple(row) for row in rows]


def test_texts_are_alike_by_their_rows_of_words_and_short_ones_tell_nothing():
    first, again = rows_of(" ".join(FIRST)), rows_of(" ".join(mended(FIRST)))
    assert 0.6 < alike(first, again) < 1
    assert alike(first, rows_of(" ".join(OTHER))) < 0.1
    assert alike(first, rows_of("dwa słowa")) is None
    assert alike(first, rows_of(" ".join(FIRST + written(3, 2000)))) < 0.2


def test_a_file_called_otherwise_that_says_the_same_becomes_a_version(site, bank, send, read):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    read(b"first", FIRST)
    send(("Drzewo - to już ostatnie.docx", DOCX, b"second"), subject="Inny wątek")
    assert versions(site) == [(1, 1), (2, 1)]

    read(b"second", mended(FIRST))

    assert versions(site) == [(1, 1), (1, 2)]
    assert [one[:2] for one in items(site)] == [(1, "Scenariusz lekcji")]
    with site.reading() as db:
        # The number that somebody may have read leads on.
        assert reading.card(db, "siecibp", 2, actor(site, "halina@example.org")).item.number == 1
        assert reading.file_of(db, "siecibp", 2, actor(site, "halina@example.org"))[2] == b"second"


def test_the_order_in_which_files_are_read_is_all_one(site, bank, send, read):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Drzewo.docx", DOCX, b"second"), subject="Inny wątek")
    read(b"second", mended(FIRST))
    read(b"first", FIRST)

    assert versions(site) == [(1, 1), (1, 2)]


def test_scans_of_one_name_that_say_the_same_are_versions_and_others_are_not(site, bank, send, read):
    for data, words in ((b"first", FIRST), (b"second", OTHER), (b"third", mended(FIRST))):
        send(("skan.pdf", "application/pdf", data), subject=f"List {data.decode()}")
        read(data, words)

    assert versions(site) == [(1, 1), (2, 1), (1, 2)]


def test_a_file_called_alike_that_says_something_else_is_an_item_of_its_own(site, bank, send, read):
    send(("Zaproszenie.docx", DOCX, b"first"))
    send(("Zaproszenie (1).docx", DOCX, b"second"), subject="Zaproszenie na targi")
    assert versions(site) == [(1, 1), (1, 2)]

    read(b"first", FIRST)
    assert versions(site) == [(1, 1), (1, 2)]
    read(b"second", OTHER)

    assert versions(site) == [(1, 1), (2, 1)]


def test_somebody_elses_file_called_somewhat_alike_is_a_version_if_it_says_the_same(site, bank, send, read):
    send(("Drzewo genealogiczne scenariusz.docx", DOCX, b"first"))
    send(("scenariusz drzewo genealogiczne Marek.docx", DOCX, b"second"), sender="marek@example.org", subject="Moje")
    send(("Wycieczka.docx", DOCX, b"third"), sender="marek@example.org", subject="Inne")
    for data, words in ((b"first", FIRST), (b"second", mended(FIRST)), (b"third", OTHER)):
        read(data, words)

    assert versions(site) == [(1, 1), (1, 2), (3, 1)]


def test_what_came_in_one_letter_stays_beside_each_other(site, bank, send, read):
    send(("Scenariusz lekcji.docx", DOCX, b"first"), ("Do druku.pdf", "application/pdf", b"second"))
    read(b"first", FIRST)
    read(b"second", FIRST)

    assert versions(site) == [(1, 1), (2, 1)]


def test_what_a_human_has_put_in_order_is_joined_with_nothing(site, office, bank, send, read):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Drzewo.docx", DOCX, b"second"), subject="Inny wątek")
    office.send("mod@example.org", BANK, "2", "TYTUŁ: Drzewo w ogrodzie", proven=True)
    read(b"first", FIRST)
    read(b"second", FIRST)

    assert versions(site) == [(1, 1), (2, 1)]


def test_who_used_a_file_that_was_joined_used_the_item_once(site, bank, send, read, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Drzewo.docx", DOCX, b"second"), subject="Inny wątek")
    with site.writing() as db:
        marek = address_by_key(db, "marek@example.org").user
        for item in db.scalars(select(Material)).all():
            bankuses.use(db, item, marek, clock())
    read(b"first", FIRST)
    read(b"second", FIRST)

    with site.reading() as db:
        assert reading.card(db, "siecibp", 1, actor(site, "halina@example.org")).item.uses == 1


def test_a_file_with_the_number_in_the_subject_becomes_a_version_whatever_it_is_called_and_says(site, office, bank, send, read):
    send(("Scenariusz lekcji.docx", DOCX, b"first"), to=BANK, text="Scenariusz.")
    send(("zupełnie inny.docx", DOCX, b"second"), to=BANK, subject="materiał 1", text="Poprawiony.")
    read(b"first", FIRST)
    read(b"second", OTHER)

    assert versions(site) == [(1, 1), (1, 2)]
    assert office.letters(kind="bank-sent") == []
    with site.reading() as db:
        assert db.scalar(select(Material.corrected)) == "versions"


def test_somebody_elses_number_in_the_subject_makes_an_item_of_its_own(site, office, bank, send):
    send(("Scenariusz lekcji.docx", DOCX, b"first"), to=BANK, text="Scenariusz.")
    send(("inny.docx", DOCX, b"second"), to=BANK, subject="materiał 1", text="Moje.", sender="marek@example.org")
    send(("jeszcze inny.docx", DOCX, b"third"), to=BANK, subject="12", text="Takiego nie ma.")

    assert versions(site) == [(1, 1), (2, 1), (3, 1)]
    with site.reading() as db:
        assert list_by_name(db, "siecibp").materials


def test_the_answer_tells_a_new_version_from_what_was_there(site, office, bank, send):
    for data in (b"first", b"second", b"second"):
        send(("Scenariusz lekcji.docx", DOCX, data), to=BANK, text="Scenariusz.")

    new, version, known = (" ".join(letter.text.split()) for letter in office.letters("halina@example.org", "bank-filed"))
    assert "jest teraz" in new and "dwa razy" not in version and "dwa razy" in known


def test_a_version_that_is_redacted_takes_its_title_with_it(site, bank, send, read, clock):
    send(("Drzewo rodziny Kowalskich.docx", DOCX, b"first"))
    send(("Drzewo genealogiczne.docx", DOCX, b"second"), subject="Inny wątek")
    for data in (b"first", b"second"):
        read(data, FIRST)
    assert [title for _, title, _ in items(site)] == ["Drzewo rodziny Kowalskich"]

    with site.writing() as db:
        first = db.scalars(select(Message).order_by(Message.id)).first()
        redacting.redact(db, steward(db, "siecibp", actor(site, "mod@example.org")), first, Wish(attachment=1), "", clock())

    assert [title for _, title, _ in items(site)] == ["Drzewo genealogiczne"]


def test_what_is_hidden_is_reached_by_no_number_it_had(site, bank, send, read, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Drzewo.docx", DOCX, b"second"), subject="Inny wątek")
    for data in (b"first", b"second"):
        read(data, FIRST)
    who = actor(site, "halina@example.org")
    with site.writing() as db:
        last = db.scalars(select(Message).order_by(Message.id.desc())).first()
        hiding.hide_message(db, steward(db, "siecibp", actor(site, "mod@example.org")), last, "", clock())

    with site.reading() as db:
        assert [reading.file_of(db, "siecibp", number, who)[2] for number in (1, 2)] == [b"first", b"first"]
        with pytest.raises(NotFound):
            reading.file_of(db, "siecibp", 1, who, version=2)
        with pytest.raises(NotFound):
            reading.file_of(db, "siecibp", 2, who, version=2)


def test_a_file_is_compared_with_nothing_that_is_hidden(site, bank, send, read, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    read(b"first", FIRST)
    with site.writing() as db:
        first = db.scalars(select(Message)).one()
        hiding.hide_message(db, steward(db, "siecibp", actor(site, "mod@example.org")), first, "", clock())
    send(("Drzewo.docx", DOCX, b"second"), subject="Inny wątek")
    read(b"second", FIRST)

    assert versions(site) == [(1, 1), (2, 1)]
