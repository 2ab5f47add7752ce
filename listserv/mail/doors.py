"""What somebody says of their own post, in its first line: show it to me first, ask it without my name, send it to everybody all the same.

The line belongs to the program and goes; nothing else of what was written is touched.
"""

import re
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

from listserv.lazily import compiled
from listserv.mail import headers, parse, quotes
from listserv.mail.answer import attach
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post
from listserv.mail.subject import base_subject
from listserv.mail.thanks import EMOTICON
from listserv.mail.thankwords import CLOSES

TRIM = " \t*_.!,:;–—-„”“\"'«»()[]#"
LONGEST = 80
REPLY = re.compile(r"\s*(?:re|odp|fwd?|pd|aw|sv)\s*:", re.IGNORECASE)

# All patterns read folded text (lower case, no diacritics) without what stands around the words.
_PLEASE = r"(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze)(?: o)?[\s,:]+|please[\s,]+)?"
_TO_PLEASE = r"(?:[\s,]+(?:prosze|poprosze|please))?"
PREVIEW = compiled(
    rf"{_PLEASE}(?:podglad(?:u)?(?: przed (?:wyslaniem|wysylka))?|najpierw podglad|chc[ea] (?:to )?(?:najpierw )?(?:zobaczyc"
    rf"|obejrzec) (?:to )?(?:przed wyslaniem|najpierw)"
    rf"|pokaz(?:cie)? (?:mi )?(?:to )?(?:przed wyslaniem|najpierw)|preview(?: first)?|show (?:it )?(?:to )?me first){_TO_PLEASE}"
)
_NAMELESS = (
    r"(?:anonimow[oe]|anonimowa (?:wiadomosc|prosba)|anonimowe pytanie|pytanie anonimowe|bez (?:podawania )?(?:(?:mojego )?nazwiska"
    r"|imienia i nazwiska|nazwisk|podpisu|mojego imienia)"
    r"|(?:pytanie )?bez nazwiska|anonymous(?:ly)?|anonymous question|without (?:my |a )?name|no name|as anonymous)"
)
_ASK = (
    r"(?:(?:chce|chcialabym|chcialbym|chciala(?:by)?m|wole|prosze|mozna|czy mozna|moge) )?(?:(?:to )?(?:zapytac|zadac|zadanie|opublikowanie"
    r"|przekazanie|przekazac|o przekazanie|o zadanie)"
    r"(?: (?:to|tego|pytani[ea]|je))? )?"
)
UNNAMED = re.compile(
    rf"{_PLEASE}{_ASK}{_NAMELESS}(?: (?:to )?(?:ask|post|pytanie|zapytac))?{_TO_PLEASE}|{_PLEASE}(?:ask|post)(?: (?:it|this))? anonymously{_TO_PLEASE}"
)
# The same and the words themselves on one line: „Anonimowo: czy ktoś wie …”
AND_MORE = re.compile(
    rf"\s*{_PLEASE}{_ASK}(?:anonimowo|anonimowe pytanie|pytanie anonimowe|bez nazwiska|bez podpisu|anonymous(?:ly)?"
    rf"|anonymous question)\s*(?::|--|[–—]|\s-\s)\s*(?=\S)"
)
SEND = compiled(
    rf"{_PLEASE}(?:wyslij(?:cie)?(?: (?:to )?(?:do wszystkich|na liste))?|(?:prosze )?(?:o )?(?:wyslanie"
    rf"|wyslac)(?: (?:to )?(?:do wszystkich|na liste))?|opublikuj|do wszystkich|na liste"
    rf"|send(?: it)?(?: to (?:all|everybody|everyone|the list))?|publish(?: it)?|post it|to (?:all|everybody|everyone)){_TO_PLEASE}"
)
# Where a farewell may stand, from below; with a name behind it, too.
LINES_BELOW = 10
FAREWELL = compiled(
    rf"(?:{CLOSES.pattern}|(?:bardzo |z gory |serdecznie )?(?:dziekuje|dzieki|thanks|thank you)(?: i pozdrawiam)?)(?:[,;: –-]+[\w .'-]{{0,40}})?"
)


class Asked(NamedTuple):
    """The words that stay when the line has gone; and the subject, which may have been the word itself."""

    words: str
    subject: str


def wants_preview(post: Post) -> Asked | None:
    """Does the first line ask to see this post before it goes to the list? What is nothing but this line asks for something else."""
    first, rest = _first_line(post.text)
    if not _is(PREVIEW, first) or not plain(rest).strip():
        return None
    return Asked(rest, post.subject)


def wants_no_name(post: Post, *, to_list: bool) -> Asked | None:
    """Is this to be asked without its author's name? The words as they are to be asked: what was written now, without farewell and signature.

    On the list itself „Anonimowo.” may answer a question: there an answer says it in capitals, or with a please.
    """
    text = quotes.letter(post.text[: parse.LONGEST_REPLY])
    first, rest = _first_line(text)
    answers = bool(post.references) or REPLY.match(post.subject) is not None
    if to_list and answers and not (_shouted(first) or re.search(r"\b(?:prosz|poprosz|please|chc|wol)", fold(plain(first)))):
        return None
    if _is(UNNAMED, first):
        return _asked(rest, post.subject)
    begun = AND_MORE.match(fold(plain(first)))
    if begun:
        return _asked(plain(first)[begun.end() :] + "\n" + rest, post.subject)
    return None if answers else _by_subject(text, post.subject)


