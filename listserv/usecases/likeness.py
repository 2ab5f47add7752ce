"""Whose message is it, when the address is unknown? A guess, by which a member is asked and nothing else is done.

A message looks like a member's
- under their own name (two words at least), from an address whose local part is like one of theirs or says their name;
- under their own name, in answer to a thread in which they have written;
- from their own local part at a host of the same house (anna@biblioteka.example.org and anna@poczta.biblioteka.example.org)
  or at a twin of their provider, under no other name.

Two members whom it looks like are none: a guess between people tells one about the other. An address that anybody here
has is not unknown.
"""

import re
from collections.abc import Collection

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.mail.folding import fold, name_key, words_of
from listserv.mail.parse import Post
from listserv.store.faces import Face, named, with_local_part, writers_in
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import address_by_key
from listserv.usecases import archiving

TWINS = ({"gmail.com", "googlemail.com"}, {"proton.me", "protonmail.com"}, {"outlook.com", "hotmail.com", "live.com"}, {"icloud.com", "me.com"})
# „jan” or „info” at two hosts of one house may be two people.
SHORTEST_LOCAL = 5
SHORTEST_WORD = 4
# A comma, quotation marks, a blank too many: so much longer may a name be than the same name elsewhere.
SPARE = 3
EVERYBODYS = frozenset(
    {"biblioteka", "library", "kontakt", "contact", "sekretariat", "office", "admin", "poczta", "redakcja", "czytelnia", "dyrekcja", "dyrektor"}
)


def member_like(db: Session, mlist: MailingList, post: Post) -> Member | None:
    """The one member whose this post may be, though its address is unknown."""
    author = post.authors[0]
    key = address.key(author.address)
    if address_by_key(db, key):
        return None
    writers = writers_in(db, mlist, archiving.references(post))
    said = words_of(author.name)
    found = {face.member_id for face in _candidates(db, mlist, author.name, said, key) if _alike(face, author.name, said, key, writers)}
    return db.get(Member, found.pop()) if len(found) == 1 else None


def _candidates(db: Session, mlist: MailingList, name: str, said: frozenset[str], key: str) -> list[Face]:
    """A list may have many thousands of members: only those are looked at who can be meant."""
    local = address.split(key)[0].partition("+")[0]
    namesakes = named(db, mlist, name_key(name)) if len(said) > 1 else []
    return namesakes + (with_local_part(db, mlist, local) if _tells_apart(local) else [])


def _alike(face: Face, name: str, said: frozenset[str], key: str, writers: Collection[int]) -> bool:
    if len(said) > 1 and abs(len(name) - len(face.name)) <= SPARE and said == words_of(face.name):
        return face.user_id in writers or _similar(face.key, key, said)
    return (not said or not face.name) and _one_house(face.key, key)


def _similar(known: str, key: str, name: Collection[str]) -> bool:
    """Have the local parts a word in common, or does the unknown one say the surname?"""
    theirs, this = _words(known), _words(key)
    if {word for word in theirs & this if len(word) >= SHORTEST_WORD}:
        return True
    local = fold(address.split(key)[0])
    return any(len(word) >= SHORTEST_WORD and word in local for word in name)


def _words(key: str) -> frozenset[str]:
    local = address.split(key)[0].partition("+")[0]
    return frozenset(word for word in re.split(r"[^a-z]+", fold(local)) if word) - EVERYBODYS


def _tells_apart(local: str) -> bool:
    return len(local) >= SHORTEST_LOCAL and local not in EVERYBODYS


def _one_house(known: str, key: str) -> bool:
    (mine, house), (local, host) = address.split(known), address.split(key)
    mine, local = mine.partition("+")[0], local.partition("+")[0]
    if mine != local or not _tells_apart(local):
        return False
    nested = house.count(".") > 0 and host.count(".") > 0 and (host.endswith(f".{house}") or house.endswith(f".{host}"))
    return nested or any({house, host} <= twins for twins in TWINS)
