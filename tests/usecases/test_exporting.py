"""Leaving with everything: what `export` writes, read back."""

import io
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from listserv.errors import NotFound
from listserv.mail.mbox import entries
from listserv.store import exporting as rows
from listserv.store.archive import Message
from listserv.store.queue import keep_raw
from listserv.usecases import exporting, roster
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from listserv.usecases.administration import NewList, create_list
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.sampling import often

# What has broken mboxes: separators in bodies, quoted ones, line ends of all kinds or none, bytes that are no text.
NASTY = (b"From ", b">From ", b">>From x Thu Jan  1 00:00:00 1970", b"From x@example.org Thu Jan  1 00:00:00 1970\n", b"\r\n", b"\n", b"\r", b"\n\n")
NASTY += (b"Subject: x\n", b"Received: y\r\n", b"\x00", b"\x1a", b"\xff\xfe", "Zażółć".encode(), b"x" * 5000, b".\r\n", b" open-end")
BODY = st.lists(st.one_of(st.sampled_from(NASTY), st.binary(max_size=20)), max_size=12).map(b"".join)
# The last one: what a mail without any header begins with.
HEAD = st.sampled_from((b"From: a@example.org\r\n", b"X:\n", b">From a Thu Jan  1 00:00:00 1970\nTo: b\n", b"From x\nTo: b\n", b"Subject: a\n b\n", b""))
MAIL = st.builds(lambda head, gap, body: head + gap + body, HEAD, st.sampled_from((b"\n", b"\r\n", b"")), BODY)
SENDER = st.sampled_from(("a@example.org", "", "ł@example.org", '"a b"@example.org', "x\nFrom y"))

NUMBERS = count()


def put(db, mlist, raws, now, sender="a@example.org"):
    """These bytes as messages of a list, an hour apart."""
    talk = seeds.thread(db, mlist, "x", now)
    for number, raw in enumerate(raws):
        row = talk.say("A", "", "x", message_id=f"{mlist.name}.{number}@example.org")
        row.raw_id, row.size, row.author_email = keep_raw(db, raw).id, len(raw), sender
    db.flush()


def read(parts):
    return [entry.raw for entry in entries(io.BytesIO(b"".join(parts)))]


