"""Sample facts, with plainly invented people: every letter can be looked at without a site (`listserv letters`)."""

from datetime import UTC, datetime
from typing import Any

from listserv.rules import Reason

LETTER = """Dzień dobry,

pracuję w bibliotece pedagogicznej w Wymyślnej i od roku czytam to, co przesyła mi koleżanka.
Czy mogę dołączyć i czytać już sama?

Anna Nowa"""

FACTS: dict[str, Any] = {
    "site": "Listy",
    "domain": "listy.example.org",
    "url": "https://listy.example.org",
    "zone": "Europe/Warsaw",
    "signature": "Sieć BP",
    "title": "Sieć BP",
    "list_address": "siecibp@listy.example.org",
    "leave_address": "siecibp-leave@listy.example.org",
    "moderators_address": "moderator_siecibp@listy.example.org",
    "archive_url": "https://listy.example.org/siecibp/",
    "unsubscribe_url": "https://listy.example.org/unsubscribe/ubcdefghijklmnopqrstuvwx",
    "link": "https://listy.example.org/sign-in/xabcdefghijklmnopqrstuvw",
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
    "copies": 12,
    "known": True,
    "delivery": "digest",
    "schedule": "daily 07:00",
    "status": "enabled",
    "paused_until": None,
    "due_at": datetime(2026, 3, 9, 9, 15, tzinfo=UTC),
    "mode": "keep",
    "posts": (
        {"subject": "Scenariusze lekcji", "state": "pending", "at": datetime(2026, 3, 2, 9, 15, tzinfo=UTC), "url": ""},
        {
            "subject": "Spotkanie w czerwcu",
            "state": "posted",
            "at": datetime(2026, 2, 20, 9, 15, tzinfo=UTC),
            "url": "https://listy.example.org/siecibp/message/GP7S2OTPZJSBRV2HJTK4YXVCTNQ4UYLO",
        },
    ),
    "titles": ("Scenariusze lekcji TIK", "Spotkanie w czerwcu", "Czy ktoś ma licencję na e-booki?"),
}
