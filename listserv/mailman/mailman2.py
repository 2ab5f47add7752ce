"""A list of Mailman 2: `config.pck`, and beside it `request.pck` and the posts in `data/heldmsg-…`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from listserv.mail.fields import words
from listserv.mailman import common
from listserv.mailman.messages import mail
from listserv.mailman.pickles import load
from listserv.mailman.values import FoundList, HeldPost, Person, Unreadable, Wish

# Bits of a member's options, and what is behind `delivery_status`.
NO_DELIVERY, MODERATED = 1, 128
BY_ADMIN, BY_BOUNCE = 3, 4
# Kinds of requests.
POST, SUBSCRIPTION, UNSUBSCRIPTION = 1, 2, 3
# Characters and words in one list: room for a hundred and fifty thousand members.
MOST_TEXT, MOST_WORDS = 32 << 20, 200_000
# What Mailman 2 wrote in before everything was UTF-8.
CHARSETS = {
    **dict.fromkeys(("pl", "cs", "hr", "hu", "ro", "sl"), "iso-8859-2"),
    **dict.fromkeys(("et", "eu", "ia"), "iso-8859-15"),
    "el": "iso-8859-7",
    "ja": "euc-jp",
    "ko": "euc-kr",
    "lt": "iso-8859-13",
    "ru": "koi8-r",
    "tr": "iso-8859-9",
}
# The beginnings of the sentences in which Mailman 2 says why it holds a post.
REASONS = {
    "Post by non-member": "nonmember",
    "Post to moderated list": "moderated",
    "Post by a moderated member": "moderated",
    "Emergency hold": "emergency",
    "Message body is too big": "too-big",
    "Message may contain administrivia": "request",
}

# Gives the bytes of a held post by its file name; None where there is no such file.
Keeper = Callable[[str], bytes | None]


def nothing_kept(_: str) -> bytes | None:
    """No file is there."""
    return None


def read(config: bytes, name: str, requests: bytes | None = None, held: Keeper = nothing_kept) -> FoundList:
    """The list in a `config.pck`. Raises Unreadable. `name` is the folder's, where it is known."""
    raw = load(config)
    if not isinstance(raw, dict) or not isinstance(_key(raw, "members"), dict):
        raise Unreadable("is a pickle, but not of a list of Mailman 2")
    found = _Reader(raw).found(name)
    return _with_requests(found, _Reader(raw), requests, held) if requests is not None else found


def _key(raw: Mapping[Any, Any], name: str) -> Any:
    return raw.get(name.encode(), raw.get(name))


