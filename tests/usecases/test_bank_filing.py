"""What is shared on a list stands in its bank: files and links, once each, their versions together, and nothing else."""

from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from listserv.filetexts import Text
from listserv.store import bankpages as rows
from listserv.store.archive import Message, Thread
from listserv.store.bank import Material, MaterialKind, MaterialVersion
from listserv.store.bankpages import Wanted
from listserv.store.lists import list_by_name, topic_by_slug
from listserv.usecases import attachedtexts, bankfiling, hiding, redacting
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import steward
from tests.office import aligned
from tests.usecases.test_hiding import actor

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAMES = {"halina@example.org": "Halina Okładka", "marek@example.org": "Marek Regał"}
NUMBER = iter(range(1, 10_000))


def post(now, *files, subject="Materiały", text="Dzień dobry, przesyłam.", sender="halina@example.org", answers=""):
    """A post with files: (name, type, bytes) each."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"{NAMES.get(sender, sender)} <{sender}>", "siecibp@lists.example.org", subject
    made["Message-ID"], made["Date"] = f"<bank{next(NUMBER)}@example.org>", format_datetime(now)
    if answers:
        made["In-Reply-To"] = made["References"] = f"<{answers}>"
    made.set_content(text)
    for name, kind, data, *more in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=name, **(more[0] if more else {}))
    return aligned(made.as_bytes())


@pytest.fixture
def bank(site, network):
    """The network's list, with its bank open."""
    with site.writing() as db:
        list_by_name(db, "siecibp").materials = True


@pytest.fixture
def send(office, clock):
    """Sends a post, and the program takes it."""

    def send(*files, sender="halina@example.org", to="siecibp@lists.example.org", **more):
        clock.move(minutes=5)
        office.deliver(post(clock(), *files, sender=sender, **more), to, mail_from=sender)

    return send


def items(site, **wanted):
    with site.reading() as db:
        return [(one.number, one.title, str(one.kind)) for one in rows.find(db, list_by_name(db, "siecibp").id, Wanted(**wanted), 50)]


def test_a_list_without_a_bank_files_nothing(site, network, send):
    send(("Scenariusz lekcji.docx", DOCX, b"bytes"))

    with site.reading() as db:
        assert db.scalars(select(Material)).all() == []


def test_a_file_and_a_link_of_a_post_become_items_with_a_title_and_a_kind(site, bank, send):
    text = "Dzień dobry, w załączniku scenariusz, na licencji CC BY-SA 4.0.\nPoradnik: https://biblioteka.example.org/pliki/jak-zrobic-gazetke.html?utm_source=x\n"
    send(("Scenariusz_lekcji-TIK_v2.docx", DOCX, b"bytes"), text=text)

    assert items(site) == [(2, "Jak zrobic gazetke", "tutorial"), (1, "Scenariusz lekcji TIK", "scenario")]
    with site.reading() as db:
        assert db.scalar(select(Material.licence).where(Material.number == 1)) == "CC BY-SA 4.0"


def test_the_same_bytes_and_the_same_link_are_one_item(site, bank, send):
    send(("a b c d.pdf", "application/pdf", b"%PDF same"), text="Zob. https://www.example.net/raport.pdf")
    send(("inna nazwa.pdf", "application/pdf", b"%PDF same"), text="Zob. http://example.net/raport.pdf?fbclid=1", sender="marek@example.org")

    assert [number for number, *_ in items(site)] == [2, 1]
    with site.reading() as db:
        assert len(db.scalars(select(MaterialVersion)).all()) == 4


def test_a_new_version_is_known_by_its_name_and_author(site, bank, send):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Scenariusz_lekcji_poprawiony_2026-03-05.docx", DOCX, b"second"))
    send(("Scenariusz lekcji (1).docx", DOCX, b"third"), sender="marek@example.org")

    assert [number for number, *_ in items(site)] == [2, 1]
    with site.reading() as db:
        assert [one.number for one in db.scalars(select(MaterialVersion).order_by(MaterialVersion.id))] == [1, 2, 1]


def test_logos_calendars_cards_signatures_and_pictures_within_the_text_are_no_materials(site, bank, send):
    send(
        ("logo.png", "image/png", b"x" * 90_000),
        ("image001.png", "image/png", b"x" * 90_000),
        ("small.png", "image/png", b"x" * 900),
        ("photo.jpg", "image/jpeg", b"x" * 90_000, {"disposition": "inline", "cid": "<p1>"}),
        ("spotkanie.ics", "text/calendar", b"BEGIN:VCALENDAR"),
        ("halina.vcf", "text/vcard", b"BEGIN:VCARD"),
        ("winmail.dat", "application/octet-stream", b"wrapped"),
        ("signature.asc", "application/pgp-signature", b"-----"),
        ("smime.p7s", "application/pkcs7-signature", b"0"),
        ("ATT00001.htm", "text/html", b"<br>"),
    )

    assert items(site) == []


