"""The lists of a Mailman 3, from the rows of its database. Read are the tables of versions 3.2 to 3.3."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from listserv.mailman import common
from listserv.mailman.pickles import Record, load
from listserv.mailman.requests3 import Requests, Store
from listserv.mailman.rows import Row, Rows, grouped, moment
from listserv.mailman.values import Found, FoundList, Person, Unreadable

ROLES = {1: "member", 2: "owner", 3: "moderator"}
NONMEMBER = 4
# Delivery modes: 1 is each post, the others are kinds of digests.
REGULAR = 1
ENABLED, BY_USER, BY_BOUNCES, BY_MODERATOR = 1, 2, 3, 4
HOLD, REJECT, DISCARD, ACCEPT = 0, 1, 2, 3
HELD = (HOLD, REJECT, DISCARD)
ARCHIVES = {0: "never", 1: "private", 2: "public"}
TO_LIST, EXPLICIT = 1, (2, 3)
MODERATED_JOINING = (2, 3)


def found(rows: Rows, store: Store | None, zone: tzinfo) -> Found:
    """Everything in these rows that we know what to do with, or can say that we do not. Without `store` no held post comes."""
    reader = _Reader(rows, store, zone)
    everywhere = tuple(row["email"] for row in rows.bans if row["email"] and not row["list_id"])
    return Found(tuple(reader.found(row) for row in rows.lists if row["list_name"]), everywhere)


class _Reader:
    """Reads lists, one by one."""

    def __init__(self, rows: Rows, store: Store | None, zone: tzinfo) -> None:
        self.rows, self.zone = rows, zone
        self.requests = Requests(rows, store, zone)
        self.members = grouped(rows.members, "list_id")
        self.linked = grouped(list(rows.addresses.values()), "user_id")
        self.filters, self.headers = grouped(rows.filters, "mailing_list_id"), grouped(rows.headers, "mailing_list_id")
        self.aliases, self.bans = grouped(rows.aliases, "mailing_list_id"), grouped(rows.bans, "list_id")

    def found(self, row: Row) -> FoundList:
        """One list with all that belongs to it."""
        people, others = tuple(self.people(row)), list(self.nonmembers(row))
        settings, notes = self.settings(row, people)
        unconfirmed = [person.email for person in people if not person.confirmed]
        if unconfirmed:
            notes.append(f"have never confirmed their address, and come along as they are: {common.shown(unconfirmed)}")
        posts, wishes = tuple(self.requests.posts(row)), tuple(self.requests.wishes(row))
        cannot = (*self.cannot(row), *others, *self.requests.others(row))
        bans = tuple(ban["email"] for ban in self.bans.get(row["list_id"], ()) if row["list_id"] and ban["email"])
        return FoundList(row["list_name"], row["mail_host"] or "", settings, people, bans, posts, wishes, tuple(notes), cannot)

    def preferences(self, *numbers: int | None) -> tuple[int, int, str]:
        """Delivery mode, status and language: the first that says so, as Mailman asks member, address, person."""
        rows = [row for number in numbers if number is not None and (row := self.rows.preferences.get(number))]
        mode = next((row["delivery_mode"] for row in rows if row["delivery_mode"] is not None), REGULAR)
        status = next((row["delivery_status"] for row in rows if row["delivery_status"] is not None), ENABLED)
        language = next((row["preferred_language"] for row in rows if row["preferred_language"]), "")
        return mode, status, language

    def address_of(self, member: Row) -> Row | None:
        """The address that a membership stands for: its own, or the one that the person prefers."""
        user = self.rows.users.get(member["user_id"])
        number = member["address_id"] if member["address_id"] is not None else user["_preferred_address_id"] if user else None
        return self.rows.addresses.get(number) if number is not None else None

    def people(self, row: Row) -> Iterator[Person]:
        """Everyone who is a member, a moderator or an owner: each person once, in the highest role."""
        found: dict[Any, list[tuple[Row, Row]]] = {}
        for member in self.members.get(row["list_id"], ()):
            address = self.address_of(member)
            if address and member["role"] in ROLES:
                # Two addresses of one person are one membership here.
                found.setdefault(address["user_id"] or address["email"], []).append((member, address))
        for several in found.values():
            yield self.person(row, several)

    def person(self, row: Row, several: list[tuple[Row, Row]]) -> Person:
        subscribed = [(member, address) for member, address in several if ROLES[member["role"]] == "member"]
        member, address = (subscribed or several)[0]
        user = self.rows.users.get(address["user_id"])
        mode, status, language = self.preferences(member["preferences_id"], address["preferences_id"], user["preferences_id"] if user else None)
        delivery, state = _delivery(mode, status) if subscribed else ("none", "enabled")
        role = common.highest(ROLES[one["role"]] for one, _ in several)
        name = address["display_name"] or (user["display_name"] if user else "") or ""
        action = member["moderation_action"] if member["moderation_action"] is not None else row["default_member_action"]
        return Person(
            email=_written(address),
            name=common.person_name(name),
            role=role,
            delivery=delivery,
            status=state,
            moderated=role == "member" and action in HELD,
            language=common.language(language),
            since=moment(address["registered_on"], self.zone),
            confirmed=address["verified_on"] is not None,
            others=tuple(self.others(address)),
        )

    def others(self, address: Row) -> Iterator[str]:
        """The person's other addresses: Mailman takes posts from them, too."""
        for other in self.linked.get(address["user_id"], ()) if address["user_id"] is not None else ():
            if other["id"] != address["id"] and other["verified_on"] is not None:
                yield _written(other)

    def settings(self, row: Row, people: tuple[Person, ...]) -> tuple[dict[str, str], list[str]]:
        """Our settings, and what to tell about them."""
        title = row["display_name"] or row["list_name"]
        size, about_size = common.about_size(row["max_message_size"] or 0)
        usual = {f"[{one}]" for one in (row["display_name"], row["list_name"], row["list_name"].capitalize())}
        tag, about_tag = common.about_prefix(row["subject_prefix"] or "", usual)
        writers = {person.email: person.moderated for person in people if person.role == "member"}
        moderate, about_members = common.moderation(writers, newcomers=row["default_member_action"] in HELD)
        settings = {
            "title": title,
            "description": "\n\n".join(filter(None, (row["description"], row["info"]))),
            "language": common.language(row["preferred_language"] or ""),
            "joining": "application" if row["subscription_policy"] in MODERATED_JOINING else "open",
            "reply_to": "list" if row["reply_goes_to_list"] == TO_LIST else "author",
            "subject_tag": tag,
            "alias": " ".join(self.alias(row)[0]),
            "max_size": size,
            "emergency": "yes" if row["emergency"] or row["anonymous_list"] else "no",
            "moderate_members": "yes" if moderate else "no",
        }
        archive = ARCHIVES.get(row["archive_policy"], "private")
        return settings, [note for note in (common.about_archive(archive), about_tag, about_size, about_members) if note]

    def alias(self, row: Row) -> tuple[list[str], list[str]]:
        """Other addresses of the list; and patterns of such."""
        return common.plain_addresses(alias["alias"] or "" for alias in self.aliases.get(row["id"], ()))

    def cannot(self, row: Row) -> Iterator[str]:
        """What we have nothing for."""
        if row["anonymous_list"]:
            yield "it hid who wrote; here the author is seen by all: so emergency=yes, nothing goes out until you decide"
        if row["reply_goes_to_list"] in EXPLICIT:
            yield f"answers went to {row['reply_to_address']}; here they go to the author or to the list (reply_to)"
        if not common.language(row["preferred_language"] or ""):
            yield f"its language ({row['preferred_language']}): the site's is taken"
        if self.alias(row)[1]:
            yield f"aliases that are patterns: {common.shown(self.alias(row)[1])}"
        if self.headers.get(row["id"]):
            yield f"header filters ({len(self.headers[row['id']])}): let the mail server in front filter"
        if row["filter_content"] or self.filters.get(row["id"]):
            yield "content filters: attachments and HTML stay as they are"
        if row["default_nonmember_action"] in (ACCEPT, REJECT, DISCARD):
            yield "posts of strangers were accepted, refused or dropped; here they wait for a moderator"
        if row["default_member_action"] in (REJECT, DISCARD):
            yield "members' posts were refused or dropped; here they wait for a moderator"
        for column, sentence in OTHERS:
            if _told(row[column]):
                yield sentence

    def nonmembers(self, row: Row) -> Iterator[str]:
        """What to do about strangers with a rule of their own."""
        actions: dict[int, list[str]] = defaultdict(list)
        for member in self.members.get(row["list_id"], ()):
            address = self.address_of(member)
            if address and member["role"] == NONMEMBER and member["moderation_action"] is not None:
                actions[member["moderation_action"]].append(_written(address))
        friends, unwanted = actions[ACCEPT], actions[REJECT] + actions[DISCARD]
        if friends:
            told = f"posts of {common.shown(friends)} were accepted without being members"
            yield f"{told}: `member add NAME EMAIL --delivery none` for each who may go on"
        if unwanted:
            yield f"posts of {common.shown(unwanted)} were refused or dropped; here they wait: `ban add NAME EMAIL` refuses them"


