"""How a digest says things: counts, days, sizes, its subject; each in the reader's language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digests.entries import Edition, Entry, Item, Point, Question, Thanked
from digests.excerpt import shorten
from digests.schedule import Every, in_words, listed
from listserv.i18n import HARD_SPACE, clock, long_date, translations, weekday

KIB = 1024
# Sixty of these, each letter of them written as an entity, still leave room for the rest of the page.
TITLE = 150
PAUSE = timedelta(days=14)
# Of those who thank for one message, and of those who are new.
NAMES = 8
PEOPLE = 20
# Materials that are named.
FILED = 10


def subject(edition: Edition) -> str:
    """`Sieć BP, wtorek: 3 wątki, 8 wiadomości`."""
    t = translations(edition.language)
    facts = {
        "list": edition.list_title,
        "day": day(edition),
        "threads": t.ngettext("%(n)s thread", "%(n)s threads", len(edition.entries)) % {"n": len(edition.entries)},
        "messages": t.ngettext("%(n)s message", "%(n)s messages", edition.messages) % {"n": edition.messages},
    }
    said = t.gettext("%(list)s, %(day)s: %(threads)s, %(messages)s") % facts
    return f"{said}, {unanswered(edition.waiting, edition.language)}" if edition.waiting else said


def unanswered(count: int, language: str) -> str:
    """`1 pytanie bez odpowiedzi`."""
    return translations(language).ngettext("%(n)s question without an answer", "%(n)s questions without an answer", count) % {"n": count}


def day(edition: Edition) -> str:
    """What a daily digest calls its day is the weekday, what a rarer one calls it the date."""
    if edition.schedule.every is Every.DAY:
        return weekday(edition.made_at, edition.language, edition.zone.key)
    return long_date(edition.made_at, edition.language, edition.zone.key, year=False)


def kicker(edition: Edition) -> str:
    """`Przegląd dzienny, wtorek, 3 marca 2026`."""
    t = translations(edition.language)
    facts = {
        "day": weekday(edition.made_at, edition.language, edition.zone.key),
        "date": long_date(edition.made_at, edition.language, edition.zone.key),
    }
    if edition.away:
        since = long_date(edition.away, edition.language, edition.zone.key)
        if since == facts["date"]:
            return t.gettext("What came during the pause, %(date)s") % facts
        return t.gettext("What came during the pause, %(since)s to %(date)s") % {**facts, "since": since}
    if edition.schedule.every is Every.DAY:
        return t.gettext("Daily digest, %(day)s, %(date)s") % facts
    if edition.schedule.every is Every.WEEK:
        return t.gettext("Weekly digest, %(day)s, %(date)s") % facts
    return t.gettext("Monthly digest, %(day)s, %(date)s") % facts


def new(count: int, language: str) -> str:
    """`1 nowa`, `2 nowe`, `5 nowych`: messages."""
    return translations(language).npgettext("messages", "%(n)s new", "%(n)s new", count) % {"n": count}


def news(entry: Entry, language: str) -> str:
    """`1 nowa, czeka na odpowiedź`."""
    count = new(len(entry.items), language)
    return f"{count}, {waits(language)}" if entry.waits else count


def waits(language: str) -> str:
    """What is said of a question that nobody has answered."""
    return translations(language).gettext("waiting for an answer")


def when(at: datetime, edition: Edition) -> str:
    """`dziś, 6.15`, `poniedziałek, 18.40`, `20 lutego, 9.05`; the year where it is another."""
    language, zone = edition.language, edition.zone
    here, there = edition.made_at.astimezone(zone).date(), at.astimezone(zone).date()
    hour = clock(at, language, zone.key)
    if here == there:
        return translations(language).gettext("today, %(time)s") % {"time": hour}
    if timedelta(0) < here - there < timedelta(days=7):
        return f"{weekday(there, language)}, {hour}"
    return f"{long_date(there, language, year=here.year != there.year)}, {hour}"


def title(text: str, language: str) -> str:
    """A thread's title, or what stands for one; a very long one is cut."""
    return shorten(text, TITLE)[0] or translations(language).gettext("(no subject)")


def size(count: int, language: str) -> str:
    """`640 KB`, `1,2 MB`."""
    if count < KIB:
        return f"{count}{HARD_SPACE}B"
    if count < 1000 * KIB:
        return f"{round(count / KIB)}{HARD_SPACE}KB"
    number = f"{count / KIB / KIB:.1f}"
    return f"{number.replace('.', ',') if language == 'pl' else number}{HARD_SPACE}MB"


def more(point: Point, language: str) -> str:
    """Who else wrote, where there was no room for all."""
    t, count = translations(language), len(point.hidden)
    return t.ngettext("%(n)s more message: %(who)s", "%(n)s more messages: %(who)s", count) % {"n": count, "who": point.hidden_authors}


def rest(count: int, language: str) -> str:
    """The threads that did not fit."""
    return translations(language).ngettext("And %(n)s more thread in the archive", "And %(n)s more threads in the archive", count) % {"n": count}


