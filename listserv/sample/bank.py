"""Of the bank of materials."""

from datetime import UTC, datetime
from typing import Any

# Materials, a file and a link.
FILED = {
    "number": 12,
    "title": "Scenariusz lekcji o drzewie genealogicznym",
    "kind": "scenario",
    "area": "Lekcje TIK",
    "author": "Halina Okładka",
    "versions": 1,
    "licence": "CC BY 4.0",
    "removed": False,
    "good": False,
    "page": "https://listy.example.org/siecibp/materials/12",
}
BANK_FILE = {
    "number": 12,
    "title": "Regulamin wypożyczania czytników",
    "author": "Zofia Lektura",
    "at": datetime(2026, 2, 20, 9, 15, tzinfo=UTC),
    "kind": "scenario",
    "url": "https://listy.example.org/siecibp/materials/12",
    "recommended": True,
    "link": "",
}
BANK_LINK = {**BANK_FILE, "number": 7, "title": "E-booki dla szkół", "kind": "tutorial", "recommended": False, "link": "https://biblioteka.example.org/e-booki"}

FACTS: dict[str, Any] = {
    "bank_said": "found",
    "bank_query": "czytniki",
    "bank_items": (BANK_FILE, BANK_LINK),
    "bank_more": 0,
    "bank_suggestions": (),
    "bank_address": "siecibp-bank@listy.example.org",
    "bank_page": "https://listy.example.org/siecibp/materials/",
    "bank_sent": ({"item": BANK_FILE, "how": "attached"},),
    "bank_missing": (),
    "bank_noted": ({"item": BANK_FILE, "noted": "new", "told": True},),
    "bank_title": "Regulamin wypożyczania czytników",
    "bank_number": 12,
    "bank_user": "Anna Nowa",
    "bank_words": "Skorzystałam z 12 na spotkaniu z rodzicami, bardzo dziękuję.",
    "bank_post": "",
    "bank_uses": 1,
    # Of what somebody has filed there, or put in order.
    "filed_items": (FILED,),
    "filed_known": (),
    "filed_versions": (),
    "filed_decides": False,
    "filed_topics": ("tik", "czytanie"),
    "bank_outcome": "done",
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "bank_said": ("newest", "nothing", "help", "empty"),
    "bank_items": ((), tuple({**BANK_FILE, "kind": kind} for kind in ("presentation", "bibliography", "form", "other"))),
    "bank_more": (1, 12),
    "bank_suggestions": (("czytnik", "e-booki"),),
    "bank_sent": (
        (),
        tuple({"item": {**BANK_FILE, "kind": kind}, "how": "attached"} for kind in ("presentation", "bibliography", "form")),
        ({"item": BANK_LINK, "how": "link"},),
        tuple({"item": {**BANK_LINK, "number": number}, "how": "link"} for number in (7, 8)),
        ({"item": BANK_FILE, "how": "large"},),
        tuple({"item": {**BANK_FILE, "number": number}, "how": "large"} for number in (12, 14)),
    ),
    "bank_missing": ((99,), (98, 99)),
    "bank_noted": ((), *(({"item": BANK_FILE, "noted": noted, "told": False},) for noted in ("new", "known", "own"))),
    "bank_user": ("",),
    "bank_words": ("",),
    "bank_post": ("https://listy.example.org/siecibp/message/GP7S2OTPZJSBRV2HJTK4YXVCTNQ4UYLO",),
    "bank_uses": (3,),
    "filed_items": ((FILED, {**FILED, "number": 13, "kind": "other", "area": "", "versions": 2, "good": True, "removed": True}), ({**FILED, "title": ""},))
    + tuple(({**FILED, "kind": kind},) for kind in ("tutorial", "presentation", "bibliography", "form")),
    "filed_known": ((12,),),
    "filed_versions": ((12,),),
    "filed_decides": (True,),
    "filed_topics": ((),),
    "bank_outcome": ("nothing", "refused", "unproven", "unclear"),
}
