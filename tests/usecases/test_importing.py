"""History brought along: gathered out of sight, in threads, and then the list's own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from listserv.errors import Conflict
from listserv.mail.dating import Times
from listserv.mail.parse import parse
from listserv.store.archive import Attachment, Ghost, Message, Thread
from listserv.store.importing import shadow_of
from listserv.store.lists import MailingList, all_lists, list_by_name
from listserv.store.packing import content
from listserv.store.queue import Letter, Outgoing, raw_bytes
from listserv.usecases import digesting, handover, importing
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.sampling import often

LONG_AGO = datetime(2001, 5, 1, tzinfo=UTC)


def old(number, refs="", *, message_id="", subject="Dawne", author="jan@example.org", text="Słowa.", at=None):
    """The bytes of an old mail; `refs` are ids without brackets."""
    when = at or LONG_AGO + timedelta(hours=number)
    fields = [f"From: Jan <{author}>", f"Date: {when:%d %b %Y %H:%M:%S +0000}", f"Subject: {subject}", f"Message-ID: <{message_id or f'm{number}@old'}>"]
    if refs:
        fields.append("References: " + " ".join(f"<{ref}>" for ref in refs.split()))
    return "\n".join([*fields, "", f"{text} {number}", ""]).encode()


def found(raw):
    post = parse(raw)
    return importing.Found(content(raw), post, Times(post.date, post.date))


def bring(site, raws, *, name="siecibp", source="old.mbox", batch=3, publish=True):
    """An import of these mails, a few to a transaction; how many were new."""
    new = 0
    with site.writing() as db:
        shadow = importing.begin(db, list_by_name(db, name), source, site.now()).id
    for start in range(0, len(raws), batch):
        with site.writing() as db:
            new += importing.gather(db, db.get_one(MailingList, shadow), [found(raw) for raw in raws[start : start + batch]])
    for step in steps(site, shadow) if publish else ():
        with site.writing() as db:
            step(db)
    return new


def steps(site, shadow):
    """What makes gathered mails the list's history, a transaction each; a few families at a time."""

    def portions():
        last = 0
        while True:
            with site.reading() as db:
                some = handover.portions(db, db.get_one(MailingList, shadow), last)
            yield from some
            if not some:
                return
            last = some[-1][-1]

    for portion in portions():
        yield lambda db, portion=portion: handover.arrange(db, portion)
    yield lambda db: handover.begin(db, db.get_one(MailingList, shadow))
    for portion in portions():
        yield lambda db, portion=portion: handover.hand_over(db, db.get_one(MailingList, shadow), portion)
    yield lambda db: handover.sweep(db, db.get_one(MailingList, shadow))
    yield lambda db: end(db, db.get_one(MailingList, shadow), site.now())


def end(db, shadow, now):
    handover.end(db, shadow, handover.count_brought(db, shadow), CONSOLE, now)


def hand_over(db, shadow, now):
    """All of that in one session."""
    for work in (lambda portion: handover.arrange(db, portion), lambda portion: handover.hand_over(db, shadow, portion)):
        for portion in handover.portions(db, shadow, 0):
            work(portion)
        handover.begin(db, shadow)
    handover.sweep(db, shadow)
    end(db, shadow, now)


def shape(site, name="siecibp"):
    """{message id: parent's id}, and the threads as sets of ids."""
    with site.reading() as db:
        mlist = list_by_name(db, name)
        rows = db.scalars(select(Message).where(Message.list_id == mlist.id)).all()
        ids = {row.id: row.message_id for row in rows}
        threads = {}
        for row in rows:
            threads.setdefault(row.thread_id, set()).add(row.message_id)
        for number, members in threads.items():
            thread = db.get_one(Thread, number)
            assert (thread.merged_into, thread.messages, thread.list_id) == (None, len(members), mlist.id)
        return {row.message_id: ids.get(row.parent_id) for row in rows}, sorted(map(sorted, threads.values()))


def test_history_comes_with_its_bytes_its_threads_and_its_dates(site, network):
    raws = [old(1), old(2, "m1@old"), old(3, "m1@old m2@old"), old(4, subject="Inne")]

    assert bring(site, raws) == 4

    parents, threads = shape(site)
    assert parents == {"m1@old": None, "m2@old": "m1@old", "m3@old": "m2@old", "m4@old": None}
    assert threads == [["m1@old", "m2@old", "m3@old"], ["m4@old"]]
    with site.reading() as db:
        rows = db.scalars(select(Message).order_by(Message.sent_at)).all()
        assert [raw_bytes(db, row.raw_id) for row in rows] == raws
        assert [row.sent_at for row in rows] == [LONG_AGO + timedelta(hours=n) for n in (1, 2, 3, 4)]
        assert [thread.subject for thread in db.scalars(select(Thread).order_by(Thread.first_at))] == ["Dawne", "Inne"]
        assert db.scalar(select(func.count()).select_from(MailingList)) == 1


