"""Words and files taken out of a message for good: from its bytes, from all that was made of them, and from what comes again."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import LargeBinary, Text, select

from listserv.errors import Invalid
from listserv.store.archive import Attachment, Body, Message
from listserv.store.base import Base
from listserv.store.lists import list_by_name
from listserv.store.moderation import Journal
from listserv.store.packing import unpack
from listserv.store.queue import Incoming, Letter, Outgoing, Raw, State, raw_bytes
from listserv.store.tools import Tombstone
from listserv.usecases import administration, exporting, redacting
from listserv.usecases.access import CONSOLE
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import steward
from tests.office import aligned
from tests.usecases.test_hiding import NOW, digest, queued  # noqa: F401  (a fixture among them)
from tests.usecases.test_importing import bring
from tests.usecases.test_thread_tools import thread_of

SECRET = "Kowalska Halina, tel. 600 100 200"
WORDS = ("Kowalska Halina", "600 100 200")


def letter(number=1, text=f"Dzień dobry,\npisze {SECRET}.\n", subject="Sprawa", refs="", html="", files=(), **more):
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"] = "Halina <halina@example.org>", "siecibp@lists.example.org", subject
    made["Date"], made["Message-ID"] = "Tue, 03 Mar 2026 09:00:00 +0000", f"<m{number}@old>"
    if refs:
        made["References"] = refs
    made.set_content(text, cte=more.get("cte", "base64"))
    if html:
        made.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return made.as_bytes()


@pytest.fixture
def post(site, network, office):
    """Send a letter to the list as a member."""

    def send(raw):
        assert office.deliver(aligned(raw), "siecibp@lists.example.org") is State.POSTED

    return send


def redact(site, wish, name="m1", verb=redacting.redact, reason="prośba autorki"):
    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        message = db.scalar(select(Message).where(Message.message_id == f"{name}@old", Message.list_id == who.mlist.id))
        from listserv.usecases import hiding

        message = hiding.message_here(db, who, message.hash)
        return verb(db, who, message, *([wish] if wish else []), reason, NOW)


def kept_anywhere(site, words):
    """The tables that still hold one of these words, in whatever packing."""
    found = set()
    with site.reading() as db:
        for table in Base.metadata.tables.values():
            columns = [column for column in table.c if isinstance(column.type, (Text, LargeBinary)) or "String" in type(column.type).__name__]
            for row in db.execute(select(*columns)) if columns else ():
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    data = unpack(data) if table.name == "raw" and data[:1] == b"\x78" and len(data) > 32 else data  # hashes are 32 bytes
                    texts = [data.decode("utf-8", "replace")]
                    if table.name == "raw":
                        texts += [
                            str(part.get_content()) for part in message_from_bytes(data, policy=policy.default).walk() if part.get_content_maintype() == "text"
                        ]
                    if any(word in text for word in words for text in texts):
                        found.add(table.name)
    return found


def message(site, name="m1"):
    with site.reading() as db:
        row = db.scalar(select(Message).where(Message.message_id == f"{name}@old"))
        return row, db.get(Body, row.raw_id), raw_bytes(db, row.raw_id), db.scalars(select(Attachment).where(Attachment.message_id == row.id)).all()


def test_words_are_gone_from_every_table_and_the_thread_stays(site, post):
    post(letter(html="<p>pisze <b>Kowalska</b> Hal<i>i</i>na, tel. 600&nbsp;100 200.</p>", subject="Sprawa: Kowalska Halina"))
    post(letter(2, "Odpowiadam.", "Re: Sprawa", refs="<m1@old>"))
    assert "raw" in kept_anywhere(site, WORDS)

    assert redact(site, Wish(WORDS)) == 1

    assert kept_anywhere(site, [*WORDS, "Hal<i>", "600&nbsp;"]) == set()
    row, body, raw, _ = message(site)
    assert (row.subject, row.author, row.message_id) == ("Sprawa: ███", "Halina", "m1@old")
    assert body.text == "Dzień dobry,\npisze ███, tel. ███.\n"
    assert body.html == "<p>pisze <b>███</b><i></i>, tel. ███.</p>"
    assert "███" in row.snippet and row.size == len(raw)
    thread = thread_of(site, "m1")
    assert (thread.subject, thread.messages) == ("Sprawa: ███", 2)


def test_copies_that_wait_go_out_without_the_words_and_with_the_lists_own_fields(site, post):
    post(letter())
    redact(site, Wish(WORDS))
    with site.reading() as db:
        row = db.scalar(select(Outgoing))
        copy = message_from_bytes(row.head + b"\r\n" + row.body, policy=policy.default)
    assert copy.get_content() == "Dzień dobry,\npisze ███, tel. ███.\n"
    assert copy["List-Id"] and copy["Reply-To"] and copy["From"] == "Halina <halina@example.org>"


def test_a_whole_text_is_taken_out_and_the_copy_keeps_the_lists_fields(site, post):
    post(letter(files=[("plan.pdf", b"%PDF secret")]))
    redact(site, Wish(body=True))
    row, body, raw, files = message(site)
    assert "Dzień" not in body.text and body.text.startswith("[") and (row.subject, files) == ("Sprawa", [])
    assert b"secret" not in raw
    with site.reading() as db:
        copy = db.scalar(select(Outgoing))
        assert b"List-Id:" in copy.head and b"List-Post:" in copy.head and b"Subject: Sprawa" in copy.head


def test_one_attachment_goes_and_the_others_keep_their_numbers(site, post):
    post(letter(files=[("umowa.pdf", b"%PDF tajne"), ("plan.pdf", b"%PDF plan")]))

    redact(site, Wish(attachment=1))

    _, _, _, files = message(site)
    assert [file.name for file in files][1] == "plan.pdf" and files[0].name.endswith(".txt")
    assert kept_anywhere(site, ["tajne", "JVBERiB0YWpuZQ", "umowa"]) == set()
    with pytest.raises(Invalid):
        redact(site, Wish(attachment=3))


def test_words_that_answers_quote_are_taken_out_of_the_whole_thread_on_wish(site, post):
    post(letter())
    post(letter(2, "Halina pisze:\n> pisze Kowalska\n> Halina, tel. 600 100 200.\n\nAha.\n", "Re: Sprawa", refs="<m1@old>"))

    assert redact(site, Wish(WORDS, everywhere=True)) == 2

    assert kept_anywhere(site, WORDS) == set()
    assert message(site, "m2")[1].text == "Halina pisze:\n> pisze ███, tel. ███.\n\nAha.\n"


def test_words_that_are_not_there_are_said_so_and_nothing_changes(site, post):
    post(letter())
    before = message(site)[2]
    with pytest.raises(Invalid):
        redact(site, Wish(("Nowak",)))
    assert message(site)[2] == before


@pytest.mark.parametrize("typed", ["", " \n ", "a", "x" * 1001, "\n".join(f"słowo{n}" for n in range(51))])
def test_passages_that_say_too_little_or_too_much_are_refused(typed):
    with pytest.raises(Invalid):
        redacting.passages(typed)


def test_deleting_for_good_takes_all_out_hides_it_and_leaves_the_answers(site, post):
    post(letter(subject=f"O tym: {SECRET}"))
    post(letter(2, "Odpowiadam.", "Re: Sprawa", refs="<m1@old>"))

    redact(site, None, verb=redacting.delete_for_good)

    row, _, _, _ = message(site)
    assert row.hidden_at and row.subject == ""
    assert kept_anywhere(site, WORDS) == set()
    assert message(site, "m2")[0].hidden_at is None


def test_a_thread_is_not_called_by_the_subject_of_its_deleted_beginning(site, post):
    post(letter(subject=f"O tym: {SECRET}"))
    post(letter(2, "Odpowiadam.", f"Re: O tym: {SECRET}", refs="<m1@old>"))

    redact(site, None, verb=redacting.delete_for_good)

    with site.reading() as db:
        assert message(site, "m2")[0].hidden_at is None
        from listserv.store.archive import Thread

        assert [thread.subject for thread in db.query(Thread) if SECRET in thread.subject] == []


def test_the_same_mail_that_comes_again_brings_nothing_back(site, post, office):
    raw = letter()
    post(raw)
    redact(site, Wish(WORDS))

    assert office.deliver(aligned(raw), "siecibp@lists.example.org") is State.DISCARDED
    assert office.deliver(b"X-Other: 1\r\n" + aligned(raw), "siecibp@lists.example.org") is State.DISCARDED

    assert kept_anywhere(site, WORDS) == set()
    with site.reading() as db:
        assert len(db.scalars(select(Message)).all()) == 1


def test_an_import_of_the_original_brings_nothing_back(site, post):
    raw = letter(subject=f"Sprawa: {SECRET}")
    post(raw)
    redact(site, Wish(WORDS))

    # By its bytes, by its id, and from another archive that changed the subject.
    for again in (raw, aligned(raw), b"X-Archive: 1\r\n" + raw.replace(b"Subject: ", b"Subject: [siecibp] ")):
        assert bring(site, [again]) == 0
        assert kept_anywhere(site, WORDS) == set()
    with site.reading() as db:
        assert len(db.scalars(select(Message)).all()) == 1


def test_where_the_message_is_gone_an_import_brings_the_redacted_form(site, post):
    raw = letter()
    post(raw)
    redact(site, Wish(WORDS))
    with site.writing() as db:
        from sqlalchemy import text

        from listserv.usecases import indexing

        row = db.scalar(select(Message))
        indexing.forget(db, [row.id])
        for table, column in (("incoming", "archived_id"),):
            db.execute(text(f"UPDATE {table} SET {column} = NULL"))
        db.execute(text("DELETE FROM delivery"))
        db.execute(text("DELETE FROM outgoing"))
        db.execute(text("UPDATE thread SET last_message_id = NULL"))
        db.delete(row)

    assert bring(site, [raw]) == 1

    assert message(site)[1].text == "Dzień dobry,\npisze ███, tel. ███.\n"
    assert kept_anywhere(site, WORDS) == set()


def test_a_redaction_while_an_import_has_the_original_in_hand_holds(site, post):
    raw = letter()
    bring(site, [raw, letter(3, "Inny list.", "Inny")], publish=False)
    post(raw)
    redact(site, Wish(WORDS))

    bring(site, [raw])

    assert kept_anywhere(site, WORDS) == set()
    with site.reading() as db:
        assert sorted(db.scalars(select(Message.message_id))) == ["m1@old", "m3@old"]


def test_an_export_gives_the_redacted_form(site, post):
    post(letter())
    redact(site, Wish(WORDS))
    with site.reading() as db:
        [entry] = exporting.mails(db, list_by_name(db, "siecibp"))
    assert "Kowalska" not in message_from_bytes(entry, policy=policy.default).get_content()


def test_another_list_keeps_its_own_copy(site, post, now, office):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
        administration.add_member(db, other, administration.NewMember("halina@example.org"), CONSOLE, now)
    office.deliver(aligned(letter()), "siecibp@lists.example.org", "inna@lists.example.org")

    redact(site, Wish(WORDS))

    with site.reading() as db:
        texts = dict(db.execute(select(Message.list_id, Body.text).join(Message.body)).all())
        assert sorted("███" in text for text in texts.values()) == [False, True]
        rows = db.execute(select(Incoming.list_id, Incoming.raw_id)).all()
        assert len({raw for _, raw in rows}) == 2


def test_redacting_twice_leaves_a_stone_for_each_form_and_a_journal_without_the_words(site, post):
    post(letter())
    redact(site, Wish(("Kowalska Halina",)))
    between = message(site)[2]
    redact(site, Wish(("600 100 200",)))

    assert bring(site, [between]) == 0
    assert kept_anywhere(site, WORDS) == set()
    with site.reading() as db:
        stones = db.scalars(select(Tombstone)).all()
        assert {stone.raw_id for stone in stones} == {message(site)[0].raw_id} and len(stones) >= 2
        details = db.scalars(select(Journal.detail).where(Journal.what == "message-redacted")).all()
    assert details == ["words: prośba autorki"] * 2


def test_digests_that_wait_and_that_were_sent_say_no_more(site, queued):
    redact(site, Wish(("Treść numer 2",)), name="m2")
    assert "numer 1" in digest_text(site) and "███" in digest_text(site)
    with site.writing() as db:
        db.scalar(select(Letter).where(Letter.kind == "digest")).due = None
    redact(site, Wish(("Treść numer 1",)), name="m1")
    assert kept_anywhere(site, ["Treść numer"]) == set()


def digest_text(site):
    return message_from_bytes(digest(site)[2], policy=policy.default).get_body(("plain",)).get_content()


def test_a_held_letter_of_the_moderators_says_no_more(site, network, office):
    raw = letter().replace(b"halina@", b"obca@")
    assert office.deliver(raw, "siecibp@lists.example.org", mail_from="obca@example.org") is State.HELD
    assert "raw" in kept_anywhere(site, WORDS)
    with site.writing() as db:
        from listserv.store.moderation import Held
        from listserv.usecases import moderation

        held = db.scalar(select(Held))
        moderation.publish(db, held, CONSOLE, NOW)

    redact(site, Wish(WORDS))

    assert kept_anywhere(site, WORDS) == set()
    with site.reading() as db:
        assert db.scalar(select(Raw.id).join(Message, Message.raw_id == Raw.id))
