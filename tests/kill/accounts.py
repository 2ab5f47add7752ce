"""What must be true when all is done, whoever was killed; and the processes of a program."""

import re
import resource
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select, text

from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, State
from listserv.usecases import tracing

LIST = "siecibp"
# What a kill may cost: the answers that were not recorded, and what was under way.
PER_KILL = 256
MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


class Accounts:
    """The half of the rig that looks what became of everything (killrig.Rig)."""

    def assert_nothing_lost(self):
        """Every mail is in one state, every member has every post, the archive has it once; how many copies came twice."""
        posts = self._states()
        twice = self._copies(posts)
        letters_twice = self._letters(posts)
        self._archive(posts)
        total = sum(self.kills.values())
        print(f"\n{self.site.engine.dialect.name}: {total} kills, {len(self.accepted)} mails taken, {len(posts)} posted, {self.copies} copies, {twice} copies twice, {letters_twice} letters twice, "
              f"{self.set_aside} set aside and tried again; {dict(self.kills)}; not reached in time: {dict(self.missed)}")
        assert twice <= PER_KILL * total
        assert letters_twice <= total
        assert not self.refused

    def _states(self):
        posted = set()
        with self.site.reading() as db:
            for id, kind in self.accepted.items():
                if kind == "unnamed":
                    continue  # nothing may stay by which it is found
                found = tracing.trace(db, id)
                states = Counter(one.state for one in found)
                assert found and State.PENDING not in states and State.SHUNTED not in states, (id, states)
                if kind == "post":
                    assert states.pop(State.POSTED) == 1, (id, found)
                    assert not states or set(states) == {State.DISCARDED} and all("double" in one.reasons for one in found if one.state != State.POSTED), (id, found)
                    posted.add(id)
            rows = db.execute(select(Incoming.message_id, Incoming.state, Incoming.due, Incoming.holder))
            assert not [row for row in rows if row.due is not None or row.state is State.PENDING]
            # Taken, and the client does not know it; or written by the program itself.
            more = db.scalars(select(Incoming.message_id).where(Incoming.state == State.POSTED))
            return posted | set(more)

    def _copies(self, posts):
        wanted = {f"reader{number}@example.org" for number in range(self.readers)} | {"owner@example.org"}
        got: dict[str, Counter] = {id: Counter() for id in posts}
        self.copies = 0
        for one in list(self.sink.mails):
            id = MESSAGE_ID.search(one.data)[1].decode()
            if id in got:
                got[id][one.recipient] += 1
                self.copies += 1
        lost = {id: wanted - set(found) for id, found in got.items() if wanted - set(found)}
        assert not lost, f"lost: {lost}"
        assert not {id: set(found) - wanted for id, found in got.items() if set(found) - wanted}
        with self.site.reading() as db:
            rows = db.execute(select(Delivery.code, func.count()).group_by(Delivery.code)).all()
            assert [code for code, _ in rows] in ([250], []), rows
            assert not db.scalar(select(func.count()).select_from(Outgoing).where(Outgoing.upto.is_not(None)))
        return sum(sum(found.values()) - len(found) for found in got.values())

    def _letters(self, posts):
        arrived = Counter((id, one.recipient) for one in list(self.sink.mails) if (id := MESSAGE_ID.search(one.data)[1].decode()) not in posts)
        with self.site.reading() as db:
            rows = db.scalars(select(Letter)).all()
            assert not [(row.kind, row.code, row.answer) for row in rows if row.due is not None or row.code != 250]
            assert len(arrived) == len(rows) + self._gone(arrived), (len(arrived), len(rows))
        return sum(arrived.values()) - len(arrived)

    def _gone(self, arrived):
        """How many letters left no row."""
        return 0

    def _archive(self, posts):
        with self.site.reading() as db:
            archived = Counter(db.scalars(select(Message.message_id)).all())
            assert set(archived) == posts and set(archived.values()) <= {1}
            sequence = db.scalars(select(Message.seq).where(Message.list_id == list_by_name(db, LIST).id).order_by(Message.seq)).all()
            assert list(sequence) == list(range(1, len(sequence) + 1)), "a number was used twice or lost"
            told: dict[int, int] = {}
            for one in db.scalars(select(Digest).order_by(Digest.id)):
                assert one.after_seq == told.get(one.member_id, one.after_seq), "a digest tells twice, or leaves out"
                told[one.member_id] = one.upto_seq
            if db.get_bind().dialect.name == "sqlite":
                assert db.execute(text("PRAGMA integrity_check")).scalar() == "ok"
                assert not db.execute(text("PRAGMA foreign_key_check")).all()


def below(pid):
    """The processes that this one has started, and theirs."""
    try:
        children = [int(one) for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]
    except OSError:
        return []
    return [*children, *(one for child in children for one in below(child))]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def processor_seconds():
    """What this process and all that it has started and waited for have used so far."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
