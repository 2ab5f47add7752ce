"""What waits for an answer in a Mailman 3: held posts, wishes to join, wishes to leave."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from listserv.mail.fields import words
from listserv.mailman import common
from listserv.mailman.messages import mail
from listserv.mailman.pickles import load
from listserv.mailman.rows import Row, Rows, grouped, moment
from listserv.mailman.values import HeldPost, Unreadable, Wish

# Gives the bytes of a message by its path in the message store; None where there is no such file.
Store = Callable[[str], bytes | None]

HELD_MESSAGE, UNSUBSCRIPTION = 1, 3
MODERATOR = "moderator"
# Mailman's rules that are also ours.
REASONS = {
    "nonmember-moderation": "nonmember",
    "member-moderation": "moderated",
    "emergency": "emergency",
    "max-size": "too-big",
    "administrivia": "request",
    "no-senders": "no-author",
}


class Requests:
    """Reads them, list by list."""

    def __init__(self, rows: Rows, store: Store | None, zone: tzinfo) -> None:
        self.rows, self.store, self.zone = rows, store, zone
        self.requests = grouped(rows.requests, "mailing_list_id")
        # Wishes to join and to leave, by list.
        self.wished: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for pended in rows.pended.values():
            if pended.get("type") in ("subscription", "unsubscription"):
                data = _values(pended)
                self.wished[pended["type"], _text(data.get("list_id"))].append(data)

    def posts(self, mlist: Row) -> Iterator[HeldPost]:
        """Posts that wait for a moderator."""
        for request in self.requests.get(mlist["id"], ()):
            if request["request_type"] == HELD_MESSAGE:
                yield self._post(request["key"] or "", _values(self.rows.pended.get(request["data_hash"] or "", {})))

    def _post(self, message_id: str, data: Mapping[str, Any]) -> HeldPost:
        sender, subject = _text(data.get("_mod_sender")), words(_text(data.get("_mod_subject")))
        since = moment(_iso(data.get("_mod_hold_date")), self.zone)
        reasons = tuple(dict.fromkeys(REASONS[hit] for hit in _hits(data.get("_pck_rule_hits")) if hit in REASONS))
        path = self.rows.paths.get(message_id)
        raw = self.store(path) if path and self.store else None
        if raw is None:
            why = "its message is not in Mailman's message store" if self.store else "it lies in Mailman's folder: say which with --var DIR"
            return HeldPost(sender, subject, since, reasons, why=why)
        try:
            return HeldPost(sender, subject, since, reasons, mail(raw))
        except Unreadable as wrong:
            return HeldPost(sender, subject, since, reasons, why=f"messages/{path} {wrong}")

    def wishes(self, mlist: Row) -> Iterator[Wish]:
        """Wishes to join that wait for a moderator."""
        for data in self.wished["subscription", mlist["list_id"]]:
            if data.get("token_owner") == MODERATOR and data.get("email"):
                yield Wish(_text(data["email"]), common.person_name(_text(data.get("display_name"))), since=moment(_iso(data.get("when")), self.zone))

    def others(self, mlist: Row) -> Iterator[str]:
        """What to do about what does not come: wishes to leave, and to join where the applicant has not answered."""
        unanswered = [data for data in self.wished["subscription", mlist["list_id"]] if data.get("token_owner") != MODERATOR]
        if unanswered:
            yield f"wishes to join that were never confirmed ({len(unanswered)}): they can ask again"
        leaving = [request["key"] for request in self.requests.get(mlist["id"], ()) if request["request_type"] == UNSUBSCRIPTION and request["key"]]
        leaving += [_text(data.get("email")) for data in self.wished["unsubscription", mlist["list_id"]] if data.get("token_owner") == MODERATOR]
        if leaving:
            yield f"wishes to leave that wait for a moderator: `member remove NAME EMAIL` for {common.shown(dict.fromkeys(leaving))}"


def _values(pended: Mapping[str, str]) -> dict[str, Any]:
    return {key: _json(value) for key, value in pended.items()}


def _hits(value: Any) -> list[str]:
    """The names of the rules that held a post: a pickle, made into text by Mailman."""
    if not isinstance(value, str):
        return []
    try:
        kept = load(value.encode("raw-unicode-escape"))
    except (Unreadable, UnicodeEncodeError):
        return []
    return [hit for hit in kept if isinstance(hit, str)] if isinstance(kept, list) else []


def _json(value: str) -> Any:
    """A value as Mailman keeps it: JSON, save for the type, which is bare."""
    try:
        return json.loads(value)
    except (ValueError, TypeError, RecursionError):
        return value


def _text(value: Any) -> str:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _iso(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
