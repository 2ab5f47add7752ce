"""Of the site, of the list, and what most letters tell."""

from datetime import UTC, datetime
from typing import Any

from listserv.rules import Reason

LETTER = """Dzień dobry,

pracuję w bibliotece pedagogicznej w Wymyślnej i od roku czytam to, co przesyła mi koleżanka.
Czy mogę dołączyć i czytać już sama?

Anna Nowa"""
# A fact that a letter may do without.
ABSENT = ...

FACTS: dict[str, Any] = {
    "site": "Listy",
    "domain": "listy.example.org",
    "url": "https://listy.example.org",
    "zone": "Europe/Warsaw",
    "signature": "Sieć BP",
    "title": "Sieć BP",
    "list_address": "siecibp@listy.example.org",
    "join_address": "siecibp-join@listy.example.org",
    "leave_address": "siecibp-leave@listy.example.org",
    "moderators_address": "moderator_siecibp@listy.example.org",
    "archive_url": "https://listy.example.org/siecibp/",
    "newsletter": False,
    # Which of materials, meetings and questions the list has turned on.
    "together": (),
    "materials_address": "siecibp-bank@listy.example.org",
    "unsubscribe_url": "https://listy.example.org/unsubscribe/ubcdefghijklmnopqrstuvwx",
    "to": "anna@biblioteka.example.org",
    "name": "Anna Nowa",
    "email": "anna@biblioteka.example.org",
    "subject": "Scenariusze lekcji",
    "text": LETTER,
    "first": LETTER,
    "words": "Czy to biblioteka publiczna, czy pedagogiczna?",
    "files": "program.pdf",
    "applied_at": datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    "reasons": (Reason.NONMEMBER,),
    "who": "Anna Nowa",
    "what": "application",
    "decision": "admitted",
    "decider": "Zofia Lektura",
    "decided": False,
    "edits": False,
    "copies": 12,
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "newsletter": (True,),
    "together": (("materials", "meetings", "surveys"), ("meetings",), ("surveys",)),
    "subject": ("",),
    "words": ("",),
    "files": ("",),
    "edits": (True,),
    "text": ("",),
    "first": ("Dzień dobry, proszę o dopisanie do listy.\n\nAnna Nowa",),
    "name": ("",),
    "reasons": tuple((reason,) for reason in Reason),
    "what": ("post",),
    "decision": ("declined", "published", "refused", "discarded", "withdrawn", "awaiting_confirmation", "pending", "letter", "lapsed"),
    "decider": ("",),
    "decided": (True,),
    "copies": (0, 1),
    "moderators_address": (ABSENT,),
    "list_address": (ABSENT,),
}