def test_links_that_are_quoted_or_stand_in_signatures_or_lead_to_people_are_no_materials(site, bank, send):
    text = (
        "Dziękuję!\nhttps://lists.example.org/siecibp/thread/1 https://www.facebook.com/biblioteka/posts/1 https://example.net/\n"
        "https://meet.google.com/abc-defg-hij https://example.net/unsubscribe/1\n\n"
        "W dniu 3.03.2026 Marek pisze:\n> https://example.net/raport.pdf\n\n-- \nHalina\nhttps://example.net/o-bibliotece/historia.html\n"
    )
    send(text=text)

    assert items(site) == []


def test_what_moderators_hide_leaves_the_bank_and_comes_back(site, bank, send, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    who = actor(site, "mod@example.org")

    with site.writing() as db:
        hiding.hide_message(db, steward(db, "siecibp", who), db.scalars(select(Message)).one(), "", clock())
    assert items(site) == []

    with site.writing() as db:
        hiding.show_message(db, steward(db, "siecibp", who), db.scalars(select(Message)).one(), clock())
    assert len(items(site)) == 1


def test_an_item_stays_while_another_message_carries_it(site, bank, send, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Scenariusz lekcji.docx", DOCX, b"first"), sender="marek@example.org", subject="Jeszcze raz")

    with site.writing() as db:
        first = db.scalars(select(Message).order_by(Message.id)).first()
        hiding.hide_message(db, steward(db, "siecibp", actor(site, "mod@example.org")), first, "", clock())

    assert len(items(site)) == 1


def test_a_file_that_is_redacted_is_gone_for_good(site, bank, send, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"), text="Dzień dobry.\nhttps://example.net/raport.pdf")

    with site.writing() as db:
        redacting.redact(db, steward(db, "siecibp", actor(site, "mod@example.org")), db.scalars(select(Message)).one(), Wish(attachment=1), "", clock())

    assert [title for _, title, _ in items(site)] == ["Raport"]
    with site.reading() as db:
        assert db.scalar(select(Material.title).where(Material.number == 1)) == ""


def test_the_area_is_that_of_the_thread_and_moves_with_it(site, bank, send):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        tik = topic_by_slug(db, mlist, "tik").id
        assert rows.count(db, mlist.id, Wanted(topic_id=tik)) == 0
        db.scalars(select(Thread)).one().topic_id = tik

    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        assert rows.count(db, mlist.id, Wanted(topic_id=tik)) == 1
        assert rows.tally(db, mlist.id, areas=True) == [(MaterialKind.SCENARIO, tik, False, 1)]


def test_what_a_document_calls_itself_is_its_title_once_it_was_read(site, bank, send):
    send(("plik1.docx", DOCX, b"first"), subject="Re: Coś")
    assert items(site) == [(1, "Coś", "other")]

    with site.writing() as db:
        sha256 = db.scalar(select(MaterialVersion.sha256))
        attachedtexts.keep(db, sha256, Text("Treść na licencji CC BY 4.0.", title="Samouczek: gazetka szkolna"))

    assert items(site) == [(1, "Samouczek: gazetka szkolna", "tutorial")]
    with site.reading() as db:
        assert db.scalar(select(Material.licence)) == "CC BY 4.0"


def test_a_bank_that_is_opened_late_is_filled_from_the_archive_and_filling_again_changes_nothing(site, network, send, clock):
    send(("Scenariusz lekcji.docx", DOCX, b"first"))
    send(("Prezentacja.pptx", "application/octet-stream", b"second"), subject="Slajdy z webinaru")
    with site.writing() as db:
        list_by_name(db, "siecibp").materials = True

    for filed in (2, 0):
        with site.writing() as db:
            mlist = list_by_name(db, "siecibp")
            found = [bankfiling.file_message(db, mlist, message, clock()) for message in db.scalars(select(Message).order_by(Message.id))]
            assert sum(map(len, found)) == filed

    assert items(site) == [(2, "Slajdy z webinaru", "presentation"), (1, "Scenariusz lekcji", "scenario")]
    assert items(site, kind=MaterialKind.PRESENTATION) == [(2, "Slajdy z webinaru", "presentation")]


def test_a_fault_in_filing_never_keeps_a_post_from_the_archive(site, bank, send, monkeypatch):
    def breaks(*_):
        raise ValueError("broken")

    monkeypatch.setattr(bankfiling, "things_of", breaks)
    send(("Scenariusz lekcji.docx", DOCX, b"first"))

    with site.reading() as db:
        assert len(db.scalars(select(Message)).all()) == 1
