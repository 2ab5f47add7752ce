"""What a plain letter says of a meeting: title, day and hours, place, link, seats. Whatever is doubtful is asked; nothing is guessed."""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from listserv.mail import decisions, meetinghours, meetingwhen
from listserv.mail.folding import fold, plain
from listserv.mail.meetinghours import Hours
from listserv.mail.meetingpatterns import (
    ABBREVIATED,
    FAREWELL,
    GENERIC,
    GOES_ON,
    HEAD,
    IANA,
    INVITING,
    LABEL,
    LINE,
    LINK,
    LONGEST_PLACE,
    LONGEST_TEXT,
    LONGEST_TITLE,
    NO_LIMIT,
    ONLINE,
    PLACE,
    POLISH,
    SEATS,
    STREET,
    TAIL,
    ZONES,
)
from listserv.mail.meetingplan import Plan
from listserv.mail.meetingsense import Said, put_together
from listserv.mail.meetingwhen import Span
from listserv.mail.subject import base_subject

# A letter about a meeting is no book: what is longer is not searched for days and hours.
LONGEST_READ, LONGEST_SUBJECT = 2 * LONGEST_TEXT, 1_000


def read(subject: str, text: str, now: datetime, zone: str) -> Plan:
    """A whole letter as a new meeting; `now` by the clocks of the zone, without one."""
    said = find(subject, text)
    return put_together(Plan(zone=zone), said, now)


def corrected(plan: Plan, text: str, now: datetime) -> Plan | None:
    """The meeting with what this reply says otherwise; None where it says nothing of it."""
    said = find("", text)
    known = said.title or said.place or said.url or said.seats is not None or said.unlimited or (said.text and said.labelled)
    if not (said.labelled or said.day or said.hours.start) or not (known or said.day or said.hours != Hours()):
        return None
    if not said.labelled:
        # Words around a new date are a remark and not what the members will read.
        said.title, said.text = "", ""
    return put_together(plan, said, now)


def is_whole(text: str) -> bool:
    """Does this say a meeting all by itself: a day, an hour, and what it is? One line with a label is a correction."""
    said = find("", text)
    if said.labelled:
        return False
    return said.day is not None and said.hours.start is not None and bool(said.place or said.url) and len(said.title.split()) > 1


def find(subject: str, text: str) -> Said:
    """What a letter says, line by line."""
    said, lines = Said(), decisions.after_greeting(plain(text[:LONGEST_READ]).strip()).split("\n")
    subject = base_subject(plain(subject[:LONGEST_SUBJECT])).strip()
    last = ""
    for number, line in enumerate(lines):
        found = LINE.fullmatch(line)
        label = LABEL.fullmatch(" ".join(fold(found["label"]).split())) if found else None
        if found and label and label.lastgroup and not (label.lastgroup == "text" and number > 40):
            last = label.lastgroup
            _labelled(said, last, found["value"].strip())
        elif last == "text" and line.strip():
            said.text += f"\n{line}"
        else:
            last = last if last == "text" else ""
            said.others.append(line)
    _free(said, subject, "\n".join(said.others).strip())
    return said


def _labelled(said: Said, label: str, value: str) -> None:
    said.labelled += 1
    folded = fold(value)
    if label == "day":
        found = meetingwhen.read_day(folded)
        said.day = found[0] if found else said.day
        rest = _without(folded, [found[1]] if found else [])
        said.hours = _together(said.hours, meetinghours.read_hours(rest)[0])
        said.zone = said.zone or _zone(value, folded)
    elif label in ("hours", "end", "length"):
        bare = {"hours": "godz. ", "end": "do ", "length": ""}[label] + folded
        read_ = meetinghours.read_hours(bare)[0]
        said.hours = _together(said.hours, read_ if read_ != Hours() else meetinghours.read_hours(folded)[0])
        said.zone = said.zone or _zone(value, folded)
    elif label == "seats":
        number = re.search(r"\d{1,4}", folded)
        none = NO_LIMIT.search(folded) is not None or folded.startswith(("brak", "none", "no ", "-"))
        said.seats, said.unlimited = (int(number[0]), False) if number else (None, none)
    elif label == "url":
        link = LINK.search(value)
        said.url = link[0] if link else said.url
    else:
        setattr(said, label, value)
    if label == "place" and (link := LINK.search(value)):
        said.url, said.place = said.url or link[0], value.replace(link[0], "").strip(" ,;–-") or said.place
        said.place = "online" if said.place == value else said.place


