"""The mailboxes in From, To, Cc and Reply-To (RFC 5322 section 3.4, and what programs write instead).

Who the author is decides what a mail may do. So nothing is guessed: two addresses without a comma between them are two
authors, and what is not an address is none.
"""

import re
from collections.abc import Iterable, Iterator

from listserv.mail.address import Mailbox, key
from listserv.mail.fields import line, unquoted

# An encoded word is one token: some programs leave a comma bare in it.
TOKEN = re.compile(r'=\?[\w.:*+-]{1,60}\?[bBqQ]\?[^?\s]*\?=|"(?:[^"\\]|\\.)*"|\\.|\[[^\s\[\]"\\<>]{1,80}\]|[^\s"\\(),:;<>\[]+|\s+|.', re.S)
ADDRESS_TOKEN = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+', re.S)
QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
# RFC 5321 section 4.1.2, but dots may stand anywhere: Japanese mobile providers give out such addresses.
PLAIN_LOCAL = re.compile(r'[^\s"(),:;<>@\[\\\]]+')
# Labels of letters, digits and hyphens (an underscore is seen), of any script; or an address in brackets.
LABEL = r"(?!-)(?:[A-Za-z0-9_-]|[^\x00-\x7f]){1,63}+(?<!-)"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*|\[[\w.:-]{{1,80}}\]")
LONGEST_ADDRESS = 320
LONGEST_NAME = 200
LONGEST_DOMAIN = 253
# All fields of one name together: somebody may send thousands.
LONGEST_FIELDS = 131_072


def mailboxes(values: Iterable[str]) -> tuple[Mailbox, ...]:
    """All mailboxes of the fields; groups are dissolved, and what holds no address is left out."""
    return tuple(_named_whole(_read(values)))


def _named_whole(read: Iterable[Mailbox]) -> Iterator[Mailbox]:
    """Those with an address; „Kowalska, Anna <…>” without quotation marks is one name, and no two people."""
    before: list[str] = []
    for mailbox in read:
        if not mailbox.address:
            before.append(mailbox.name)
            continue
        whole = mailbox.name and all(name and "@" not in name for name in before)
        yield Mailbox(", ".join((*before, mailbox.name))[:LONGEST_NAME], mailbox.address) if before and whole else mailbox
        before = []


def first_name(values: Iterable[str]) -> str:
    """What a field calls the first person in it: the name, else the address, else whatever stands there."""
    return next((mailbox.name or mailbox.address for mailbox in _read(values)), "")


def _read(values: Iterable[str]) -> Iterator[Mailbox]:
    left = LONGEST_FIELDS
    for value in values:
        left -= len(value)
        if left >= 0:
            yield from _Reader(value).read()


class _Reader:
    """Reads one field, token by token."""

    def __init__(self, value: str) -> None:
        self.tokens = TOKEN.findall(value)
        self.found: list[Mailbox] = []
        self._begin()

    def _begin(self) -> None:
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.angle: list[str] | None = None
        self.closed = False

    def read(self) -> list[Mailbox]:
        """The mailboxes in order; those of which there is only a name have no address."""
        depth = 0
        for token in self.tokens:
            if token in ("(", ")"):
                depth = max(0, depth + (1 if token == "(" else -1))  # nosec B105: a sign of a header
                token = " "  # nosec B105: a sign of a header
            if depth:
                self.comment.append(token)
            else:
                self._take(token)
        self._end()
        return self.found

    def _take(self, token: str) -> None:
        if token in (",", ";"):
            self._end()
        elif token == "<":  # nosec B105: a sign of a header
            if self.closed:
                self._end()
            self.angle = []
        elif token == ">":  # nosec B105: a sign of a header
            self.closed = self.angle is not None
        elif self.angle is not None and not self.closed:
            self.angle.append(token)
        elif token == ":" and self.angle is None:  # nosec B105: a sign of a header
            self.phrase.clear()  # so far it was the name of a group
        elif not token.isspace():
            self.phrase.append(token)
        elif self.phrase and self.phrase[-1] != " ":
            self.phrase.append(" ")

    def _end(self) -> None:
        name = _name(self.phrase) or _name(self.comment)
        if self.angle is not None:
            self.found.append(Mailbox(name, _address("".join(token for token in self.angle if not token.isspace()))))
        elif any("@" in token for token in self.phrase):
            self._bare()
        elif name:
            self.found.append(Mailbox(_name(self.comment) or name, ""))
        self._begin()

    def _bare(self) -> None:
        """Addresses without brackets; what stands around them is the name."""
        phrase = re.sub(r" ?@ ?| \. ?", lambda found: found[0].strip(), "".join(self.phrase))
        tokens = ADDRESS_TOKEN.findall(phrase)
        name = _name(f"{token} " for token in tokens if "@" not in token) or _name(self.comment)
        self.found += [Mailbox(name, _address(token)) for token in tokens if "@" in token]


def _name(tokens: Iterable[str]) -> str:
    text = "".join(unquoted(token) if token[0] == '"' else token.removeprefix("\\") for token in tokens)
    name = line(text)
    return (name[1:-1] if len(name) > 2 and name[0] == name[-1] == "'" else name)[:LONGEST_NAME].rstrip()


def _address(text: str) -> str:
    """The address as it is meant; empty where it is none."""
    if text.startswith("@"):
        text = text.rpartition(":")[2]  # the route of RFC 822
    text = line(re.sub("(?i)^mailto:([^?]*).*", r"\1", text)).strip("'")
    local, _, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    if not local or not _can_be(domain):
        return ""
    text = f"{local}@{domain}"
    # What is compared and kept is the folded form, and that may be longer: "İ" is two characters there.
    if len(text) > LONGEST_ADDRESS or not text.isascii() and len(key(text)) > LONGEST_ADDRESS:
        return ""
    return text if PLAIN_LOCAL.fullmatch(local) or QUOTED_LOCAL.fullmatch(local) else ""


def _can_be(domain: str) -> bool:
    """Can there be such a domain? One that DNS cannot hold is nobody's."""
    if len(domain) > LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        return False
    try:
        return domain.isascii() or bool(domain.encode("idna"))
    except UnicodeError:
        return False
