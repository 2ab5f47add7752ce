"""The network's own year, made up around its real figures: an mbox, a table of members, a table of visits.

45 people on the list, 24 of whom wrote 241 messages in 33 threads from October to 15 June; the pages were visited 3037 times.
"""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

FIRST, LAST = date(2025, 10, 1), date(2026, 6, 15)
# (threads, messages, people who wrote, visits) of each month.
MONTHS = {
    "2025-10": (4, 22, 9, 286),
    "2025-11": (3, 19, 8, 235),
    "2025-12": (3, 15, 7, 223),
    "2026-01": (5, 38, 13, 468),
    "2026-02": (5, 36, 12, 449),
    "2026-03": (5, 41, 14, 474),
    "2026-04": (4, 31, 11, 388),
    "2026-05": (3, 28, 11, 360),
    "2026-06": (1, 11, 6, 154),
}
MEMBERS, WRITERS, THREADS, POSTS, VISITS = 45, 24, 33, 241, 3037
WARSAW = ZoneInfo("Europe/Warsaw")
GIVEN = ("Zofia", "Halina", "Marek", "Ewa", "Jan", "Irena", "Alina", "Paweł", "Dorota")
FAMILY = ("Lektura", "Okładka", "Regał", "Fiszka", "Przypis")


def person(number):
    """One of 45 invented people: (address, name)."""
    return f"osoba{number:02}@biblioteka.example.org", f"{GIVEN[number % 9]} {FAMILY[number % 5]}"


def days_of(month):
    """The days of a month that the year reaches."""
    day = date.fromisoformat(f"{month}-01")
    while f"{day:%Y-%m}" == month and day <= LAST:
        yield day
        day += timedelta(days=1)


def members():
    """A table for `member import`."""
    lines = ["email,name,role,delivery", *(f"{email},{name},{'owner' if number == 0 else 'member'},each" for number, (email, name) in enumerate(map(person, range(MEMBERS))))]
    return "\n".join(lines) + "\n"


def visits():
    """A table for `visits import`: each month's visits, spread over its days."""
    lines = ["date,visits"]
    for month, (*_, count) in MONTHS.items():
        days = list(days_of(month))
        lines += [f"{day},{count // len(days) + (number < count % len(days))}" for number, day in enumerate(days)]
    return "\n".join(lines) + "\n"


def mails():
    """All messages, oldest first. The first of each month is written half an hour after midnight in Warsaw: in UTC that is the month before."""
    for nth, (month, (threads, posts, writers, _)) in enumerate(MONTHS.items()):
        days, roots = list(days_of(month)), []
        for number in range(posts):
            email, name = person((nth * 5 + number % writers) % WRITERS)
            made, day = EmailMessage(), days[number * len(days) // posts]
            at = datetime(day.year, day.month, day.day, 0, 30, tzinfo=WARSAW) + timedelta(minutes=number)
            made["From"], made["To"] = f"{name} <{email}>", "siecibp@lists.example.org"
            made["Date"], made["Message-ID"] = format_datetime(at), f"<{month}-{number}@biblioteka.example.org>"
            if number < threads:
                roots.append(made["Message-ID"])
                made["Subject"] = f"Rozmowa {number + 1} z {month}"
            else:
                root = number % threads
                made["Subject"] = f"Odp: Rozmowa {root + 1} z {month}"
                made["In-Reply-To"] = made["References"] = roots[root]
            made.set_content(f"Wiadomość {number + 1} z {month}.\n")
            yield at.astimezone(UTC), email, made


def mbox():
    """All of them as one file."""
    parts = [f"From {email} {at:%a %b %d %H:%M:%S %Y}\n".encode() + bytes(made) + b"\n" for at, email, made in mails()]
    return b"".join(parts)