def wants_no_name_above(post: Post, subject: str) -> Asked | None:
    """Does this subject ask it, which its author gave an answer instead of the thread's?"""
    return _by_subject(quotes.letter(post.text[: parse.LONGEST_REPLY]), base_subject(subject))


def _by_subject(text: str, subject: str) -> Asked | None:
    """„ANONIMOWO” as the subject, or before it: „Anonimowo: czytniki”."""
    said = plain(subject)
    if _is(UNNAMED, said):
        return _asked(text, "")
    begun = AND_MORE.match(fold(said))
    return _asked(text, said[begun.end() :].strip()) if begun else None


def _asked(words: str, subject: str) -> Asked | None:
    kept = _without_farewell(quotes.reply(words)).strip()
    clean = "" if _is(UNNAMED, plain(subject)) else subject
    begun = AND_MORE.match(fold(plain(clean)))
    return Asked(kept, plain(clean)[begun.end() :].strip() if begun else clean) if re.search(r"\w", kept) else None


BRACKETED = compiled(r"[\[(]\s*(?:pytanie )?an+onim\w*(?: pytanie)?\s*[\])]\s*", re.IGNORECASE)


def without_signature(text: str, subject: str) -> Asked:
    """The same for what names no name elsewhere: the words without farewell, signature and the lines that ask for that."""
    kept = "\n".join(line for line in _without_farewell(quotes.reply(text)).split("\n") if not _is(UNNAMED, line))
    begun = AND_MORE.match(fold(plain(subject)))
    said = plain(subject)[begun.end() :] if begun else BRACKETED.sub("", subject)
    return Asked(re.sub(r"\n{3,}", "\n\n", kept).strip(), "" if _is(UNNAMED, said) else said.strip())


def _without_farewell(text: str) -> str:
    """The text down to its farewell: whatever stands below it, near the end, is the writer's own name and place."""
    lines = text.split("\n")
    said = [number for number, line in enumerate(lines) if line.strip()]
    for number in said[-LINES_BELOW:]:
        bare = EMOTICON.sub(" ", plain(lines[number]))
        if number != said[0] and FAREWELL.fullmatch(fold(bare).strip(" \t,.!–-☺😊🙂👋🌷")):
            return "\n".join(lines[:number])
    return text


def asks_to_send(text: str) -> Asked | None:
    """Does the first or the last line say that this is meant for everybody? The words without it."""
    lines = text.strip().split("\n")
    said = [number for number, line in enumerate(lines) if line.strip()]
    for number in (said[:1] + said[-1:]) if said else ():
        if _is(SEND, lines[number]):
            return Asked("\n".join([*lines[:number], *lines[number + 1 :]]).strip(), "")
    return None


def _first_line(text: str) -> tuple[str, str]:
    first, _, rest = text.lstrip("\r\n \t\u00a0").partition("\n")
    return first, rest


def _is(pattern: re.Pattern[str], line: str) -> bool:
    said = fold(plain(line)).strip(TRIM)
    return 0 < len(said) <= LONGEST and not line.rstrip().endswith("?") and pattern.fullmatch(said) is not None


def _shouted(line: str) -> bool:
    word = re.match(r"\W*([^\W\d_]+)", line)
    return word is not None and len(word[1]) > 2 and word[1].isupper()


# ---- a post without its first line --------------------------------------------------------------------------

# What makes it the author's mail of that day, in its thread; what tells of formats follows from the words.
KEPT = frozenset({"from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to", "content-language"})


def with_words(raw: bytes, post: Post, words: str) -> bytes:
    """The same mail (CRLF) with these words and all its files: as plain text, because HTML would still say what was taken out."""
    fields = [field for field in headers.split(raw)[0] if field.name in KEPT]
    if headers.first(fields, "message-id") is None:
        fields.append(headers.make("Message-ID", f"<{post.message_id}>"))
    mail = EmailMessage(policy=SMTP)
    mail.set_content(words.strip("\r\n").encode("utf-8", "replace").decode() + "\n", cte="quoted-printable")
    for file, content in parse.attachments(raw):
        attach(mail, file, content)
    return headers.join(fields) + mail.as_bytes()


def with_date(raw: bytes, date: str) -> bytes:
    """The same mail, sent at that time."""
    fields, body = headers.split(raw)
    kept = [field for field in fields if field.name != "date"]
    return headers.join([*kept, headers.make("Date", date)]) + b"\r\n" + body


def anew(raw: bytes, message_id: str, date: str) -> bytes:
    """The same mail under another id, sent at that time."""
    fields, body = headers.split(raw)
    kept = [field for field in fields if field.name not in ("date", "message-id")]
    return headers.join([*kept, headers.make("Date", date), headers.make("Message-ID", f"<{message_id}>")]) + b"\r\n" + body