def how_to_answer(edition: Edition) -> str:
    """The same in both forms of the letter. A letter looks private: that an answer is not must be said."""
    t = translations(edition.language)
    if len(edition.entries) == 1:
        said = t.gettext("It can be answered: “Reply to all” under a message, or an ordinary reply to this letter.")
    else:
        said = t.gettext(
            "Every item can be answered: “Reply to all” under a message, or an ordinary reply to this letter that begins with the number, for example “2:”."
        )
    return said + " " + t.gettext("Whatever is answered goes to everybody on the list.")


def reply_subject(heading: str, language: str) -> str:
    """What the mail program of the reader shows; the thread decides about the subject that goes out."""
    return translations(language).gettext("Re: %(title)s") % {"title": heading}


def answers(item: Item, language: str) -> str:
    """Whose message this one answers."""
    return translations(language).gettext("in answer to: %(author)s") % {"author": item.answers}


def thanks(one: Thanked, language: str) -> str:
    """`Halina Okładka, Marek Regał – Ewa Fiszka: „Scenariusze”`: who thanks whom, and for what."""
    t = translations(language)
    names = list(dict.fromkeys(filter(None, one.names)))
    more = len(one.names) - len(names[:NAMES])
    who = ", ".join(names[:NAMES]) + (f" +{more}" if more and names else "") or t.gettext("somebody on the list")
    author = one.author or t.gettext("somebody")
    return t.gettext("%(who)s → %(author)s: “%(title)s”") % {"who": who, "author": author, "title": title(one.title, language)}


def whole(place: str, language: str) -> str:
    """The words that bring a message whole: `CAŁA 1.2`."""
    return translations(language).gettext("WHOLE %(number)s") % {"number": place}


def silent(question: Question, language: str) -> str:
    """`Od 5 dni bez odpowiedzi`."""
    return translations(language).ngettext("Without an answer for %(n)s day", "Without an answer for %(n)s days", question.days) % {"n": question.days}


def asks(question: Question, language: str) -> str:
    """`pyta: Paweł Indeks`."""
    return translations(language).gettext("asked by: %(author)s") % {"author": question.author}


def kept(edition: Edition) -> str:
    """What the attachments stand under."""
    t = translations(edition.language)
    return t.gettext("Attachments of the month") if edition.schedule.every is Every.MONTH else t.gettext("Attachments of the week")


def filed(edition: Edition) -> str:
    """What new materials stand under."""
    t = translations(edition.language)
    monthly = edition.schedule.every is Every.MONTH
    return t.gettext("New this month in the bank of materials") if monthly else t.gettext("New in the bank of materials")


def order(edition: Edition) -> str:
    """The words that bring the first of them, as they stand in a subject."""
    return translations(edition.language).gettext("SEND %(number)s") % {"number": edition.filed[0].number}


def how_to_order(edition: Edition) -> str:
    """How a material comes by mail."""
    said = translations(edition.language).gettext("To have one by mail, write %(words)s to %(address)s.")
    return said % {"words": order(edition), "address": edition.bank_address}


def more_filed(edition: Edition) -> str:
    """How many are not named; empty where none is."""
    t, count = translations(edition.language), len(edition.filed) - FILED
    return t.ngettext("And %(count)s more.", "And %(count)s more.", count) % {"count": count} if count > 0 else ""


def newcomers(edition: Edition) -> str:
    """`Nowe osoby na liście: Anna Nowa, Jan Nowy`: names alone."""
    t, count = translations(edition.language), len(edition.newcomers)
    told = edition.newcomers[:PEOPLE]
    names = ", ".join(told) if count == len(told) else f"{', '.join(told)} +{count - len(told)}"
    return t.ngettext("New on the list: %(names)s.", "New on the list: %(names)s.", count) % {"names": names}


def preview(edition: Edition) -> str:
    """What mail programs show behind the subject: the titles."""
    return "; ".join(title(entry.title, edition.language) for entry in edition.entries[:4])[:200]


def how_often(edition: Edition) -> str:
    """When this comes, or that it was the last."""
    t = translations(edition.language)
    if edition.away:
        return t.gettext("The pause is over: from now on every message comes by itself again.")
    if edition.last:
        return t.gettext("This is the last digest: from now on every message comes by itself.")
    return t.gettext("This digest comes %(when)s.") % {"when": in_words(edition.schedule, edition.language)}


def commands(edition: Edition) -> str:
    """The words that change it, in an answer to the letter."""
    t = translations(edition.language)
    day = (edition.made_at + PAUSE).astimezone(edition.zone)
    until = f"{day.day}.{day:%m}"
    weekly = edition.schedule.every is Every.WEEK and not edition.last
    words = [
        t.gettext("DAILY") if weekly or edition.last else t.gettext("WEEKLY"),
        *([] if edition.last else [t.gettext("EACH")]),
        t.gettext("PAUSE UNTIL %(date)s") % {"date": until},
        t.gettext("LEAVE"),
    ]
    return t.gettext("To change that, just answer: %(words)s.") % {"words": listed(words, t.gettext("%(some)s or %(last)s"))}


def zone(name: str, default: str) -> ZoneInfo:
    """A person's zone; the default where theirs is empty or no longer known."""
    try:
        return ZoneInfo(name or default)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(default)
