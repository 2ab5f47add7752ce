"""Of figures, of the newsletter's issues, and of the yearly letter."""

from datetime import UTC, datetime
from typing import Any

FACTS: dict[str, Any] = {
    # Of figures; worded in each language where they are counted.
    "figures_said": {
        "en": "March 2026: 14 of 45 people wrote 41 messages in 5 threads. The archive was visited 474 times, about 15 times a day.",
        "pl": "Marzec 2026: 14 z\u00a045\u00a0osób napisało 41\u00a0wiadomości w\u00a05\u00a0wątkach. "
        "Archiwum odwiedzono 474\u00a0razy, około 15\u00a0razy dziennie.",
    },
    "figures_of": {"en": "March 2026", "pl": "marzec 2026"},
    "figures_table": {
        "en": ("Members who wrote:\u00a031%", "New on the list:\u00a02", "Threads that nobody has answered:\u00a01"),
        "pl": ("Udział piszących wśród osób na liście:\u00a031%", "Nowe osoby na liście:\u00a02", "Wątki bez odpowiedzi:\u00a01"),
    },
    "figures_issues": {"en": (), "pl": ()},
    "issues_not_told": 0,
    "surveys_told": {"en": (), "pl": ()},
    "school_year": "",
    "stats_url": "https://listy.example.org/siecibp/stats",
    "report_said": "",
    # Of an issue, some days after it went out.
    "sent_at": datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
    # Of an issue before it goes: what was decided, and what its author should know.
    "issue_subject": "Nowości na maj",
    "issue_text": "Dzień dobry, {imię|Szanowni Państwo}!\n\nW maju zapraszamy na warsztaty z czytania na głos.",
    "readers": 45,
    "whom": "",
    "changed_since": False,
    "planned": False,
    "notes": (),
    "outcome": "sent",
    "goes_at": datetime(2026, 3, 6, 7, 0, tzinfo=UTC),
    "goes_first": datetime(2026, 3, 5, 23, 0, tzinfo=UTC),
    "goes_zone": "Europe/Warsaw",
    "hour_unclear": False,
    "stopped": False,
    "of_line": False,
    "otherwise": "",
    "copies_gone": 3,
    "trouble": "Wydanie bez treści nie może być wysłane.",
    "kept": False,
    "news_address": "siecibp-news@listy.example.org",
    "on_list": True,
    # What is worth a line in the next issue.
    "paragraphs": (
        "Wiadomość nr 500 na liście: „Lekcja o plagiacie” (Halina Okładka).\nhttps://listy.example.org/siecibp/message/GP7S2OTPZJSBRV2HJTK4YXVCTNQ4UYLO",
        "W wątku „Scenariusze lekcji” głos zabrało już 10\u00a0osób.\nhttps://listy.example.org/siecibp/thread/12",
    ),
    "milestones_said": "unclear",
    # Of the yearly letter of what was made: its draft by headings, and what became of it.
    "success_lines": (
        (
            "Rozmowy, z których powstał materiał",
            ("1. Rozmowa „Czytniki” skończyła się materiałem: „Regulamin wypożyczania czytników” (Zofia Lektura).",),
        ),
        ("Spotkania", ("2. 12\u00a0marca: „Spotkanie z ekspertem”, przyszło 14\u00a0osób",)),
        ("Nowe głosy i powroty", ("3. Po raz pierwszy napisały do nas 3\u00a0osoby: Anna Nowa, Jan Przypis i Ewa Fiszka.",)),
    ),
    "success_year": "2025/26",
    "success_why": "",
    "success_example": "2, 3",
    "success_page": "https://listy.example.org/siecibp/successes?year=2025",
    "success_said": "unclear",
    "page_visits": 24,
    "replied": 3,
    "unsubscribed": 1,
    "bounced": 2,
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "school_year": ("2025/26",),
    "figures_issues": (
        {
            "en": ("“Nowości na maj”", "  copies:\u00a045, visits:\u00a024, replies:\u00a03, people who left:\u00a01, not delivered:\u00a02"),
            "pl": ("„Nowości na maj”", "  egzemplarze:\u00a045, odwiedziny:\u00a024, odpowiedzi:\u00a03, wypisania:\u00a01, niedostarczone:\u00a02"),
        },
    ),
    "issues_not_told": (1,),
    "surveys_told": (
        {
            "en": ("“What do we need this school year?”", "  answered by 31 of 45 (69%); most chosen: Law in libraries"),
            "pl": ("„Czego potrzebujemy w\xa0tym roku szkolnym?”", "  odpowiedzi: 31 z\xa045 zapytanych (69%); najwięcej głosów: Prawo w\xa0bibliotece"),
        },
    ),
    "report_said": ("stop", "start"),
    "milestones_said": ("dropped", "already", "gone", "refused"),
    "success_why": ("struck", "changed", "after-no"),
    "success_said": ("dropped", "already", "empty", "gone", "refused"),
    "paragraphs": (("W wątku „Scenariusze lekcji” głos zabrało już 10\u00a0osób.\nhttps://listy.example.org/siecibp/thread/12",),),
    "readers": (1,),
    "whom": ("osoby, które moderują listę",),
    "changed_since": (True,),
    "planned": (True,),
    "notes": (("Znaczniki śledzące (utm_…) zostały usunięte z odnośników.",),),
    "outcome": ("planned", "local", "undone", "nothing", "stopped", "already", "failed", "discarded"),
    "hour_unclear": (True,),
    "stopped": (True,),
    "of_line": (True,),
    "otherwise": ("spotkanie z czytania",),
    "copies_gone": (1,),
    "kept": (True,),
    "on_list": (False,),
    "issue_subject": ("",),
}
