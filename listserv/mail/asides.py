"""A word that came to the list's address and was meant for the list's machine: WYCISZ, FOLLOW, PRZYŚLIJ WĄTEK.

Everything else that somebody writes to a list is a post. So the word must be all that was written now, farewell aside.
"""

import re

from listserv.mail import commandlines, lonepause, lonewish
from listserv.mail.command import Command
from listserv.mail.commandwords import SIGN_OFF, UNSUBSCRIBE, Kind
from listserv.mail.decisions import Answer, decision
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post
from listserv.mail.sentences import TRIM

# What may stand below the farewell: a name, a library.
SIGNATURE_LINES, SIGNATURE_WORDS = 4, 20
LONGEST = 60
# Of a whole answer: whoever writes more says more than a word.
LONGEST_MAIL = 1000
OF_THREADS = frozenset({Kind.FOLLOW, Kind.MUTE, Kind.UNMUTE, Kind.THREAD})
# „Rezygnuję” may answer a question; with these words people leave lists.
LEAVING = re.compile(
    rf"(?:prosze,? |please,? )?(?:(?:wypisz|wypisac) (?:mnie|sie) z (?:tej )?listy|wypisz(?: sie| mnie)?|{UNSUBSCRIBE}(?: me)?)(?:,? prosze|,? please)?"
)
# A fish, unless somebody shouts it or says of what.
FISH = re.compile(r"[śs]led[źz][.!]?\Z", re.IGNORECASE)


def aside(reply: str) -> Command | None:
    """The command that is all somebody wrote now; None where it may be meant for people."""
    first, rest = _split(plain(reply))
    if not first or len(first) > LONGEST or first.endswith("?") or (FISH.match(first) and not first.isupper()):
        return None
    if rest and not _is_farewell(rest):
        return None
    found = commandlines.read(first)
    if found and found.kind in OF_THREADS and not found.words:
        return Command(found.kind)
    return Command(Kind.LEAVE) if LEAVING.fullmatch(fold(first).strip(TRIM)) else None


def lone_line(reply: str) -> str:
    """The one line that somebody wrote now, a farewell aside; empty where there is more."""
    first, rest = _split(plain(reply))
    return first if len(first) <= LONGEST and (not rest or _is_farewell(rest)) else ""


def of(post: Post) -> Command | None:
    """The same of a whole mail: whoever attaches something wants others to see it."""
    if any(not file.inline for file in post.attachments) or len(post.reply) > LONGEST_MAIL:
        return None
    if lonewish.is_request(post):
        return Command(Kind.LEAVE)
    return aside(post.reply) or lonewish.lone_wish(post.reply) or lonepause.lone_pause(post)


def decides(post: Post) -> bool:
    """Is it nothing but a moderator's word about what waits („TAK”, „COFNIJ”), in a mail with nothing else?"""
    if post.attachments or len(post.reply) > LONGEST:
        return False
    found = decision(post.reply, [post.author_name])
    return found.answer not in (Answer.OTHER, Answer.LETTER, Answer.WITHDRAW) and not found.words


def _split(text: str) -> tuple[str, list[str]]:
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    return (lines[0].strip(" *_\t"), lines[1:]) if lines else ("", [])


def _is_farewell(lines: list[str]) -> bool:
    """A farewell first, and nothing but names behind it."""
    if len(lines) > SIGNATURE_LINES or sum(len(line.split()) for line in lines) > SIGNATURE_WORDS:
        return False
    return SIGN_OFF.fullmatch(fold(lines[0]).strip()) is not None and not any(line.endswith("?") for line in lines)