@given(mails=st.lists(MAIL, max_size=6, unique=True), sender=SENDER)
@example(mails=[b"X:\n\nFrom x@example.org Thu Jan  1 00:00:00 1970\nSubject: x\n\nno end"], sender="")
@settings(max_examples=often(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_exported_is_read_back_byte_for_byte(site, mails, sender):
    now = datetime(2026, 3, 3, tzinfo=UTC)
    with site.writing() as db:
        mlist = create_list(db, NewList(f"l{next(NUMBERS)}", "x"), CONSOLE, now)
        put(db, mlist, mails, now, sender)

        assert read(exporting.mails(db, mlist)) == mails


def test_an_mbox_names_author_and_arrival_and_is_in_the_order_of_writing(db, mlist, now):
    talk = seeds.thread(db, mlist, "x", now)
    later = talk.say("Ewa", "ewa@example.org", "late")
    earlier = talk.say("", "", "early")
    earlier.sent_at = now - timedelta(days=400)
    earlier.received_at = now - timedelta(days=3, hours=1)
    db.flush()

    found = list(exporting.mails(db, mlist))

    assert found[0].startswith(b"From MAILER-DAEMON Sat Feb 28 08:00:00 2026\n")
    assert found[1].startswith(b"From ewa@example.org Tue Mar  3 09:00:00 2026\n")
    assert later.raw_id != earlier.raw_id


def test_only_the_messages_of_the_list_leave(db, mlist, now):
    other = create_list(db, NewList("inna", "Inna"), CONSOLE, now)
    put(db, mlist, [b"A: 1\n\n1"], now)
    put(db, other, [b"B: 2\n\n2"], now)

    assert read(exporting.mails(db, mlist)) == [b"A: 1\n\n1"]
    assert [told["message_id"] for told in exporting.contents(db, other)] == ["<inna.0@example.org>"]
    assert rows.size_of(db, mlist) == 7


def test_contents_name_thread_parent_and_author(db, mlist, now):
    talk = seeds.thread(db, mlist, "Klucz", now)
    first = talk.say("Ewa Fiszka", "ewa@example.org", "?", message_id="1@example.org")
    talk.say("", "", "!", to=first, message_id="2@example.org")

    assert list(exporting.contents(db, mlist)) == [
        {
            "message_id": "<1@example.org>",
            "thread": talk.thread.id,
            "parent": None,
            "from": {"name": "Ewa Fiszka", "address": "ewa@example.org"},
            "subject": "Klucz",
            "date": now,
        },
        {
            "message_id": "<2@example.org>",
            "thread": talk.thread.id,
            "parent": "<1@example.org>",
            "from": None,
            "subject": "Re: Klucz",
            "date": now + timedelta(hours=1),
        },
    ]


def test_mails_are_fetched_in_portions_that_stay_small(db, mlist, now, monkeypatch):
    raws = [b"X: %d\n\n" % number + b"x" * size for number, size in enumerate([10] * 5 + [500, 10, 90, 10])]
    put(db, mlist, raws, now)
    monkeypatch.setattr(rows, "MAILS", 3)
    monkeypatch.setattr(rows, "BYTES", 120)
    query = rows.IN_ORDER.where(Message.list_id == mlist.id)

    portions = [[row.size for row in some] for some in rows._portions(db.execute(query))]

    assert portions == [[16, 16, 16], [16, 16], [506], [16, 96], [16]]
    assert read(exporting.mails(db, mlist)) == raws


def test_members_that_leave_come_in_again_as_they_were(db, mlist, now):
    add(db, mlist, "ewa@example.org", now, name='Ewa "Fiszka", z domu; Zakładka', delivery="digest")
    add(db, mlist, "jan+listy@example.org", now, role="moderator", delivery="none")
    add(db, mlist, "o'hara@example.org", now, name="=1+1")
    table = list(exporting.members(db, mlist))
    text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in [exporting.COLUMNS, *table])
    other = create_list(db, NewList("inna", "Inna"), CONSOLE, now)

    done = roster.import_members(db, other, text, CONSOLE, now)

    assert (done.read, done.added, done.unreadable) == (4, 4, [])
    assert list(exporting.members(db, other)) == table
    assert table[0] == ("ewa@example.org", 'Ewa "Fiszka", z domu; Zakładka', "member", "digest")


@pytest.mark.parametrize("actor", [STRANGER_ON_THE_WEB, Actor(Door.WEB, 999_999, proven=True)])
def test_nobody_but_members_takes_mails_home_not_even_from_a_public_list(db, mlist, actor):
    from listserv.usecases.administration import set_list

    set_list(db, mlist, {"archive": "public"}, CONSOLE, datetime(2026, 3, 3, tzinfo=UTC))

    with pytest.raises(NotFound):
        exporting.archive_for(db, "siecibp", actor)
    with pytest.raises(NotFound):
        exporting.archive_for(db, "niczego", CONSOLE)
    assert exporting.archive_for(db, "SIECIBP", CONSOLE) is mlist


def test_no_cell_of_the_members_table_is_a_formula_and_names_come_in_again_as_they_were(db, mlist, now):
    from listserv.usecases import membertables

    names = ["=HYPERLINK(\"http://evil.example\")", "+48 600", "-", "@x", "'Ala", "'=1"]
    rows = [(f"a{number}@example.org", name, "member", "each") for number, name in enumerate(names)]
    cells = [membertables.harmless(row) for row in rows]

    assert not any(cell.startswith(("=", "+", "-", "@")) for row in cells for cell in row)
    assert [[membertables.as_written(cell) for cell in row] for row in cells] == [list(row) for row in rows]


def test_the_exported_table_runs_no_formula(db, mlist, now):
    from listserv.cli.exporting import as_csv
    from listserv.usecases import membertables
    from tests.conftest import add

    add(db, mlist, "formula@example.org", now, name="=1+1")
    (line,) = [part.decode() for part in as_csv(db, mlist, None) if b"formula@" in part]

    assert line.startswith("formula@example.org,'=1+1,")
    table = membertables.read("email,name,role,delivery\n" + line)
    assert [membertables.read_ours(row).name for _, row in table.rows] == ["=1+1"]