class _Reader:
    """Reads the values of one configuration."""

    def __init__(self, raw: Mapping[Any, Any]) -> None:
        self.raw = raw
        self.charset = "utf-8"
        self.left = MOST_TEXT
        self.code = self.text("preferred_language")
        self.charset = CHARSETS.get(self.code.split("_")[0], "cp1252")

    def get(self, name: str) -> Any:
        return _key(self.raw, name)

    def decoded(self, value: Any) -> str:
        """Text: UTF-8 where it is, else in the charset of the list's language. Raises Unreadable when it becomes too much."""
        self.left -= len(value) if isinstance(value, (bytes, str)) else 0
        if self.left < 0:
            raise Unreadable("holds more text than any list of Mailman's")
        if isinstance(value, str):
            return common.person_name(value.encode("utf-8", "replace").decode())
        if not isinstance(value, bytes):
            return ""
        try:
            return common.person_name(value.decode())
        except UnicodeDecodeError:
            return common.person_name(value.decode(self.charset, "replace"))

    def text(self, name: str) -> str:
        return self.decoded(self.get(name))

    def number(self, name: str) -> int:
        value = self.get(name)
        return int(value) if isinstance(value, (int, float)) and abs(value) < 1 << 40 else 0

    def texts(self, name: str) -> list[str]:
        value = self.get(name)
        if isinstance(value, list):
            return [self.decoded(one) for one in value]
        parts = self.text(name).split(None, MOST_WORDS)
        if len(parts) > MOST_WORDS:
            raise Unreadable("holds more text than any list of Mailman's")
        return parts

    def table(self, name: str) -> dict[str, Any]:
        """A dictionary by address."""
        value = self.get(name)
        return {self.decoded(key): one for key, one in value.items()} if isinstance(value, dict) else {}

    def found(self, name: str) -> FoundList:
        people = tuple(self.people())
        real = self.text("real_name")
        settings, notes, cannot = self.settings(real, people)
        bans = tuple(self.texts("ban_list"))
        return FoundList(name or real.lower(), self.text("host_name"), settings, people, bans, notes=tuple(notes), cannot=tuple(cannot))

    def people(self) -> Iterator[Person]:
        """Members, each once; then those who decide and are no members: they get no posts."""
        members = dict(self.members())
        deciding: dict[str, tuple[str, str]] = {}
        for role in ("moderator", "owner"):
            deciding |= {email.lower(): (email, role) for email in self.texts(role) if email}
        for key, (email, role) in deciding.items():
            if key not in members:
                members[key] = Person(email, delivery="none")
            members[key] = replace(members[key], role=role, moderated=False)
        yield from members.values()

    def members(self) -> Iterator[tuple[str, Person]]:
        options, names, tongues, states = map(self.table, ("user_options", "usernames", "language", "delivery_status"))
        for table, delivery in (("members", "each"), ("digest_members", "digest")):
            for key, value in self.table(table).items():
                bits = options.get(key) if isinstance(options.get(key), int) else 0
                mode, status = _delivery(delivery, bits or 0, states.get(key))
                # An address that was written with capitals stands there as it was written, any other as 0.
                email = self.decoded(value) or key
                # The list's own language is everybody's, whose is not said.
                tongue = common.language(self.decoded(tongues.get(key)))
                tongue = "" if tongue == common.language(self.code) else tongue
                held = bool((bits or 0) & MODERATED)
                yield key.lower(), Person(email, self.decoded(names.get(key)), "member", mode, status, held, tongue)

    def settings(self, real: str, people: tuple[Person, ...]) -> tuple[dict[str, str], list[str], list[str]]:
        """Our settings; what to tell; what does not come."""
        size, about_size = common.about_size(self.number("max_message_size"))
        usual = (f"[{real}]", "[%(real_name)s]")
        tag, about_tag = common.about_prefix(self.text("subject_prefix").replace("%%", "%"), usual)
        writers = {person.email: person.moderated for person in people if person.role == "member"}
        moderate, about_members = common.moderation(writers, newcomers=bool(self.number("default_member_moderation")))
        aliases, patterns = common.plain_addresses(self.texts("acceptable_aliases"))
        anonymous = bool(self.number("anonymous_list"))
        settings = {
            "title": real,
            "description": "\n\n".join(filter(None, (self.text("description"), self.text("info")))),
            "language": common.language(self.code),
            "joining": "application" if self.number("subscribe_policy") in (2, 3) else "open",
            "reply_to": "list" if self.number("reply_goes_to_list") == 1 else "author",
            "subject_tag": tag,
            "alias": " ".join(aliases),
            "max_size": size,
            "emergency": "yes" if self.number("emergency") or anonymous else "no",
            "moderate_members": "yes" if moderate else "no",
        }
        archive = "never" if not self.number("archive") else "private" if self.number("archive_private") else "public"
        notes = [common.about_archive(archive), about_tag, about_size, about_members]
        return settings, [note for note in notes if note], list(self.cannot(patterns, anonymous))

    def cannot(self, patterns: list[str], anonymous: bool) -> Iterator[str]:
        """What we have nothing for."""
        if anonymous:
            yield "it hid who wrote; here the author is seen by all: so emergency=yes, nothing goes out until you decide"
        if self.number("reply_goes_to_list") == 2:
            yield f"answers went to {self.text('reply_to_address')}; here they go to the author or to the list (reply_to)"
        if not common.language(self.code):
            yield f"its language ({self.code}): the site's is taken"
        if patterns:
            yield f"aliases that are patterns: {common.shown(patterns)}"
        for name, sentence in OTHERS:
            if self.get(name):
                yield sentence
        if self.texts("accept_these_nonmembers"):
            friends = common.shown(self.texts("accept_these_nonmembers"))
            yield f"posts of {friends} were accepted without being members: `member add NAME EMAIL --delivery none` for each who may go on"


