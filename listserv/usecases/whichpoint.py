"""Which threads of a digest an answer to the whole of it is meant for: by number, by what is quoted, by the subject."""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from digests import answers
from digests.answers import Numbered, Part, Told
from listserv.mail import quotes
from listserv.mail.answer import shows_pictures
from listserv.mail.folding import fold
from listserv.mail.parse import LONGEST_REPLY, Post
from listserv.mail.quotes import Piece
from listserv.mail.subject import TAG, base_subject
from listserv.store import pastdigests as rows
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.members import Member
from listserv.usecases import digestpoints
from listserv.usecases.digestpoints import Offer


@dataclass(frozen=True, slots=True)
class Resolved:
    """An answer to a digest: whose it is, which message it answers, and its words without the number."""

    member: Member
    message: Message
    text: str


@dataclass(frozen=True, slots=True)
class Several:
    """An answer that says something to each of several threads."""

    parts: tuple[Resolved, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """An answer that names no thread: ask back with these titles, numbered from 1; empty where all that was told of one is gone.

    `said`: all that its author wrote, also below or within a quotation that nobody marked; empty where that is nothing to be
    posted. `gone`: the number in front, where it is one of those that are gone.
    """

    member: Member
    digest: Digest
    titles: tuple[str, ...]
    said: str = ""
    gone: int = 0


def resolve(db: Session, member: Member, digest: Digest, words: str, post: Post | None = None) -> Resolved | Several | Unclear | None:
    """What the words of an answer to a whole digest are meant for; `post`: the mail they came in, with what it quotes.

    A number in front decides, unless what is quoted or the subject says otherwise. A digest of one thread needs none. What is
    quoted beside the words decides where it is unmistakable and the subject says nothing else. None where nothing is left to answer.
    """
    offer = digestpoints.of(db, digest, post)
    there = offer.there
    if not there:
        return None
    words, inside = _wrote(db, digest, words, post)
    numbered = answers.by_numbers(words, lambda number: number <= len(offer.points) and number in there)
    files = post is not None and _carries_files(post)
    parts = () if inside or (_only_leads(words, post) and not files) else _meant(db, digest, offer, numbered, words, post)
    empty = any(not part.text.strip() for part in parts) and (not files or len(parts) > 1)
    if not parts or empty or (len(parts) > 1 and files):
        # Of a file nobody can tell which of several it belongs to.
        said = "" if empty and not any(part.text.strip() for part in parts) else "\n\n".join(filter(None, (words, inside)))
        return Unclear(member, digest, offer.titles, said, numbered.unknown if numbered.unknown <= len(offer.points) else 0)
    found = tuple(Resolved(member, there[part.number], part.text) for part in parts)
    return found[0] if len(found) == 1 else Several(found)


def to_item(db: Session, member: Member, message: Message, words: str, post: Post | None = None) -> Resolved | Unclear:
    """What an answer to one message of a digest is meant for: that, unless something is typed below or within what it quotes."""
    quoting = post and any(piece.kind == "quote" for piece in _pieces(post))
    digest = rows.digest_telling(db, member.id, message.seq) if quoting else None
    if not post or not digest:
        return Resolved(member, message, words)
    words, inside = _wrote(db, digest, words, post)
    if inside or (words and _only_leads(words, post) and not _carries_files(post)):
        return Unclear(member, digest, titles(db, digest), "\n\n".join(filter(None, (words, inside))))
    return Resolved(member, message, words)


def said(db: Session, digest: Digest, post: Post) -> str:
    """All that the author of an answer wrote, also below or within a quotation that nobody marked."""
    return "\n\n".join(filter(None, _wrote(db, digest, quotes.letter(post.text[:LONGEST_REPLY]).strip(), post)))


def message_at(db: Session, digest: Digest, number: int) -> Message | None:
    """The message that a number of the titles means; None where there is none, or it is gone."""
    return digestpoints.of(db, digest).there.get(number)


def titles(db: Session, digest: Digest) -> tuple[str, ...]:
    """What a digest offers to answer, in the order of the numbers."""
    return digestpoints.of(db, digest).titles


def _wrote(db: Session, digest: Digest, words: str, post: Post | None) -> tuple[str, str]:
    """The author's words, and what they wrote into the digest that they quote. Who wrote nothing else may have done so behind marks, too."""
    text = post.text[:LONGEST_REPLY] if post else ""
    pieces, bare = _split(text), _only_leads(words, post)
    quoted = any(piece.kind == "quote" for piece in pieces)
    own = digestpoints.own_words(db, digest) if quoted or text.count("\n") >= answers.A_DIGEST else None
    if own and own.fills(words if quoted else text):
        # Quoted without a mark or a heading, and so taken for what was said.
        return "", answers.added((Piece("quote", words if quoted else text),), own, words="", marked=False)
    return words, answers.added(pieces, own, words="" if bare else words, marked=bare)


def _only_leads(words: str, post: Post | None) -> bool:
    """Do these words only lead to others, their farewell aside?"""
    said = (words, post.reply if post and post.reply.strip() else words)
    return any(answers.only_leads(one) and not answers.is_exclaimed(one) for one in said)


def _pieces(post: Post) -> tuple[Piece, ...]:
    return _split(post.text[:LONGEST_REPLY])


@lru_cache(maxsize=2)
def _split(text: str) -> tuple[Piece, ...]:
    """One answer is asked about several times."""
    return quotes.split(text)


def _carries_files(post: Post) -> bool:
    return any(not file.inline for file in post.attachments) or shows_pictures(post)


def _meant(db: Session, digest: Digest, offer: Offer, numbered: Numbered, words: str, post: Post | None) -> tuple[Part, ...]:
    """The parts of an answer, each for one thing that may be meant; empty unless they are unmistakable."""
    quoted = _quoted(db, offer, post) if post else ()
    named = _named(digest, offer.told, post) if post else None
    alone = len(offer.points) == 1
    if numbered.parts and (len(numbered.parts) == 1 or not alone):
        numbers = {part.number for part in numbered.parts}
        others = [{part.number for part in quoted}, {named} if named else set()]
        return numbered.parts if all(not one or one == numbers for one in others) else ()
    if (numbered.doubt or numbered.unknown) and not alone:
        return ()
    if named:
        return (Part(named, words),) if {named} == {part.number for part in quoted or (Part(named, ""),)} else ()
    if not quoted and alone and offer.points[0].message and not (offer.questions and post and _is_below(post)):
        return (Part(1, words),)
    return (Part(quoted[0].number, words),) if alone and len(quoted) == 1 else quoted


def _quoted(db: Session, offer: Offer, post: Post) -> tuple[Part, ...]:
    def item_of(token: str) -> int | None:
        message_id = digestpoints.item_of(db, token)
        return offer.number_of(message_id) if message_id else None

    return answers.by_quotes(_pieces(post), offer.told, item_of)


def _is_below(post: Post) -> bool:
    """Do the words stand below what is quoted?"""
    kinds = [piece.kind for piece in _pieces(post) if piece.kind in ("said", "quote") and piece.text.strip()]
    return "quote" in kinds and "said" in kinds[kinds.index("quote") :]


def _named(digest: Digest, told: tuple[Told, ...], post: Post) -> int | None:
    """The only point whose title is the subject, where that is not the digest's own."""
    said = as_title(post.subject)
    found = [one.number for one in told if said and as_title(one.title) == said]
    return found[0] if len(found) == 1 and said != as_title(digest.subject) else None


def as_title(subject: str) -> str:
    """A subject as titles compare: without Re:, case, accents, spacing and the tags that lists put in front."""
    return " ".join(fold(TAG.sub("", base_subject(subject))).replace("\N{NO-BREAK SPACE}", " ").split())
