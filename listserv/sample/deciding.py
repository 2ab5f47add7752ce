"""Of held posts, of decisions by one word, and of cases told together."""

from datetime import UTC, datetime
from typing import Any

POST = {"subject": "Czytniki", "at": datetime(2026, 3, 1, 9, 15, tzinfo=UTC), "url": ""}

FACTS: dict[str, Any] = {
    "rule": "links 5",
    "asked": "Halina Okładka",
    "trustable": True,
    "again": False,
    "typed": False,
    "attach": True,
    "state": "posted",
    "why": "",
    "mine": False,
    "undoable": True,
    "did": "undone",
    "many": False,
    "question": "W jakiej bibliotece Pani pracuje?",
    "asker": "Zofia Lektura",
    "where": "https://listy.example.org/siecibp/message/GP7S2OTPZJSBRV2HJTK4YXVCTNQ4UYLO",
    "known": True,
    "due_at": datetime(2026, 3, 9, 9, 15, tzinfo=UTC),
    "posts": (
        {"subject": "Scenariusze lekcji", "state": "pending", "at": datetime(2026, 3, 2, 9, 15, tzinfo=UTC), "url": ""},
        {
            "subject": "Spotkanie w czerwcu",
            "state": "posted",
            "at": datetime(2026, 2, 20, 9, 15, tzinfo=UTC),
            "url": "https://listy.example.org/siecibp/message/GP7S2OTPZJSBRV2HJTK4YXVCTNQ4UYLO",
        },
    ),
    "told": False,
    "days": 30,
    "draft": False,
    "gone": "",
    "claimed": False,
    "passed": True,
    # Of cases told together.
    "count": 18,
    "cases": (
        {"who": "Jan Przypis", "subject": "Oferta szkolenia", "what": "post", "days": 2, "their_turn": False},
        {"who": "Ewa Fiszka", "subject": "", "what": "application", "days": 7, "their_turn": True},
    ),
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "typed": (True,),
    "known": (False,),
    "posts": ((), ({**POST, "state": "withdrawn"}, {**POST, "state": "refused"}, {**POST, "subject": "", "state": "discarded"})),
    "count": (1, 0),
    "mine": (True,),
    "many": (True,),
    "question": ("",),
    "asker": ("",),
    "undoable": (False,),
    "did": (
        *("published", "refused", "admitted", "declined", "asked", "trusted", "banned", "discarded"),
        *("done", "dropped", "closed", "late", "already", "letter"),
    ),
    "days": (1,),
    "why": ("undone", "trust", "copied", "consent", "unproven", "many", "closed", "empty", "unknown"),
    "trustable": (False,),
    "again": (True,),
    "attach": (False,),
    "state": ("denied", "held", "undone", "dropped", "waiting"),
    "asked": ("",),
    "rule": ("",),
    "told": (True,),
    "draft": (True,),
    "gone": ("published", "withdrawn"),
    "claimed": (True,),
    "passed": (False,),
}