def test_twice_is_the_same_as_once(site, network):
    raws = [old(1), old(2, "m1@old"), old(3, "gone@old")]
    bring(site, raws)
    before = shape(site)

    assert bring(site, raws) == 0
    assert shape(site) == before
    assert bring(site, raws + [old(4, "gone@old")]) == 1
    assert shape(site)[1] == [["m1@old", "m2@old"], ["m3@old", "m4@old"]]


def test_nothing_can_be_seen_before_the_end(site, network):
    bring(site, [old(1), old(2)], publish=False)

    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        assert [known.name for known in all_lists(db)] == ["siecibp"]
        assert db.scalar(select(func.count()).select_from(Message).where(Message.list_id == mlist.id)) == 0
        assert db.scalar(select(func.count()).select_from(Thread).where(Thread.list_id == mlist.id)) == 0
        hidden = shadow_of(db, mlist)
        assert list_by_name(db, hidden.name) is None


def test_an_interrupted_import_goes_on_and_another_one_is_refused(site, network):
    bring(site, [old(1), old(2, "m1@old")], publish=False)

    with site.writing() as db, pytest.raises(Conflict, match="has not ended"):
        importing.begin(db, list_by_name(db, "siecibp"), "other.mbox", site.now())
    assert bring(site, [old(1), old(2, "m1@old"), old(3, "m2@old")]) == 1
    assert shape(site)[1] == [["m1@old", "m2@old", "m3@old"]]


def test_an_interrupted_import_can_be_thrown_away(site, network):
    bring(site, [old(1), old(2, "m1@old gone@old")], publish=False)

    with site.writing() as db:
        shadow = importing.begin(db, list_by_name(db, "siecibp"), "other.mbox", site.now(), afresh=True)
        assert shadow.description == "other.mbox"
        for model in (Message, Thread, Ghost, Attachment):
            assert db.scalar(select(func.count()).select_from(model)) == 0


def test_copies_of_one_mail_by_several_archivers_are_one(site, network):
    mine = old(1)
    veiled = mine.replace(b"jan@example.org", b"jan at example.org").replace("Słowa".encode(), "Stopka. Słowa".encode())
    footed = mine + b"_____\nlista mailing list\n"

    tagged = footed.replace(b"Subject: Dawne", b"Subject: [Siecibp] Dawne")

    assert bring(site, [mine, veiled, footed, tagged, b"Received: from x by y\n" + mine]) == 1


def test_another_mail_under_a_known_id_is_kept_under_one_of_its_own(site, network):
    other = old(2, message_id="m1@old", subject="Zupełnie co innego", author="ewa@example.org")

    assert bring(site, [old(1), other, other]) == 2
    assert bring(site, [old(1), other]) == 0
    parents, _ = shape(site)
    assert [name.endswith("@reused.invalid") for name in sorted(parents)] == [True, False]


def test_history_is_news_to_nobody_and_nobody_is_written_to(site, network, clock):
    with site.writing() as db:
        digesting.plan(db, add(db, list_by_name(db, "siecibp"), "digest@example.org", clock(), delivery="digest"), clock())

    bring(site, [old(n) for n in range(1, 6)])
    bring(site, [old(n) for n in range(6, 9)], source="more.mbox")
    clock.move(days=2)

    with site.writing() as db:
        assert digesting.run_due(db, clock()) == 1
        assert db.scalar(select(func.count()).select_from(Letter)) == 0
        assert db.scalar(select(func.count()).select_from(Outgoing)) == 0
        assert db.scalars(select(Message.seq).order_by(Message.seq)).all() == list(range(-7, 1))
        assert list_by_name(db, "siecibp").last_seq == 0


def test_what_came_meanwhile_is_joined_to_its_history(site, network, office):
    bring(site, [old(1), old(2, "m1@old")], publish=False)
    office.send("halina@example.org", "siecibp", "Re: Dawne", references="<m1@old> <m2@old>", message_id="<new@x>")
    with site.reading() as db:
        live = db.scalars(select(Message.thread_id).where(Message.message_id == "new@x")).one()

    bring(site, [old(1), old(2, "m1@old")])

    parents, threads = shape(site)
    assert (parents["new@x"], threads) == ("m2@old", [["m1@old", "m2@old", "new@x"]])
    with site.reading() as db:
        now_in = db.scalars(select(Message.thread_id).where(Message.message_id == "new@x")).one()
        signpost = db.get_one(Thread, live)
        assert live == now_in or signpost.merged_into == now_in


