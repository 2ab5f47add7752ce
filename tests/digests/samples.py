"""Invented news of an invented network, for the tests of the digest."""

from datetime import datetime
from zoneinfo import ZoneInfo

from digests import schedule
from digests.entries import Edition, Entry, File, Item

WARSAW = ZoneInfo("Europe/Warsaw")
URL = "https://lists.example.org/siecibp"


def at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=WARSAW)


CARDS = File("karty-pracy.pdf", f"{URL}/message/EF/attachment/1", 655_360)
LESSONS = Entry(
    "Scenariusze lekcji TIK",
    f"{URL}/thread/1",
    (
        Item(101, "Jan Przypis", at(2, 18, 40), "Przećwiczone dziś w piątej „b”.", f"{URL}/message/JP", answers="Irena Czytelna"),
        Item(102, "Ewa Fiszka", at(2, 19, 22), "Dołączam wersję z kartami pracy.", f"{URL}/message/EF", files=(CARDS,)),
    ),
    topic="Lekcje i warsztaty",
)
MEETING = Entry(
    "Spotkanie w czerwcu: w Łodzi czy przez sieć?",
    f"{URL}/thread/2",
    (Item(120, "Zofia Lektura", at(3, 6, 15), "Zbieram głosy do piątku.", f"{URL}/message/ZL"),),
)


def edition(*entries: Entry, language: str = "en", when: str = "daily 07:00", last: bool = False) -> Edition:
    """Tuesday's digest of the network."""
    news = entries or (LESSONS, MEETING)
    return Edition("Sieć BP", language, WARSAW, at(3, 7, 0), schedule.parse(when), news, f"{URL}/", "https://lists.example.org/me", last)


def entry(number: int, items: int, said: str) -> Entry:
    """A thread with so many messages that all say the same."""
    url = f"{URL}/thread/{number}"
    return Entry(f"Wątek {number}", url, tuple(Item(number * 1000 + i, f"Osoba {i}", at(2, 12, 0), said, url) for i in range(items)))


def own(name: str, key: int) -> str:
    """What stands in a mark's place for one reader."""
    return f"r+token{key}@lists.example.org" if name == "reply" else "https://lists.example.org/unsubscribe/token"
