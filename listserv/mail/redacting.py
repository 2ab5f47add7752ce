"""Taking words or files out of a mail for good: its bytes with black bars in their place, everything else as it was.

The bytes are edited part by part; only what held the words is encoded anew. In the end the mail is read again as the archive
reads it: a part that still says them, because its program wrote them in a way of its own, is taken out whole.
"""

import binascii
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.header import Header
from unicodedata import normalize

from listserv.mail import bodies, fields, headers, mime, parse, winmail
from listserv.mail.html import to_text
from listserv.mail.part import Part
from listserv.mail.redactinghtml import BAR, in_html
from listserv.mail.veils import UNSEEN
from listserv.mail.writtenparts import TOKEN, quoted, typed

# What may stand between two words: a line's end, and the marks of a quotation behind it.
GAP = rf"[\s>|\u00a0{UNSEEN}]+"
# What nobody sees between two letters.
NOTHING = f"[{UNSEEN}]*"
# Who wrote when and in answer to what: an archive is made of these. Types and names of parts are written by `writtenparts`.
KEPT_FIELDS = frozenset(
    ("from", "sender", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding")
    + ("content-disposition", "content-id", "resent-message-id")
)
# Of a mail whose body is taken out.
REMAINING = KEPT_FIELDS - {"content-type", "content-transfer-encoding", "content-disposition", "content-id"} | {"to", "cc", "subject", "list-id"}
CONTENT = ("content-type", "content-transfer-encoding", "content-disposition", "content-language", "content-md5", "content-length")
MOST_NESTED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to go: texts wherever they stand, attachments by their numbers, the subject, or all that was written.

    `note` stands in the place of what is taken out whole, `note_name` is the name of such a file.
    """

    words: tuple[str, ...] = ()
    attachments: frozenset[int] = frozenset()
    body: bool = False
    subject: bool = False
    note: str = BAR
    note_name: str = "removed.txt"


def redact(raw: bytes, plan: Plan) -> bytes:
    """The mail without it; the same bytes where there is nothing of it."""
    if plan.body:
        return _emptied(raw, plan)
    pattern = _pattern(plan.words)
    if plan.subject:
        raw = _without_subject(raw)
    made = _edited(raw, plan, pattern) if pattern or plan.attachments else raw
    if pattern and (pattern.search(_said(made)) or any(pattern.search(file.name) for file in parse.parse(made).attachments)):
        made = _stubborn(made, plan, pattern)
    return made


def says(raw: bytes, words: Collection[str]) -> bool:
    """Would `redact` find one of these texts in the mail?"""
    pattern = _pattern(tuple(words))
    return pattern is not None and redact(raw, Plan(words=tuple(words))) != raw


def in_text(text: str, words: Collection[str]) -> str:
    """A text with bars in the place of these words."""
    pattern = _pattern(tuple(words))
    return pattern.sub(BAR, text) if pattern else text


def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Any of the texts, in any case, over line ends, with letters composed or decomposed; the longest first."""
    forms = {form(kind, word.strip()) for word in words if word.strip() for kind in ("NFC", "NFD")}
    ordered = sorted(forms, key=lambda one: (-len(one), one))
    return re.compile("|".join(GAP.join(map(spelled, one.split())) for one in ordered), re.I) if ordered else None


def spelled(word: str) -> str:
    """An expression for a word, whatever unseen letters stand within it."""
    return NOTHING.join(map(re.escape, re.sub(NOTHING, "", word)))


def form(kind: str, word: str) -> str:
    """A text in one of Unicode's normal forms."""
    return normalize("NFD" if kind == "NFD" else "NFC", word)


def _said(raw: bytes) -> str:
    post = parse.parse(raw)
    return "\n".join((post.subject, post.text, to_text(post.html) if post.html else ""))


def _emptied(raw: bytes, plan: Plan) -> bytes:
    found, _ = headers.split(raw)
    kept = [field for field in found if field.name in REMAINING and not (plan.subject and field.name == "subject")]
    pattern = _pattern(plan.words)
    head = headers.join(_field(field, pattern) if pattern else field for field in kept)
    return head + typed("text/plain", {"charset": "utf-8"}, "", "quoted-printable") + b"\r\n" + quoted(plan.note)


def _without_subject(raw: bytes) -> bytes:
    found, body = headers.split(raw)
    if not any(field.name == "subject" for field in found):
        return raw
    return headers.join(headers.without(found, lambda field: field.name == "subject")) + b"\r\n" + body


def _edited(raw: bytes, plan: Plan, pattern: re.Pattern[str] | None, depth: int = 0) -> bytes:
    root = mime.read(raw)
    doomed = _doomed(root, plan.attachments)
    edits: list[tuple[int, int, bytes]] = []
    for part in _every(root):
        start, body, end = part.span
        if part.children:
            edits += _around(raw, part, pattern)
        elif any(part is one for one in doomed):
            edits.append((start, end, _as_note(raw, part, plan, root)))
            continue
        elif (made := _content(part, pattern, depth, plan)) is not None:
            edits.append((start, end, _head(raw[start:body], part, pattern, made[1]) + made[0]))
            continue
        head = _head(raw[start:body], part, pattern, None)
        if head != raw[start:body]:
            edits.append((start, body, head))
    for start, end, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        raw = raw[:start] + new + raw[end:]
    return raw


def _every(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _every(child)


def _doomed(root: Part, numbers: Collection[int]) -> list[Part]:
    """The parts that are these attachments; of a file in a winmail.dat, whatever it may lie in."""
    contents = bodies.sort(root)
    chosen = [part for number, part in enumerate(contents.attached, 1) if number in numbers]
    leaves = list(root.leaves())
    if any(all(part is not leaf for leaf in leaves) for part in chosen):
        chosen += [leaf for leaf in leaves if winmail.is_envelope(leaf)]
    return chosen


def _as_note(raw: bytes, part: Part, plan: Plan, root: Part) -> bytes:
    """An attachment's place, kept, so that those behind it keep their numbers."""
    kept = b"" if part is not root else headers.join(field for field in headers.split(raw[: part.span[1]])[0] if field.name not in CONTENT)
    head = typed("text/plain", {"charset": "utf-8"}, "attachment", "quoted-printable", name=plan.note_name)
    return kept + head + b"\r\n" + quoted(plan.note)


def _around(raw: bytes, part: Part, pattern: re.Pattern[str] | None) -> Iterator[tuple[int, int, bytes]]:
    """What stands before, between and behind the parts of a multipart, where no mail program shows it."""
    edges = [part.span[1], *(edge for child in part.children for edge in (child.span[0], child.span[2])), part.span[2]]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        text = raw[start:end].decode("utf-8", "surrogateescape")
        if pattern and pattern.search(text):
            yield start, end, pattern.sub(BAR, text).encode("utf-8", "surrogateescape")


def _content(part: Part, pattern: re.Pattern[str] | None, depth: int, plan: Plan) -> tuple[bytes, bytes] | None:
    """The new body of a part that says it, and the fields that tell how it is written; None where it does not."""
    if pattern is None:
        return None
    if part.type == "message/rfc822" or part.type == "message/global":
        within = part.content()
        made = _edited(within, Plan(plan.words), pattern, depth + 1) if depth < MOST_NESTED else within
        return (made, typed(part.type, {}, part.disposition, "8bit", name=_named(part, pattern))) if made != within else None
    if winmail.is_envelope(part):
        letter, files = winmail.opened(part, with_letter=True)
        inside = [one.text for one in (letter, *files) if one is not None and one.type.startswith("text/")]
        named = [one.name for one in files]
        return _removed(plan) if any(pattern.search(text) for text in (*inside, *named)) else None
    if not part.type.startswith(("text/", "message/")):
        return None
    text = in_html(part.text, pattern) if part.type == "text/html" else pattern.sub(BAR, part.text)
    if text == part.text:
        return None
    kept = {name: value for name, value in part.parameters.items() if name in ("format", "delsp", "method")}
    written = "base64" if part.first("content-transfer-encoding").strip().lower() == "base64" else "quoted-printable"
    body = binascii.b2a_base64(text.encode()) if written == "base64" else quoted(text)
    if written == "base64":
        body = b"\r\n".join(body[at : at + 76].strip() for at in range(0, len(body), 76)) + b"\r\n"
    return body, typed(part.type, {"charset": "utf-8", **kept}, part.disposition, written, name=_named(part, pattern))


def _removed(plan: Plan) -> tuple[bytes, bytes]:
    return quoted(plan.note), typed("text/plain", {"charset": "utf-8"}, "attachment", "quoted-printable", name=plan.note_name)


def _named(part: Part, pattern: re.Pattern[str]) -> str:
    return pattern.sub(BAR, part.name)


def _stubborn(raw: bytes, plan: Plan, pattern: re.Pattern[str]) -> bytes:
    """Take out the parts that still say it when they are read."""
    root = mime.read(raw)
    edits = []
    for part in root.leaves():
        start, body, end = part.span
        text = to_text(part.text) if part.type == "text/html" else bodies.text_of(part) if part.type.startswith("text/") else ""
        if pattern.search(text) or pattern.search(part.name):
            content = typed("text/plain", {"charset": "utf-8"}, part.disposition, "quoted-printable")
            edits.append((start, end, _head(raw[start:body], part, pattern, content) + quoted(plan.note)))
    for start, end, new in reversed(edits):
        raw = raw[:start] + new + raw[end:]
    # Read as a whole it must be silent: where it is not, nothing of it can be trusted.
    return raw if not pattern.search(_said(raw)) else _emptied(raw, Plan(plan.words, body=True, note=plan.note))


def _head(raw: bytes, part: Part, pattern: re.Pattern[str] | None, content: bytes | None) -> bytes:
    """A part's fields without the words; `content` replaces what they say of its body."""
    found = headers.split(raw)[0]
    made = [_field(field, pattern) if pattern else field for field in found]
    if content is None and pattern and pattern.search(part.name):
        kept = {name: value for name, value in part.parameters.items() if name not in ("name", "filename")}
        encoding = part.first("content-transfer-encoding").strip()
        content = typed(part.type, kept, part.disposition, encoding if TOKEN.fullmatch(encoding) else "", name=_named(part, pattern))
    if content is None and made == found:
        return raw
    if content is not None:
        made = [field for field in made if field.name not in CONTENT]
    return headers.join(made) + (content or b"") + b"\r\n"


def _field(field: headers.Field, pattern: re.Pattern[str]) -> headers.Field:
    text = fields.line(field.value.decode("ascii", "surrogateescape"))
    if field.name in KEPT_FIELDS or not pattern.search(text):
        return field
    name = field.raw.split(b":", 1)[0].decode("ascii").strip()
    value = Header(pattern.sub(BAR, text), "utf-8", header_name=name).encode(linesep="\r\n")
    return headers.Field(field.name, f"{name}: {value}\r\n".encode("ascii", "replace"))
