"""Is this an answer that says nothing but thanks? Every word of it must be one of thanks, of praise or of courtesy, or a name in its place.

Whatever else it says, even „OK” or „+1”, may be an answer that others wait for: then it is a post.
"""

import re
from collections.abc import Collection, Sequence

from listserv.mail import firstnames, quotes
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post
from listserv.mail.subject import base_subject
from listserv.mail.thankwords import (
    ACTING,
    AROUND,
    CALLED,
    CLOSES,
    CLOSING,
    CORE,
    FOR,
    GREETING,
    OF_THANKING,
    PEOPLE,
    PRAISE,
    PRAISING,
    SIGHS,
    THANK_YOU,
    TO_ALL,
    VOCATIVES,
)

# Of the words of thanks, and of a whole letter with its signature.
LONGEST, LONGEST_LETTER, LONGEST_TEXT = 400, 900, 60_000
FORWARDED = re.compile(
    r"^(?!\s*>).*(?:forwarded message|begin forwarded|wiadomosc (?:przekazana|przeslana)|przekazana wiadomosc|(?:poczatek|tresc) przekaz\w+)", re.MULTILINE
)
FORWARDS = re.compile(r"\s*(?:fwd?|pd|dw|wg|tr)\s*:")

SAD = re.compile(r"(?:[:;=][-o']?[(\[/\\|]+|[)\]][-o']?:)(?![\w])|\b[qt]_+[qt]\b")
EMOTICON = re.compile(r"(?:[:;=8][-o']?[)\]D*pP3](?![\w])[)]*|<3+|\^_?\^|\bxd+\b|\(:)", re.IGNORECASE)
# By themselves these thank; the others only smile.
THANKING = frozenset("👍🙏❤♥👏💐🌹🤗🥰🫶💖💗💕💓")
SMILING = frozenset("😊🙂😀😃😄😁😉😍🤩😘☺🌸🌷🌺🌻🌼💚💙💛💜🧡🩷✨⭐🌟🎉🎊💪🍀🌞☀😎😇🥳🙌💯🔥👌🌈☕🍫🎂🐝🦋🌿") | THANKING
# Skin colours, joiners and the like.
DRESSING = re.compile("[\U0001f3fb-\U0001f3ff\ufe0e\ufe0f\u200d\u2640\u2642]")
ENDS = re.compile(r"(\.\.\.|[.,!;:…–—()\n]|\s-+\s?|-{2,})")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
CONTACT = re.compile(r"[\d@]|https?:|www\.|\btel\b|\bul\b", re.IGNORECASE)
OF_SIGNATURES = re.compile(
    r"\b(?:bibliotek\w*|nauczyciel\w*|dyrektor\w*|kierowni\w*|starsz[ya]|kustosz\w*|szkol\w*|sp|zs\w*|lo|gbp|mbp|pbw|pbp|bp|filia|oddzial|osrodek|centrum|gmin\w*|instruktor\w*"
    r"|librar\w*|school\w*|teacher\w*|university|department|director|inc|ltd|gmbh)\b"
)
POSTSCRIPT = re.compile(r"(?:p\.? ?s\.?|post ?scriptum|uwaga|note|nb|edit|update)\b")
# Below a name: so many lines of so many words.
SIGNATURE_LINES, SIGNATURE_WORDS = 6, 10


def only_thanks(post: Post, names: Collection[str] = ()) -> bool:
    """Does this answer say nothing but thanks? What carries a file, forwards something or turns to another subject is none.

    `names`: of those who have written in its thread; they may be thanked by name.
    """
    if post.attachments or FORWARDS.match(fold(post.subject)) or len(post.text) > LONGEST_TEXT:
        return False
    if not post.references and post.subject == base_subject(post.subject):
        return False
    words = quotes.letter(post.text)
    if FORWARDED.search(fold(plain(post.text))) or TO_ALL.search(fold(words[:LONGEST_LETTER])):
        return False
    return says_only_thanks(words, post.authors[0].name if post.authors else "", names)


def says_only_thanks(words: str, author: str = "", names: Collection[str] = ()) -> bool:
    """Do these words, farewell and name of their author included, say nothing but thanks?"""
    text = plain(words).strip()
    if not text or len(text) > LONGEST_LETTER or "?" in text or SAD.search(fold(text)):
        return False
    lines = [line.strip(" \t*_>|") for line in text.split("\n") if line.strip(" \t*_>|-=")]
    said, below = _parted(lines, author)
    if not said or len(" ".join(said)) > LONGEST or not is_signed(below, author):
        return False
    kinds = [_kind_of(line, names, first=number == 0) for number, line in enumerate(said)]
    return None not in kinds and "thanks" in kinds


def _parted(lines: Sequence[str], author: str) -> tuple[list[str], list[str]]:
    """What is said, and what stands below the farewell or the author's own name."""
    for number, line in enumerate(lines):
        tokens = set(WORD.findall(fold(line)))
        if number and _is_author(line, author):
            return list(lines[:number]), list(lines[number:])
        if CLOSES.fullmatch(fold(line).strip(" ,.!-–")) or (tokens & CLOSING and _kind_of(line, (), first=False) is not None):
            return list(lines[: number + 1]), list(lines[number + 1 :])
        closed = re.match(r"([^,]{4,40}),\s*([^,]{2,40})$", line)
        if closed and CLOSES.fullmatch(fold(closed[1]).strip()) and _is_author(closed[2], author):
            return [*lines[:number], closed[1]], [closed[2], *lines[number + 1 :]]
    return list(lines), []