def _together(old: Hours, new: Hours) -> Hours:
    return Hours(new.start or old.start, new.end or old.end, new.length or old.length)


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text, as long as before, with marks where something was found."""
    for begin, end in spans:
        text = text[:begin] + "\x00" * (end - begin) + text[end:]
    return text


def _free(said: Said, subject: str, body: str) -> None:
    """What the words say that stand behind no label: subject and body as one page."""
    page = f"{subject}\n{body}"
    folded, spans = fold(page), list[Span]()
    spans += [found.span() for found in LINK.finditer(page)]
    said.url = said.url or next((found[0] for found in LINK.finditer(page)), "")
    if said.seats is None and not said.unlimited:
        spans += _seats(said, _without(folded, spans))
    if said.day is None and (day := meetingwhen.read_day(_without(folded, spans))):
        said.day = day[0]
        spans.append(day[1])
    said.zone = said.zone or _zone(page, folded)
    spans += [found.span() for pattern in ZONES for found in re.finditer(rf"\(?(?:{pattern})\)?", folded)] if said.zone else []
    if said.hours.start is None:
        hours, at = meetinghours.read_hours(_without(folded, spans))
        said.hours = _together(hours, said.hours)
        spans += at
    found = list(ONLINE.finditer(_without(folded, spans)))
    online = next((one for one in found if not one["kind"]), found[0] if found else None)
    # „Spotkanie zdalne” is a title as it stands.
    named = online is not None and not online["kind"] and online.start() > len(subject)
    left = _without(page, [*spans, online.span()] if online and named else spans)
    if not said.place:
        said.place = _place(left) or (_service(page[slice(*online.span())]) if online else "")
        left = left.replace(said.place, "\x00") if said.place and said.place not in subject else left
    if not said.title:
        said.title = _title(left, subject, folded)
    said.text = _without_farewell(said.text or _rest(left, page))[:LONGEST_TEXT]


def _service(words: str) -> str:
    """`online`, or the service that was named."""
    folded = fold(words)
    named = re.search(r"zoom|teams|google meet|jitsi|clickmeeting|\bmeet\b", folded)
    said = re.sub(r"^(?:na|on|przez|via|w)\s+", "", words, flags=re.IGNORECASE) if named else "online"
    return re.sub(r"\b(zoom|teams)(?:ie|a|em|ach)\b", r"\1", said, flags=re.IGNORECASE)


def _seats(said: Said, folded: str) -> list[Span]:
    found = SEATS.search(folded)
    if found:
        said.seats = int(found["a"] or found["b"])
        return [found.span()]
    unlimited = NO_LIMIT.search(folded)
    said.unlimited = unlimited is not None
    return [unlimited.span()] if unlimited else []


def _zone(text: str, folded: str) -> str:
    named = IANA.search(text)
    if named and _is_zone(named[0]):
        return named[0]
    return next((zone for pattern, zone in ZONES.items() if re.search(pattern, folded)), "")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _place(left: str) -> str:
    for pattern in (PLACE, STREET):
        for found in pattern.finditer(left):
            where, end = found["where"], found.end("where")
            # „ul. Długa”, „im. Norwida”: the dot ends no sentence.
            while ABBREVIATED.search(left[: end + 1]) and (more := GOES_ON.match(left, end)):
                where, end = where + more[0], end + more.end()
            where = where.strip(" ,;:.–—-()")
            if len(where) > 2:
                # „W Bibliotece Pedagogicznej” reads well only with its preposition.
                before = found.groupdict().get("at") or ""
                return f"{before.lower()} {where}"[:LONGEST_PLACE] if fold(before) in POLISH else where[:LONGEST_PLACE]
    return ""


def _title(left: str, subject: str, folded: str) -> str:
    first, _, body = left.partition("\n")
    whole = HEAD.sub("", first).strip()
    # „AI, etyka i prawo – warsztaty”: a subject that says nothing of when and where is a title as it stands.
    own = _tidy(first) if "\x00" in first or INVITING.match(f"{fold(whole)} ") else whole.strip(' ,;:.–—-()*_"')
    if own and not GENERIC.fullmatch(fold(own)) and len(own) > 3:
        return own[:LONGEST_TITLE]
    # The line that says when.
    headline = next((line for line in body.split("\n") if "\x00" in line and _tidy(line)), "")
    made = _tidy(headline)
    return (made if len(made) > 3 else own)[:LONGEST_TITLE]


def _tidy(line: str) -> str:
    """The first words of a line that are not about when and where."""
    for part in re.split(r"\x00+|[,;|](?=\s)|\s[–—-]\s|(?<=[^\W\d_]{4})\.(?=\s)", line):
        made = HEAD.sub("", part).strip()
        cut = INVITING.match(fold(made) + " ")
        made = made[cut.end() :] if cut else made
        made = made[: m.start()] if (m := TAIL.search(fold(made))) else made
        made = made.strip(' ,;:.–—-()*_"')
        if sum(c.isalpha() for c in made) > 2:
            return made[:1].upper() + made[1:]
    return ""


def _rest(left: str, page: str) -> str:
    """The letter without the line that says it all, where nothing but a title stands in it."""
    lines, whole = left.split("\n")[1:], page.split("\n")[1:]
    kept = [line for line, bare in zip(whole, lines, strict=True) if not ("\x00" in bare and len(bare.replace("\x00", " ").split()) < 6)]
    return "\n".join(kept).strip()


def _without_farewell(text: str) -> str:
    lines = text.strip().split("\n")
    ends = [number for number, line in enumerate(lines) if FAREWELL.match(fold(line)) and len(lines) - number <= 6]
    return "\n".join(lines[: ends[0]] if ends else lines).strip()
