"""What fields and parameters are, in a sentence, and how one looks: for the OpenAPI document, where the model itself says nothing."""

from collections.abc import Iterator
from typing import Any

# Of each name what it is, and an example (None: its type or its words show it).
FIELDS: dict[str, tuple[str, Any]] = {
    "active": ("Is it told what happens?", None),
    "address": ("Where one writes.", "siecibp@lists.example.org"),
    "addresses": ("All addresses of this person.", None),
    "administrator": ("Does this person administer the site?", None),
    "after": ("", "WzE3XQ"),
    "agrees": ("", None),
    "alias": ("Other addresses that mean the same list, with a space between them.", "sieci@example.org"),
    "answer": ("What was answered.", "W bibliotece w Łodzi."),
    "answers": ("What was answered to the list's questions.", None),
    "anyway": ("", None),
    "applied_at": ("When they asked.", None),
    "archive": ("Who reads the archive.", None),
    "at": ("When it was.", None),
    "attachments": ("Files that go along.", None),
    "attempts": ("How often it was tried.", 1),
    "author": ("The author's name.", "Halina Okładka"),
    "authors": ("The same, of one author alone.", None),
    "certain_spam": ("What becomes of what the mail server's filter is certain about: it is held, or discarded.", None),
    "closed": ("Nobody may answer in it any more.", None),
    "closed_at": ("When it was closed; null: it is open.", None),
    "code": ("", 200),
    "consent": ("The sentence that people agree to when they join; empty: the usual one; `-`: none.", "-"),
    "content": ("", "RHppZcWEIGRvYnJ5"),
    "copies": ("How its copies fare.", None),
    "count": ("How many there are.", 2),
    "created_at": ("When it was made.", None),
    "decided_at": ("When it was decided; null: not yet.", None),
    "decided_by": ("", "Zofia Lektura"),
    "deliveries": ("Copies that have not left.", None),
    "delivery": ("How mail comes: each message, a digest, or none.", None),
    "description": ("Some sentences about it.", "Scenariusze, karty pracy, programy."),
    "detail": ("What is wrong, and what to do.", "Input should be 'members' or 'public'"),
    "digest_form": ("How a digest is written: as a page with its text, as text alone, as a parcel of mails (RFC 2046), as RFC 1153 has it.", None),
    "digest_least": ("A digest comes when there are so many messages, at least.", 1),
    "email": ("An e-mail address.", "halina@example.org"),
    "emergency": ("Everything that comes is read first.", None),
    "errors": ("Each field or parameter at fault.", None),
    "event": ("What it was told of.", None),
    "events": ("What it is told of.", ["posted", "held"]),
    "expires_at": ("Until when it is good.", None),
    "failed": ("So many were given up.", 0),
    "failing_since": ("Since when nothing gets through; null: it does.", None),
    "failures": ("", 0),
    "figures": ("", {}),
    "files": ("The files that it carries.", None),
    "first": ("", "2026-03-01"),
    "first_post": ("`hold`: the first message of each member is read first.", None),
    "footer": ("What stands below every copy.", "https://lists.example.org/siecibp/"),
    "formatted": ("", None),
    "hash": ("The message's permanent name (Mailman's Message-ID-Hash).", "DV5CGUCTIFRYVGMBTJR54S2MATWARHLS"),
    "held_at": ("Since when it waits.", None),
    "hidden": ("A moderator has hidden it: only those who look after the list are told of it.", None),
    "html": ("", "<p>Gdzie są katalogi?</p>"),
    "id": ("Its number.", 17),
    "incoming": ("Mails that came and are still to be read.", None),
    "instance": ("The address that was asked.", "/api/v1/lists/siecibp"),
    "invitations_a_day": ("So many people are invited in a day, at most.", 100),
    "items": ("The things of this page.", None),
    "joined_at": ("Since when they are on the list.", None),
    "joining": ("Moderators decide who joins (`application`), or one confirming reply is enough (`open`).", None),
    "kind": ("Everybody writes, or coordinators alone.", None),
    "language": ("`en` or `pl`; empty: nothing was chosen.", "pl"),
    "last": ("", "2026-03-31"),
    "last_at": ("When its newest message was written.", None),
    "last_author": ("Who wrote that.", "Marek Regał"),
    "letter": ("", None),
    "limit": ("", 50),
    "list": ("The name of the list.", "siecibp"),
    "made_at": ("When it was made.", None),
    "materials": ("Does the list keep a bank of materials?", None),
    "max_size": ("In bytes; larger posts are held.", 10485760),
    "meetings": ("Does the list have meetings?", None),
    "message_id": ("Its Message-ID.", "1@example.org"),
    "messages": ("Its messages.", None),
    "moderate_members": ("Every message of ordinary members is read first.", None),
    "moderated": ("Messages of ordinary members are read first.", None),
    "month": ("", "2026-03"),
    "more": ("", 0),
    "name": ("A name.", "Halina Okładka"),
    "next": ("The `after` of the next page; null: this is the last.", "WzE3XQ"),
    "number": ("Its number, from 1.", 1),
    "order": ("The newest first, or those that fit best.", None),
    "outgoing": ("Posts of which copies are still to be made.", None),
    "own_threads": ("Threads in which one has written come at once.", None),
    "page": ("Which page, from 1.", 1),
    "pages": ("How many pages there are.", 1),
    "parameter": ("", "limit"),
    "part": ("Which part of a long message this is, from 1.", 1),
    "parts": ("How many parts it has.", 1),
    "paused_until": ("When mail comes again; null: no end was said, or there is no pause.", None),
    "pending": ("So many wait.", 0),
    "person_id": ("The author's number, as in /LIST/person/ID; null: there is nobody to lead to.", 3),
    "pinned": ("It stands above the others.", None),
    "pointer": ("", "#/archive"),
    "points": ("Its threads.", None),
    "position": ("Its place among the others, from 0.", 0),
    "preview": ("Each message is shown to its author before it is sent.", None),
    "proof": ("", "aligned"),
    "q": ("What to search for then.", "katalogi from:halina"),
    "question": ("What the list asks.", "In which library do you work?"),
    "questions": ("What the list asks applicants, one question a line.", "In which library do you work?"),
    "reason": ("The program's word for it.", "nonmember"),
    "reasons": ("Why it is so, in the program's words.", ["nonmember"]),
    "reply_to": ("Whom a plain reply reaches.", None),
    "report": ("When coordinators get a letter with the list's figures: each month and each school year, once a school year, never.", None),
    "role": ("What they are on the list.", None),
    "schedule": ("When digests come.", "weekly mon,thu 07:00"),
    "scopes": ("What it may do.", ["read", "write"]),
    "secret": ("What signs from now on: `whsec_` and base64.", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    "sender_proof": ("`strict`: posts of members whose sender is not proven are held.", None),
    "sent": ("So many were taken by the mail server.", 3),
    "sent_at": ("When its author says it was written.", None),
    "seq": ("", 17),
    "settings": ("", None),
    "shunted": ("Mails that could not be read, and wait for an administrator.", None),
    "since": ("How long the oldest of them has waited; null: there is none.", None),
    "size": ("In bytes.", 48213),
    "slug": ("Its short name, in addresses.", "lekcje"),
    "snippet": ("Its first words.", "Gdzie są katalogi?"),
    "started_at": ("When its first message was written.", None),
    "state": ("What has become of it.", "posted"),
    "status": ("Does mail come? `bouncing`: it came back too often.", None),
    "stopped": ("", ""),
    "subject": ("Its subject.", "Katalogi"),
    "subject_tag": ("What stands before every subject, in brackets.", "BP"),
    "suggestions": ("", ["katalog"]),
    "surveys": ("Does the list ask everybody questions?", None),
    "tell_newcomers": ("Digests name who is new on the list.", None),
    "text": ("What it says.", "Gdzie są katalogi?"),
    "thanks": ("`collect`: an answer that only says thanks reaches its author in one letter a day, and nobody else by itself.", None),
    "thread_id": ("The number of its thread.", 17),
    "thread_subject": ("What its thread is about.", "Katalogi"),
    "timezone": ("By which clock digests come and times are told; empty: the list's own.", "Europe/Warsaw"),
    "title": ("What people call it.", "Sieć BP"),
    "to": ("", "DV5CGUCTIFRYVGMBTJR54S2MATWARHLS"),
    "topic": ("The slug of its topic; empty or null: it has none.", "lekcje"),
    "topics": ("The same, of one topic alone.", None),
    "total": ("How many were found.", 1),
    "tried_at": ("When it was tried last; null: not yet.", None),
    "trust": ("", None),
    "type": ("Its media type.", "application/pdf"),
    "url": ("Its page.", "https://lists.example.org/siecibp/thread/17"),
    "verified": ("Has this person proven that it is theirs?", None),
    "webhook_id": ("", "msg_c0dc98b8ad2740efea40d4e0994f73af"),
    "welcome": ("", None),
    "what": ("What happened.", "posted"),
    "which": ("Those that wait, those that are decided, or all.", None),
    "why": ("The reasons, in words.", []),
    "words": ("What you say to them.", "In which library do you work?"),
}
# What means something else in one model: there this holds.
IN_ONE: dict[str, tuple[str, Any]] = {
    "Answered.author": ("Who wrote what is answered.", "Halina Okładka"),
    "DigestItem.number": ("", "1.2"),
    "FacetShown.title": ("Its topic, or its author.", "Lekcje TIK"),
    "FileShown.name": ("What the file is called.", "scenariusz.pdf"),
    "FileShown.url": ("Where it is read.", "https://lists.example.org/api/v1/lists/siecibp/messages/DV5CGUCTIFRYVGMBTJR54S2MATWARHLS/attachments/1"),
    "HeldFile.name": ("What the file is called.", "scenariusz.pdf"),
    "HeldReason.words": ("The same in words.", "the sender is not on the list"),
    "HeldShown.reasons": ("Why it waits.", None),
    "HeldWhole.reasons": ("Why it waits.", None),
    "HeldShown.state": ("What has become of it.", None),
    "HitShown.files": ("", ["katalogi.pdf"]),
    "HitShown.words": ("", "Gdzie są katalogi?"),
    "ListShown.name": ("What its addresses begin with.", "siecibp"),
    "NewAttachment.name": ("What the file is called.", "scenariusz.pdf"),
    "NewListSent.name": ("What its addresses will begin with.", "siecibp"),
    "NewWebhook.url": ("", "https://hooks.example.org/listserv"),
    "ProblemDetails.status": ("The status of the answer.", 422),
    "ProblemDetails.title": ("The kind of problem, in words.", "What was sent is not what is wanted"),
    "ProblemDetails.type": ("The kind of problem: its last word does not change.", "https://lists.example.org/api/v1/#invalid"),
    "Settings.moderate_members": ("Every message of ordinary members is read first.", None),
    "SingleMessage.answers": ("The message that this one answers; null: none.", None),
    "MessageShown.answers": ("The message that this one answers; null: none.", None),
    "NewMembership.answers": ("", ["In a library in Łódź."]),
    "NewMembership.words": ("", "I am a librarian in Łódź."),
    "ThreadInList.messages": ("How many messages it has.", 3),
    "TokenShown.name": ("What its person calls it.", "nightly copy"),
    "TraceShown.events": ("All that happened to it, in the order of time.", None),
    "TopicShown.address": ("", "siecibp+lekcje@lists.example.org"),
    "TopicShown.title": ("What people call it.", "Lekcje TIK"),
    "NewTopic.title": ("What people call it.", "Lekcje TIK"),
    "TopicChange.title": ("What people call it.", "Lekcje TIK"),
    "Waiting.number": ("How many there are.", 0),
    "WebhookShown.url": ("Where it is told.", "https://hooks.example.org/listserv"),
    "WebhookWithSecret.url": ("Where it is told.", "https://hooks.example.org/listserv"),
    "WebhookChange.url": ("Where it is told.", "https://hooks.example.org/listserv"),
    "WebhookDeliveryShown.answer": ("The receiver's status line and the beginning of its answer, or why none came.", "200 OK"),
    "WebhookDeliveryShown.state": ("", "sent"),
    "WebhookShown.expires_at": ("", None),
}
# Of what stands in an address.
IN_PATHS: dict[str, tuple[str, Any]] = {
    "name": ("The name of a list.", "siecibp"),
    "slug": ("The short name of a topic.", "lekcje"),
    "message_hash": ("The permanent name of a message (Mailman's Message-ID-Hash).", "DV5CGUCTIFRYVGMBTJR54S2MATWARHLS"),
    "key": ("The last part of `Location`, as it was told.", "9QiiAOAdDPNQB4bcQGpxZ-KB"),
}
# Of a row, as it was told.
NUMBER = ("Its number: the `id` that was told.", 17)
FORMS = {str: "string", int: "integer", list: "array", dict: "object"}
MOMENT, DAY = "2026-03-03T09:00:00Z", "2026-08-31"


def describe(spec: dict[str, Any]) -> None:
    """Give every field and parameter of the document a sentence and, where a type alone shows little, an example."""
    schemas = spec["components"]["schemas"]
    for model, schema in schemas.items():
        for name, field in schema.get("properties", {}).items():
            said, example = IN_ONE.get(f"{model}.{name}") or FIELDS.get(name, ("", None))
            _tell(field, said, _moment(field) if example is None else example)
    for parameter in _parameters(spec):
        known = IN_PATHS.get(parameter["name"], NUMBER) if parameter["in"] == "path" else FIELDS.get(parameter["name"], ("", None))
        if not parameter.get("description"):
            parameter["description"] = known[0]
        if known[1] is not None and "enum" not in parameter["schema"] and _form(known[1]) in str(parameter["schema"]):
            parameter.setdefault("example", known[1])


def _tell(field: dict[str, Any], said: str, example: Any) -> None:
    if said and not field.get("description"):
        field["description"] = said
    # Words and models are told where they stand.
    if example is not None and "enum" not in field and "$ref" not in str(field) and _form(example) in str(field):
        field.setdefault("examples", [example])


def _form(example: Any) -> str:
    """The type of an example, as schemas say it: one name may be a text in one model and a number in another."""
    return f"'{FORMS[type(example)]}'"


def _moment(field: dict[str, Any]) -> str | None:
    """A moment or a day, of a field that holds one."""
    forms = {one.get("format") for one in (field, *field.get("anyOf", ()))}
    return MOMENT if "date-time" in forms else DAY if "date" in forms else None


def _parameters(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in spec["paths"].values():
        for operation in operations.values():
            yield from (one for one in operation["parameters"] if one["in"] != "header")