OTHERS = (
    ("accept_these_nonmembers", "old rules for single strangers (accept_these_nonmembers): `member add NAME EMAIL --delivery none`"),
    ("reject_these_nonmembers", "old rules for single strangers (reject_these_nonmembers): `ban add NAME EMAIL`"),
    ("discard_these_nonmembers", "old rules for single strangers (discard_these_nonmembers): `ban add NAME EMAIL`"),
    ("topics", "topics of Mailman (patterns in subjects): `topic add` makes areas that people choose"),
    ("autorespond_postings", "automatic answers to posts"),
    ("gateway_to_news", "the gateway to newsgroups"),
)


def _told(value: Any) -> bool:
    """Is there anything in a column? Lists are kept as pickles."""
    if not isinstance(value, bytes):
        return bool(value)
    try:
        kept = load(value)
    except Unreadable:
        return True
    if isinstance(kept, Record):
        return bool(kept.items or any(kept.args))
    return bool(kept)


def _written(address: Row) -> str:
    """An address as its owner writes it, with capitals."""
    return str(address["_original"] or address["email"] or "")


def _delivery(mode: int, status: int) -> tuple[str, str]:
    """Our delivery and status for how Mailman sends to a member."""
    delivery = "each" if mode == REGULAR else "digest"
    if status == BY_BOUNCES:
        return delivery, "bouncing"
    if status == BY_MODERATOR:
        return delivery, "paused"
    return (delivery if status == ENABLED else "none"), "enabled"
