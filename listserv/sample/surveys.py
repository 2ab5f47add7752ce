"""Of questions to everybody."""

from datetime import UTC, datetime
from typing import Any

# A question to everybody, of each kind one.
ASKED: tuple[dict[str, Any], ...] = (
    {
        "number": 1,
        "text": "Którymi tematami zajmiemy się w tym roku?",
        "kind": "several",
        "options": ((1, "Robotyka"), (2, "Regionalia"), (3, "Promocja biblioteki")),
        "ends": (),
        "says_how": False,
    },
    {"number": 2, "text": "Jak oceniają Państwo zeszły rok?", "kind": "scale", "options": (), "ends": ("słabo", "świetnie"), "says_how": False},
    {
        "number": 3,
        "text": "Proszę uszeregować miejsca spotkań.",
        "kind": "ranked",
        "options": ((1, "Poznań"), (2, "Konin"), (3, "Leszno")),
        "ends": (),
        "says_how": False,
    },
    {"number": 4, "text": "Co warto zmienić?", "kind": "words", "options": (), "ends": (), "says_how": False},
    {"number": 5, "text": "Czy spotykamy się w czerwcu?", "kind": "one", "options": ((1, "Tak"), (2, "Nie")), "ends": (), "says_how": False},
    {"number": 6, "text": "Jak oceniają Państwo miejsce?", "kind": "scale", "options": (), "ends": (), "says_how": False},
)

FACTS: dict[str, Any] = {
    "survey_title": "Tematy na rok szkolny",
    "survey_intro": "chcemy wspólnie zaplanować rok szkolny. Wystarczą dwie minuty.",
    "survey_questions": ASKED[:1],
    "survey_privacy": "secret",
    "survey_several": False,
    "survey_reminder": False,
    "survey_closes": datetime(2026, 3, 20, 19, 0, tzinfo=UTC),
    "survey_closed": datetime(2026, 3, 20, 19, 0, tzinfo=UTC),
    "survey_pressed": (),
    "survey_understood": (
        {"question": ASKED[0], "said": {"chosen": ((1, "Robotyka"), (3, "Promocja biblioteki")), "words": "", "kind": "several"}},
        {"question": ASKED[1], "said": {"chosen": ((4, "4/5"),), "words": "", "kind": "scale"}},
    ),
    "survey_unclear": (),
    "survey_left": (),
    "survey_counted": True,
    "survey_asks": False,
    "survey_alone": False,
    "survey_guessed": (),
    "survey_template": "",
    "survey_outcome": "sent",
    "survey_answered": 31,
    "survey_open": False,
    "questions_address": "siecibp-questions@listy.example.org",
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "survey_intro": ("",),
    "survey_questions": (ASKED[1:2], ASKED[2:3], ASKED[3:4], ASKED[4:5], ASKED[5:]),
    "survey_privacy": ("anonymous", "open"),
    "survey_several": (True,),
    "survey_title": ("",),
    "survey_reminder": (True,),
    "survey_pressed": (({"words": "Tak", "link": "https://listy.example.org/r/question/vabcdefghijklmnopqrstuvwx?q1=1"},),),
    "survey_understood": (
        (),
        (
            {"question": ASKED[2], "said": {"chosen": ((2, "Konin"), (1, "Poznań")), "words": "", "kind": "ranked"}},
            {"question": ASKED[3], "said": {"chosen": (), "words": "Krótszych spotkań.", "kind": "words"}},
            {"question": ASKED[0], "said": {"chosen": (), "words": "", "kind": "several"}},
        ),
    ),
    "survey_unclear": tuple(({"question": one, "why": why},) for one in ASKED for why in ("unclear", "range", "too-many", "twice")),
    "survey_left": (ASKED[3:4], ASKED[2:4]),
    "survey_counted": (False,),
    "survey_asks": (True,),
    "survey_alone": (True,),
    "survey_guessed": (("closes",), ("privacy",), ("closes", "privacy")),
    "survey_template": ("Czego potrzeba nam w tym roku szkolnym?\n\n1) spotkań\n2) szkoleń",),
    "survey_outcome": ("closed", "extended", "discarded", "gone", "back", "over", "already"),
    "survey_answered": (1,),
    "survey_open": (True,),
}
