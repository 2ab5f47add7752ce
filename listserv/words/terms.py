"""What is kept of a mail so that it can be found: its words as they were written, folded, in their order.

Nothing is inflected here: who looks for a word looks for all its forms (`words/inflecting.py`). So the index is the same
whichever dictionary is installed, phrases can be found, and taking a mail in costs next to nothing.

Terms are words with a space between. Those with a low line in them are ours, and nobody can write or ask for them:
`_` a gap that no phrase reaches across, `s_word` a word of the subject, `f_word` of the author's name, `a_address` the
author's address (its letters and digits), `m_address` one in the text, `l_5` the list with that id, `has_file`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from listserv.mail.parse import Post
from listserv.mail.quotes import split
from listserv.words.folding import LONGEST, WORD, composed, fold, words

GAP, HAS_FILE = "_", "has_file"
# PostgreSQL knows 16383 places in a text, and 255 of each word; SQLite must not know more.
MOST_TERMS, MOST_TIMES = 16_000, 250
MOST_OF_SUBJECT, MOST_OF_TEXT, MOST_OF_NAMES = 200, 10_000, 200
# Of an attachment: so many words in their order, and then each new one.
MOST_OF_FILE = 2_000
# In characters: looked at, at most.
LONGEST_TEXT = 400_000

# What stands below many letters.
UNSAID = ("farewell", "signature", "footer")

URL = re.compile(r"(?:https?://|ftp://|\bwww\.)(?:[^\s/@]{1,200}@)?([^\s/:?#<>\"]{1,100})\S*", re.IGNORECASE)
# Encoded files, keys, drawn lines: nobody looks for them, and they would fill the index.
NOISE = re.compile(r"\S{61,}")
ADDRESS = re.compile(r"([\w.+-]{1,64}+)@((?:[\w-]{1,63}\.){1,8}[\w-]{2,63})")
# Stands before an address in a text on its way; no word character, and no text of others keeps one.
MARK = "\ue000"
TERM = re.compile(rf"{MARK}?(?:{WORD.pattern})")
PLAIN = re.compile(r"[^\W\d_]{2,30}")


@dataclass(frozen=True, slots=True)
class Findable:
    """What is kept of a mail: its terms, and of each word that can be inflected or mistyped (folded) how it was spelled."""

    terms: str
    spellings: dict[str, str]


def findable(post: Post) -> Findable:
    """What is kept of a mail.

    What it quotes is left out, because its author's mail is found already; what opens a conversation is kept whole,
    because what it forwards or answers is nowhere else.
    """
    author = post.authors[0] if post.authors else None
    name = (author.name if author else "") or post.author_name
    names = tuple(file.name for file in post.attachments)
    text = post.reply if post.references or len(post.reply) == len(post.text.strip()) else _unsigned(post.text)
    return made_of(
        subject=post.base_subject or post.subject,
        name=name,
        address=author.address if author else "",
        text=text if text.strip() else post.text,
        names=names,
        files=any(not file.inline for file in post.attachments),
    )


def _unsigned(text: str) -> str:
    """A text without the name and the address of its author's library, which nobody looks for in each of their letters."""
    return "".join(piece.text for piece in split(text[:LONGEST_TEXT]) if piece.kind not in UNSAID)


# Whoever reads a mail makes its terms before it takes the database for itself (`intake.prepare`); then they are here.
@lru_cache(2)
def made_of(*, subject: str, name: str, address: str, text: str, names: tuple[str, ...] = (), files: bool = False) -> Findable:
    """The terms of these parts."""
    spelled: dict[str, str] = {}
    heading = _terms(subject, spelled)[:MOST_OF_SUBJECT]
    # Who gives no name is called by what stands before the @.
    people = _terms((name or address).partition("@")[0], spelled)[:20]
    own = [f"s_{word}" for word in dict.fromkeys(heading) if "_" not in word]
    own += [f"f_{word}" for word in dict.fromkeys(people) if "_" not in word]
    own += [f"a_{bare_address(address)}"] if address else []
    own += [HAS_FILE] if files else []
    parts = [own, heading, people, _terms(text, spelled)[:MOST_OF_TEXT]]
    parts += [_terms(_file_words(one), spelled)[:20] for one in names[:20]]
    return Findable(" ".join(_bounded(_with_gaps(parts))), spelled)


def extended(terms: str, text: str) -> Findable:
    """Terms, and behind them those of what a file says."""
    spelled: dict[str, str] = {}
    found = _terms(text, spelled)
    rest = dict.fromkeys(found[MOST_OF_FILE:])
    new = [[word] for word in rest.keys() - set(terms.split()) - set(found[:MOST_OF_FILE])]
    # In the order of the text, so that both databases leave out the same.
    order = {word: place for place, word in enumerate(rest)}
    new.sort(key=lambda one: order[one[0]])
    kept = _bounded(_with_gaps([terms.split(" "), found[:MOST_OF_FILE], *new]))
    there = set(kept)
    return Findable(" ".join(kept), {word: spelling for word, spelling in spelled.items() if word in there})


def bare_address(address: str) -> str:
    """A whole address as one word: `annaexampleorg`."""
    return "".join(fold(word) for word in words(address))[:100]


def _terms(text: str, spelled: dict[str, str]) -> list[str]:
    made: list[str] = []
    # Words as they are written, and what becomes of them: most are written more than once.
    known: dict[str, str] = {}
    for found in TERM.findall(_cleaned(composed(text[:LONGEST_TEXT]))):
        if found[0] == MARK:
            made.append(f"m_{found[1:]}")
            continue
        if len(found) > LONGEST:
            continue
        if found in known and found.isascii():
            made.append(known[found])
            continue
        word = known[found] = fold(found)
        made.append(word)
        # Where somebody spells it with all its letters, that is how it is written.
        if (word not in spelled or not found.isascii()) and PLAIN.fullmatch(found):
            spelled[word] = found.lower()
    return [word for word in made if word]


def _cleaned(text: str) -> str:
    """Text without what nobody looks for; of web addresses the host is left, and addresses are one word."""
    if MARK in text:
        text = text.replace(MARK, " ")
    if "://" in text or "www." in text.lower():
        text = URL.sub(r" \1 ", text)
    text = NOISE.sub(" ", text)
    return ADDRESS.sub(_marked, text) if "@" in text else text


def _marked(found: re.Match[str]) -> str:
    # The part before the @ is shown to everybody; the rest is not, and must not be found by who does not see it.
    return f" {found[1]} {MARK}{bare_address(found[0])} "


def _file_words(name: str) -> str:
    return name.replace("_", " ")


def _with_gaps(parts: Iterable[Sequence[str]]) -> Iterator[str]:
    gap = False
    for part in parts:
        if part and gap:
            yield GAP
        yield from part
        gap = gap or bool(part)


def _bounded(terms: Iterable[str]) -> list[str]:
    """So many terms as are kept, and each so often: beyond, there is a gap in its place."""
    whole = list(terms)
    if len(whole) <= MOST_TERMS and max(Counter(whole).values(), default=0) <= MOST_TIMES:
        return whole
    return list(_counted(whole))


def _counted(terms: Iterable[str]) -> Iterator[str]:
    times: Counter[str] = Counter()
    for place, term in enumerate(terms):
        if place == MOST_TERMS:
            return
        times[term] += 1
        yield term if times[term] <= MOST_TIMES else GAP
