"""Of letters that came back, of mail that was set aside, and of webhooks."""

from datetime import UTC, datetime
from typing import Any

# A member whose letters come back, and what two mail services have said.
BOUNCING = {
    "name": "Halina Okładka",
    "email": "halina@biblioteka.example.org",
    "since": datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    "why": "there is no such mailbox",
    "server": "550 5.1.1 The email account that you tried to reach does not exist.",
    "page": "https://listy.example.org/siecibp/moderate/members/7",
}
REFUSAL = {"domain": "poczta.example.net", "trouble": "authentication", "count": 12, "server": "550 5.7.26 Unauthenticated mail is not accepted"}
OUTAGE = {"domain": "szkola.example.org", "count": 24, "why": "there is no such mailbox", "server": "550 5.1.1 User unknown", "since": BOUNCING["since"]}

FACTS: dict[str, Any] = {
    "aside_number": 1207,
    "aside_to": "siecibp@listy.example.org",
    "aside_from": "anna@biblioteka.example.org",
    "aside_id": "20260302.0915@biblioteka.example.org",
    "aside_at": datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    "administrator_told": True,
    "aside_dropped": False,
    "aside_trouble": "RecursionError: maximum recursion depth exceeded",
    # Of letters that came back.
    "own_lists": ({"title": "Sieć BP", "name": "siecibp"},),
    "missed": True,
    "bounce_why": "there is no such mailbox",
    "server_said": "550 5.1.1 The email account that you tried to reach does not exist.",
    "bounced_at": datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    "silence_days": 6,
    "bouncing_members": (BOUNCING,),
    "bouncing_left": 0,
    "revived": (),
    "revived_left": 0,
    "refusals": (REFUSAL,),
    "refusals_left": 0,
    "advice": ("authentication",),
    "outages": (),
    # Of webhooks.
    "hook_url": "https://hooks.example.org/listserv",
    "hook_why": "failed",
    "hook_answer": "503 Service Unavailable",
    "hook_since": datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    "hook_page": "https://listy.example.org/siecibp/settings/webhooks",
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "own_lists": (({"title": "Sieć BP", "name": "siecibp"}, {"title": "Biuletyn", "name": "biuletyn"}),),
    "missed": (False,),
    "server_said": ("",),
    "bouncing_members": ((), (BOUNCING, {**BOUNCING, "server": "", "why": "the mailbox is full"})),
    "bouncing_left": (1, 3),
    "revived": ((BOUNCING,), (BOUNCING, {**BOUNCING, "name": ""})),
    "revived_left": (1, 3),
    "refusals": ((),),
    "refusals_left": (1, 3),
    "hook_why": ("gone", "rights", "token"),
    "hook_answer": ("",),
    "hook_page": ("",),
    "advice": (("listed",), ("rate",), ("spam",), ("other",)),
    "outages": ((OUTAGE,),),
    "aside_from": ("",),
    "aside_id": ("",),
    "aside_dropped": (True,),
    "administrator_told": (False,),
}
