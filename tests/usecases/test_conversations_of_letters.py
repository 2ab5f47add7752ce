"""Which conversation a letter of ours stands in, by the fields that mail programs go by."""

import random
from datetime import UTC, datetime

from sqlalchemy import select

from listserv.mail import compose
from listserv.mail.address import Mailbox
from listserv.mail.headers import split
from listserv.store.packing import BEGINNING
from listserv.store.queue import Letter, first_bytes, keep_raw
from listserv.usecases import digestletters
from tests.office import DOMAIN, aligned, mail

HALINA = "halina@example.org"
# As long as those that Outlook makes.
LONG = "VI1PR0701MB2848A0C2A3B1A4C5D6E7F8A9B0C1@VI1PR0701MB2848.eurprd07.prod.outlook.com"


def written(raw, name):
    """A field as its bytes say it: a library would read encoded words, mail programs do not."""
    return next((field.value.decode() for field in split(raw)[0] if field.name == name), None)


def latest(site, to):
    with site.reading() as db:
        row = db.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id.desc())).first()
        return digestletters.finished(db, row)


def asks(office, words, *, proven=True, references=b""):
    raw = mail(HALINA, f"siecibp-request@{DOMAIN}", "prośba", words, message_id="<short@x>").replace(b"<short@x>", b"<" + LONG.encode() + b">")
    raw = (b"References: " + references + b"\r\n" if references else b"") + raw
    office.deliver(aligned(raw) if proven else raw, f"siecibp-request@{DOMAIN}")


def test_an_answer_names_the_id_of_an_outlook_mail_letter_for_letter(site, office):
    asks(office, "DZIENNIE")

    answer = latest(site, HALINA)
    assert written(answer, "in-reply-to") == written(answer, "references") == f"<{LONG}>"
    assert max(len(line) for line in answer.partition(b"\r\n\r\n")[0].split(b"\r\n")) < 998


def test_an_answer_to_an_answer_stays_in_the_conversation(site, office):
    asks(office, "DZIENNIE", references=b"<first@lists.example.org>\r\n <second@x>")

    assert written(latest(site, HALINA), "references") == f"<first@lists.example.org> <second@x> <{LONG}>"


def test_of_very_many_ids_the_latest_are_named(site, office):
    asks(office, "DZIENNIE", references=b" ".join(b"<%d@x>" % n for n in range(300)))

    named = written(latest(site, HALINA), "references").split()
    assert len(named) == 11 and named[-2:] == ["<299@x>", f"<{LONG}>"]


def test_an_unproven_mail_puts_none_of_its_ids_into_a_letter(site, office):
    asks(office, "DZIENNIE", proven=False, references=b"<evil@x>")

    assert written(latest(site, HALINA), "references") is None and written(latest(site, HALINA), "in-reply-to") is None


def test_fields_with_words_that_fit_on_no_line_are_written_as_they_are():
    link = f"<https://lists.example.org/unsubscribe/{'u' * 60}>, <mailto:r+{'u' * 40}@lists.example.org>"
    headers = {"References": f"<a@x> <{LONG}> <{'b' * 60}@x>", "List-Unsubscribe": link}
    raw = compose.letter(Mailbox("Sieć BP", "m@example.org"), Mailbox("", HALINA), "Temat", "Tekst.\n", headers=headers, date=datetime(2026, 3, 3, tzinfo=UTC))

    assert written(raw, "references") == headers["References"] and written(raw, "list-unsubscribe") == link


def test_of_a_large_mail_its_beginning_alone_is_unpacked(site):
    small, alike = b"Subject: a\r\n\r\nb\r\n", b"Subject: a\r\n\r\n" + b"b" * 3_000_000
    scattered = b"Subject: a\r\n\r\n" + random.Random(1).randbytes(3_000_000)
    with site.writing() as db:
        kept = [first_bytes(db, keep_raw(db, raw).id) for raw in (small, alike, scattered)]

    assert kept[0] == small and alike.startswith(kept[1]) and scattered.startswith(kept[2])
    assert len(kept[1]) == BEGINNING and BEGINNING / 2 < len(kept[2]) <= BEGINNING


def test_what_one_moderator_decided_stands_with_the_letter_that_asked_the_other(site, office):
    office.send("obcy@example.com", "siecibp", "Oferta", "Oferuję szkolenie.", proven=True)
    office.send("anna@example.org", "moderator_siecibp", "Zgłoszenie", "Proszę o przyjęcie.", proven=True)

    for kind in ("held-moderator", "application-moderator"):
        asked = office.letters(to="owner@example.org", kind=kind)[-1]
        office.reply(office.letters(to="mod@example.org", kind=kind)[-1], "TAK")
        told = office.letters(to="owner@example.org", kind="decided")[-1]
        assert (told.mail["References"], told.mail["In-Reply-To"]) == (asked.mail["Message-ID"], None)