OTHERS = (
    ("msg_footer", "footers and headers around posts: they would break the authors' DKIM signatures"),
    ("header_filter_rules", "header filters: let the mail server in front filter"),
    ("filter_content", "content filters: attachments and HTML stay as they are"),
    ("topics", "topics of Mailman (patterns in subjects): `topic add` makes areas that people choose"),
    ("hold_these_nonmembers", "separate rules for non-members: all of theirs wait for a moderator"),
    ("discard_these_nonmembers", "separate rules for non-members whose posts were dropped: `ban add NAME EMAIL` for each"),
    ("autorespond_postings", "automatic answers to posts"),
    ("umbrella_list", "an umbrella over other lists"),
    ("gateway_to_news", "the gateway to newsgroups"),
)


def _delivery(delivery: str, bits: int, state: Any) -> tuple[str, str]:
    """Our delivery and status for how Mailman sends to a member."""
    code = state[0] if isinstance(state, tuple) and state else 0
    if code == BY_BOUNCE:
        return delivery, "bouncing"
    if code == BY_ADMIN:
        return delivery, "paused"
    return ("none" if code or bits & NO_DELIVERY else delivery), "enabled"


def _with_requests(found: FoundList, reader: _Reader, raw: bytes, held: Keeper) -> FoundList:
    """The list with what waits for its moderators."""
    try:
        requests = load(raw)
    except Unreadable as wrong:
        return replace(found, cannot=(*found.cannot, f"held posts and applications: request.pck {wrong}"))
    entries = [entry for entry in requests.values() if isinstance(entry, tuple)] if isinstance(requests, dict) else []
    whole = [entry for entry in entries if len(entry) == 2 and isinstance(entry[1], (tuple, bytes, str))]
    posts = [_post(data, reader, held) for kind, data in whole if kind == POST and len(data) >= 5]
    wishes = [_wish(data, reader) for kind, data in whole if kind == SUBSCRIPTION and len(data) >= 3]
    leaving = [reader.decoded(data[0] if isinstance(data, tuple) and data else data) for kind, data in whole if kind == UNSUBSCRIPTION]
    cannot = list(found.cannot)
    if leaving:
        cannot.append(f"wishes to leave that wait for a moderator: `member remove NAME EMAIL` for {common.shown(leaving)}")
    return replace(found, posts=tuple(posts), wishes=tuple(wishes), cannot=tuple(cannot))


def _post(data: Any, reader: _Reader, held: Keeper) -> HeldPost:
    since = _moment(data[0])
    sender, subject, why, file = (reader.decoded(value) for value in data[1:5])
    subject = words(subject)
    reasons = tuple(word for beginning, word in REASONS.items() if why.startswith(beginning))
    raw = held(file)
    if raw is None:
        return HeldPost(sender, subject, since, reasons, why=f"{file} is not there")
    try:
        return HeldPost(sender, subject, since, reasons, mail(raw))
    except Unreadable as wrong:
        return HeldPost(sender, subject, since, reasons, why=f"{file} {wrong}")


def _wish(data: Any, reader: _Reader) -> Wish:
    tongue = common.language(reader.decoded(data[5])) if len(data) > 5 else ""
    # Before 2.1 an application was without a name.
    name = reader.decoded(data[2]) if len(data) > 5 else ""
    return Wish(reader.decoded(data[1]), name, tongue, _moment(data[0]))


def _moment(value: Any) -> datetime | None:
    """Seconds since the epoch."""
    try:
        return datetime.fromtimestamp(value, UTC) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    except (ValueError, OverflowError, OSError):
        return None