def test_a_mail_that_came_by_itself_meanwhile_is_not_there_twice(site, network, office):
    raws = [old(1), old(2, "m1@old", author="halina@example.org"), old(3, "m2@old")]
    bring(site, raws, publish=False)
    office.deliver(b"Received: from a by b\n" + raws[1], "siecibp@lists.example.org")

    bring(site, raws)

    parents, threads = shape(site)
    assert parents == {"m1@old": None, "m2@old": "m1@old", "m3@old": "m2@old"}
    assert len(threads) == 1


def test_authors_whom_we_know_are_linked(site, network):
    bring(site, [old(1, author="halina@example.org"), old(2, author="nobody@example.org")])

    with site.reading() as db:
        users = dict(db.execute(select(Message.author_email, Message.user_id)).all())
    assert users["halina@example.org"]
    assert users["nobody@example.org"] is None


NAMES = st.sampled_from("abcdefg")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=3), min_size=1, max_size=7)


@given(graph=GRAPHS, orders=st.tuples(st.randoms(use_true_random=False), st.randoms(use_true_random=False)), live=st.integers(0, 3), batch=st.integers(1, 4))
@settings(max_examples=often(15), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_order_of_arrival_by_import_or_by_mail_gives_the_same_threads(site, graph, orders, live, batch):
    from listserv.store.queue import keep_raw
    from listserv.usecases import administration, archiving

    raws = [old(n, " ".join(ref for ref in refs if ref != name), message_id=name) for n, (name, refs) in enumerate(sorted(graph.items()))]
    shapes = []
    for number, chance in enumerate(orders):
        with site.writing() as db:
            taken = db.scalar(select(func.count()).select_from(MailingList))
            name = f"l{taken}x{number}"
            mlist = administration.create_list(db, administration.NewList(name, "x"), CONSOLE, site.now())
        order = raws[:]
        chance.shuffle(order)
        by_mail, by_import = order[: live * number], order[live * number :]
        bring(site, by_import, name=name, batch=batch) if number else None
        for raw in by_mail if number else order:
            with site.writing() as db:
                post = parse(raw)
                arrival = archiving.Arrival(post, keep_raw(db, raw).id, post.date)
                archiving.add(db, db.get_one(MailingList, mlist.id), arrival)
        shapes.append(shape(site, name))

    assert shapes[0] == shapes[1]


def scan(number):
    """A mail from a scanner that has one id for all: no words, another file each time."""
    from email.message import EmailMessage

    made = EmailMessage()
    made["From"], made["Message-ID"], made["Subject"] = "scanner@example.org", "<scan@old>", f"Scan {number}"
    made["Date"] = LONG_AGO + timedelta(days=number)
    made.set_content("\n")
    made.add_attachment(bytes([number]) * 100, "application", "pdf", filename="scan.pdf")
    return made.as_bytes()


def test_the_same_words_with_another_file_are_another_mail(site, network):
    raws = [scan(number) for number in range(4)]

    assert bring(site, raws, batch=2) == 4
    assert bring(site, raws) == 0


def test_ids_that_were_taken_on_purpose_keep_nothing_out(site, network, office):
    raw = old(1).replace(b"Message-ID: <m1@old>\n", b"")
    post = parse(raw)
    made = [name.message_id for name in importing.archiving.names(post, content(raw).sha256.hex())][:2]
    for name in made:
        office.send("halina@example.org", "siecibp", text="Nic.", message_id=f"<{name}>")

    assert bring(site, [raw]) == 1
    assert len(shape(site)[0]) == 3


def test_another_mail_under_the_id_of_one_that_came_meanwhile_is_kept(site, network, office):
    raws = [old(1), old(2, "m1@old"), old(3, "m2@old")]
    bring(site, raws, publish=False)
    office.send("halina@example.org", "siecibp", "Inne", text="Co innego.", message_id="<m2@old>")

    bring(site, raws)

    parents, threads = shape(site)
    assert len(parents) == 4
    # The answer belongs to the mail that has the id; the other stays with what it answers itself.
    assert (parents["m3@old"], len(threads)) == ("m2@old", 2)
    with site.reading() as db:
        assert all(db.get(Thread, row.id).messages for row in db.scalars(select(Thread).where(Thread.merged_into.is_(None))))


def test_who_names_many_conversations_joins_none_of_them(site, network, office):
    for number in range(4):
        office.send("halina@example.org", "siecibp", f"Wątek {number}", text=f"Słowa {number}.", message_id=f"<t{number}@x>")
    office.send("marek@example.org", "siecibp", "KUP TERAZ", message_id="<x@x>")
    office.send("marek@example.org", "siecibp", "Re: KUP TERAZ", references="<x@x> " + " ".join(f"<t{number}@x>" for number in range(4)))

    _, threads = shape(site)
    assert sorted(len(thread) for thread in threads) == [1, 1, 1, 1, 2]
    with site.reading() as db:
        assert "Wątek 0" in db.scalars(select(Thread.subject)).all()
