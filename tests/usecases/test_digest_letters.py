"""Digests in the outbox: one text for all who share it, everything that is a reader's own filled when it leaves."""

import email
import re
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from sqlalchemy import select

from digests import stencil
from listserv import links
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store.digests import Digest
from listserv.store.members import DigestForm
from listserv.store.queue import Letter, Raw, raw_bytes
from listserv.usecases import digesting, digestletters, lettersout, outbox, retelling
from tests.usecases.test_digesting import WEDNESDAY, reader, say


def letters(db):
    return db.scalars(select(Letter).where(Letter.kind == "digest").order_by(Letter.id)).all()


@pytest.mark.parametrize("form", DigestForm)
def test_every_form_is_kept_once_and_filled_for_each(site, db, mlist, now, form):
    people = [reader(db, mlist, now, f"osoba{n}@example.org", name=f"Żaneta {n}") for n in range(3)]
    for member in people:
        member.digest_form = form
    first = say(db, mlist, "Kto jest za Łodzią?", now)

    digesting.run_due(db, WEDNESDAY)

    mine = letters(db)
    assert len(mine) == 3 and len({letter.raw_id for letter in mine}) == 1
    shared = raw_bytes(db, mine[0].raw_id)
    assert stencil.is_one(shared) and not any(member.address.email.encode() in shared for member in people), "nobody's own is in what is shared"
    key, taken = links.signing_key(site.settings), lettersout.take_letters(db, 1, WEDNESDAY, 10)
    for member, letter, sent in zip(people, mine, taken, strict=True):
        assert sent.raw == digestletters.finished(db, letter) and b"\x02" not in sent.raw and sent.raw.count(b"\n") == sent.raw.count(b"\r\n")
        mail = email.message_from_bytes(sent.raw, policy=policy.default)
        digest = db.scalars(select(Digest).where(Digest.member_id == member.id)).one()
        assert (sent.recipient, mail["To"].addresses[0].addr_spec, mail["To"].addresses[0].display_name) == (letter.to, letter.to, member.user.name)
        assert mail["Message-ID"] == f"<{digestletters.message_id(site.settings, digest.id, digest.slot)}>"
        found = {tokens.read(key, one) for one in re.findall(r"[bdgu][a-z2-7]{24,39}(?=[@>\s\"?&])", mail.as_string().replace("=\n", ""))} - {None}
        assert (Kind.DIGEST, (member.id, digest.id)) in found and (Kind.UNSUBSCRIBE, (member.id,)) in found
        assert (Kind.DIGEST_ITEM, (member.id, first.id)) in found
        assert {ids[0] for _, ids in found} == {member.id}, "no address of anybody else"
        assert tokens.read(key, sent.sender[2:].partition("@")[0]) == (Kind.BOUNCE, (member.id, 0))


def test_a_letter_to_one_person_does_not_wait_behind_digests(db, mlist, now):
    reader(db, mlist, now)
    say(db, mlist, "Kto jest za?", now)
    digesting.run_due(db, WEDNESDAY)
    outbox.post_bytes(db, "sign-in", b"Subject: -\r\n\r\nx\r\n", "jan@example.org", WEDNESDAY)

    assert [letter.kind for letter in lettersout.take_letters(db, 1, WEDNESDAY, 1)] == ["sign-in"]


def test_what_is_hidden_is_taken_out_once_for_all_who_wait_and_not_from_hands(db, mlist, now):
    for n in range(4):
        reader(db, mlist, now, f"osoba{n}@example.org")
    say(db, mlist, "Dobre słowo.", now, subject="Dobre")
    bad = say(db, mlist, "Złe słowo.", now, subject="Złe")
    digesting.run_due(db, WEDNESDAY)
    in_hand = lettersout.take_letters(db, 1, WEDNESDAY, 1)[0].id

    bad.hidden_at = WEDNESDAY + timedelta(minutes=1)
    db.flush()
    retelling.retell(db, mlist, [bad.seq], WEDNESDAY + timedelta(minutes=1))

    told = {letter.id: digestletters.finished(db, letter).decode("latin-1") for letter in letters(db)}
    assert [letter for letter, text in told.items() if "Z=C5=82e" in text] == [in_hand]
    waiting = [letter for letter in letters(db) if letter.id != in_hand]
    assert len({letter.raw_id for letter in waiting}) == 1
    assert {db.scalars(select(Digest.points).where(Digest.letter_id == letter.id)).one() for letter in waiting} == {"1"}
    assert db.scalar(select(Raw.id).where(Raw.id == waiting[0].raw_id))


def test_two_slices_of_a_run_share_an_edition_though_the_clock_goes_on(db, mlist, now):
    for n in range(4):
        reader(db, mlist, now, f"osoba{n}@example.org")
    say(db, mlist, "Kto jest za?", now)

    for minute in range(2):
        digesting.run_due(db, WEDNESDAY + timedelta(minutes=minute), limit=2)

    assert len(letters(db)) == 4 and len({letter.raw_id for letter in letters(db)}) == 1
    assert {letter.created_at for letter in letters(db)} == {datetime(2026, 3, 4, 6, n, tzinfo=UTC) for n in range(2)}


def test_a_digest_of_somebody_who_is_gone_is_not_sent_with_marks_in_it(db, mlist, now):
    people = [reader(db, mlist, now, f"osoba{n}@example.org") for n in range(2)]
    say(db, mlist, "Kto jest za?", now)
    digesting.run_due(db, WEDNESDAY)
    gone, stays = letters(db)
    db.delete(db.scalars(select(Digest).where(Digest.member_id == people[0].id)).one())
    db.flush()

    assert [letter.id for letter in lettersout.take_letters(db, 1, WEDNESDAY, 5)] == [stays.id]
    assert (gone.due, digestletters.finished(db, gone)) == (None, b"")
