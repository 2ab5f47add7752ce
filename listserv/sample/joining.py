"""Of invitations, of lists of people, and of applications."""

from datetime import UTC, datetime
from typing import Any

INVITED_AT = datetime(2026, 3, 1, 9, 15, tzinfo=UTC)
# A line of a list of people for each reason to leave it out.
SKIPPED = tuple(
    {"number": number, "text": text, "why": why, "since": INVITED_AT if text.startswith(("marek", "maria")) else None}
    for number, (text, why) in enumerate(
        (
            ("halina@biblioteka.example.org", "already"),
            ("anna@biblioteka.example.org", "twice"),
            ("ewa@biblioteka", "bad-address"),
            ("siecibp@listy.example.org", "a-list"),
            ("reklama@sklep.example.org", "barred"),
            ("noreply@szkola.example.org", "a-role"),
            ("iza@szkola.example.org", "applied"),
            ("adam@szkola.example.org", "uninvited"),
            ("marek@szkola.example.org", "invited"),
            ("ola@szkola.example.org", "invited"),
            ("ela@szkola.example.org", "enough"),
            ("i jeszcze koleżanka z Łodzi", "unreadable"),
            ("maria@szkola.example.org", "left"),
        ),
        3,
    )
)

FACTS: dict[str, Any] = {
    # Of invitations, and of lists of people.
    "inviter": "Zofia Lektura",
    "description": "Bibliotekarze szkolni i pedagogiczni: pomysły, materiały, wspólne spotkania.",
    "note": "Pani Anno, rozmawiałyśmy o tym w Wymyślnej. Będzie nam miło.",
    "everywhere": False,
    "verb": "invite",
    "people": (
        {"name": "Anna Nowa", "email": "anna@biblioteka.example.org", "note": "jak rozmawiałyśmy w Wymyślnej"},
        {"name": "", "email": "jan@szkola.example.org", "note": ""},
    ),
    "later": 0,
    "a_day": 100,
    "welcome": True,
    "proven": True,
    "skipped": SKIPPED[:8],
    "unread_files": (),
    "lines": 620,
    "most": 500,
    "skipped_left": 0,
    "accepted": ({"name": "Anna Nowa", "email": "anna@biblioteka.example.org", "elsewhere": "anna.nowa@szkola.example.org"},),
    "accepted_left": 0,
    "declined": ({"name": "", "email": "jan@szkola.example.org", "elsewhere": ""},),
    "declined_left": 0,
    "returned": ({"name": "Ewa Fiszka", "email": "ewa@dawna.example.org", "elsewhere": ""},),
    "returned_left": 0,
    # Of applications: what the list asks, what was answered, what is agreed to; how long something has waited.
    "questions": ("Imię i nazwisko", "W jakiej bibliotece Państwo pracują?", "Co Państwa do nas sprowadza?"),
    "answered": (("W jakiej bibliotece Państwo pracują?", "w pedagogicznej, w Wymyślnej"), ("Co Państwa do nas sprowadza?", "")),
    "consent": "Zgadzam się na przechowywanie adresu e-mail i treści wiadomości w archiwum listy „Sieć BP”, do czasu wypisania się.",
    "wish": True,
    "confirm_url": "",
    "no_consent": False,
    "their_turn": False,
    "cut": False,
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "confirm_url": ("https://listy.example.org/siecibp/subscribe/xabcdefghijklmnopqrstuvw",),
    "questions": ((), ("W jakiej bibliotece Państwo pracują?",)),
    "answered": ((),),
    "consent": ("",),
    "wish": (False,),
    "no_consent": (True,),
    "their_turn": (True,),
    "cut": (True,),
    "inviter": ("",),
    "description": ("",),
    "note": ("",),
    "everywhere": (True,),
    "verb": ("add",),
    "people": ((), FACTS["people"][:1]),
    "later": (3,),
    "welcome": (False,),
    "proven": (False,),
    "skipped": ((), SKIPPED[8:]),
    "unread_files": (({"name": "lista.xlsx", "why": "kind"},), ({"name": "osoby.csv", "why": "size"},)),
    "skipped_left": (3,),
    "accepted_left": (3,),
    "declined_left": (3,),
    "returned_left": (3,),
}