def is_signed(lines: Sequence[str], author: str) -> bool:
    """Is this the author's name, and what signatures have below it: a library, an address, a number? A sentence is none."""
    if not lines:
        return True
    if len(lines) > SIGNATURE_LINES or not _is_signer(lines[0], author):
        return False
    return all(_is_of_signature(line) for line in lines[1:])


def _is_signer(line: str, author: str) -> bool:
    """The author's name; or any that begins with a first name, where their mail gives another."""
    return _is_author(line, author) or (_is_name(line.strip(" .,!-–~")) and firstnames.is_one(WORD.findall(line)[0]))


def _is_of_signature(line: str) -> bool:
    words = line.split()
    if len(words) > SIGNATURE_WORDS or POSTSCRIPT.match(fold(line)):
        return False
    if CLOSES.fullmatch(fold(line).strip(" ,.!-–")):
        return True
    if line.endswith((".", "!")) and len(words) > 3:
        return False
    named = [word for word in words if not word[:1].islower()]
    return CONTACT.search(line) is not None or (len(words) > 1 and len(named) == len(words)) or OF_SIGNATURES.search(fold(line)) is not None


def _is_name(line: str) -> bool:
    words = WORD.findall(line)
    return 0 < len(words) <= 4 and len(words) == len(line.split()) and all(word[0].isupper() for word in words)


def _is_author(line: str, author: str) -> bool:
    """Is this the author's name, or what friends make of it: Kasia for Katarzyna?"""
    words, own = [fold(word) for word in WORD.findall(line)], [fold(word) for word in WORD.findall(author)]
    if not _is_name(line.strip(" .,!-–~")):
        return False
    friends = [word for word in words if firstnames.is_one(word) and any(word[:2] == other[:2] for other in own)]
    return bool(friends) or any(len(word) > 1 and word in own for word in words)


def _kind_of(line: str, names: Collection[str], *, first: bool) -> str | None:
    """`thanks`, or `courtesy`; None where something else is said."""
    bare = DRESSING.sub("", EMOTICON.sub(" ", line))
    signs = {c for c in bare if not (c.isalnum() or c.isspace() or c in ".,!;:…–—()-'’\"„”“*_~&/")}
    if signs - SMILING or any(c.isdigit() for c in bare):
        return None
    thanked = bool(signs & THANKING)
    bare = "".join(" , " if c in SMILING else c for c in bare).replace("/", " , ").replace("&", " i ")
    kinds: list[str | None] = []
    ended = ""
    for clause in ENDS.split(bare):
        if WORD.search(clause):
            # Whom somebody thanks stands behind a comma at most: “Thanks. Not.” is no name.
            after = "" if ended.strip(" ,-") or "thanks" not in kinds else "thanks"
            kinds.append(_clause(clause, names, opening=first and not kinds, after=after))
            ended = ""
        else:
            ended += clause
    if None in kinds:
        return None
    return "thanks" if thanked or "thanks" in kinds else "courtesy"


def _clause(clause: str, names: Collection[str], *, opening: bool, after: str) -> str | None:
    words = WORD.findall(clause)
    folded = [fold(word) for word in words]
    joined = " ".join(folded)
    greeted = GREETING.match(joined) if opening else None
    if greeted:
        count = len(greeted[0].split())
        if len(words) - count <= 2 and all(_is_person(words, number, names) for number in range(count, len(words))):
            return "courtesy"
    if CLOSES.fullmatch(joined):
        return "courtesy"
    # „Tak” alone is an answer, „tak bardzo” is none.
    if folded[-1] == "tak" or (ACTING & set(folded) and not (OF_THANKING | PRAISING) & set(folded)):
        return None
    if THANK_YOU.search(joined) or CORE & set(folded):
        rest = [word for number, word in enumerate(words) if fold(word) not in ("thank", "bless") and not _is_person(words, number, names)]
        return "thanks" if all(fold(word) in CORE | AROUND | FOR | PRAISE | ACTING or fold(word) in ("bog", "zaplac") for word in rest) else None
    if (all(word in PRAISE | AROUND | ACTING for word in folded) and PRAISE & set(folded)) or (len(folded) == 1 and folded[0] in SIGHS):
        return "courtesy"
    if after == "thanks" and _is_called(words, names):
        return "courtesy"
    # „Dzięki, za pomoc i za link”.
    if after == "thanks" and folded[0] in ("za", "for", "i", "and") and all(word in AROUND | FOR | PRAISE for word in folded):
        return "courtesy"
    return None


def _is_called(words: Sequence[str], names: Collection[str]) -> bool:
    """„Pani Aniu”, “Bob”, „drodzy Państwo”: whom somebody thanks, and nothing else."""
    rest = [number for number, word in enumerate(words) if fold(word) not in CALLED]
    return 0 < len(rest) <= 2 and all(_is_person(words, number, names) or fold(words[number]) in PEOPLE for number in rest)


def _is_person(words: Sequence[str], number: int, names: Collection[str]) -> bool:
    """Is this word a name: behind „Pani” or “Dear”, behind another name, a first name, or that of somebody who wrote in the thread?"""
    word = words[number]
    if not word[0].isupper() or word.isupper() or fold(word) in CORE | AROUND | FOR | PRAISE | ACTING:
        return False
    if firstnames.is_one(word) or firstnames.is_of(word, names) or (number and fold(words[number - 1]) in VOCATIVES):
        return True
    return number > 1 and number == len(words) - 1 and _is_person(words, number - 1, names)
