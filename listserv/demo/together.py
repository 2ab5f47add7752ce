"""What a network makes together, by mail alone: a bank of materials, a meeting, a needs diagnosis."""

import io
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from http.cookiejar import CookieJar
from zoneinfo import ZoneInfo

from listserv.demo.stage import DOMAIN, EACH, MODERATORS, Demo, Failed
from listserv.demo.web import fetch, hidden_fields
from listserv.i18n import long_date, weekday

HALINA, MAREK, EWA = ("halina@biblioteka.example.org", "marek@szkola.example.org", "ewa@poczta.example.org")
TITLE = "Karty pracy: bezpieczne wyszukiwanie"
LINK = "https://scenariusze.example.org/wyszukiwanie/"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MEETING = "Spotkanie z ekspertem"


def letter(sender: str, name: str, to: str, subject: str, words: str, key: str) -> EmailMessage:
    """A plain letter, as any mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{name} <{sender}>", f"{to}@{DOMAIN}", subject
    mail["Date"], mail["Message-ID"] = format_datetime(datetime.now(UTC)), f"<{key}@{sender.rpartition('@')[2]}>"
    mail.set_content(f"{words}\n", cte="quoted-printable")
    return mail


def text_of(mail: EmailMessage) -> str:
    """A letter's plain text in one line."""
    body = mail.get_body(("plain",))
    return " ".join(str(body.get_content()).replace("\N{NO-BREAK SPACE}", " ").split()) if body else ""


Wanted = Callable[[EmailMessage], bool]


def letter_to(address: str, words: str, *, subject: str = "") -> Wanted:
    """Letters of the program to an address with these words in them."""
    return lambda mail: mail["Delivered-To"] == address and not mail["List-Post"] and subject in str(mail["Subject"]) and words in text_of(mail)


def another(address: str, subject: str, first: EmailMessage) -> Wanted:
    """A second letter of the program to somebody about the same."""
    about = letter_to(address, "", subject=subject)
    return lambda mail: about(mail) and mail["Message-ID"] != first["Message-ID"]


def run_calendar(demo: Demo, ahead: timedelta) -> None:
    """Let the calendar do what it owes by then."""
    moment = (datetime.now(UTC) + ahead).isoformat(timespec="minutes")
    command = [sys.executable, "-m", "listserv", "--data", str(demo.data), "due", "--at", moment, "--run"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # nosec B603: our own program, no words of anybody's


def release(demo: Demo, draft: EmailMessage, subject: str) -> None:
    """A coordinator's word to a draft, and what the calendar does of it, without waiting for its turn."""
    demo.answer(draft, "WYŚLIJ")
    demo.expect("what became of the draft", another(MODERATORS[0], subject, draft))
    run_calendar(demo, timedelta(minutes=1))


def document() -> bytes:
    """A small real text of a word processor."""
    package, office = "http://schemas.openxmlformats.org/package/2006", "http://schemas.openxmlformats.org/officeDocument/2006"
    kinds = (
        ("Default", "Extension", "rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("Override", "PartName", "/word/document.xml", f"{WORD}.main+xml"),
    )
    typed = "".join(f'<{tag} {name}="{value}" ContentType="{kind}"/>' for tag, name, value, kind in kinds)
    leads = f'<Relationship Id="r1" Type="{office}/relationships/officeDocument" Target="word/document.xml"/>'
    lines = (TITLE, "Klasa 5, 45 minut. Uczniowie porównują trzy wyszukiwarki.", "Licencja: CC BY 4.0")
    words = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{typed}</Types>')
        file.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships">{leads}</Relationships>')
        file.writestr("word/document.xml", f'<w:document xmlns:w="{NAMESPACE}"><w:body>{words}</w:body></w:document>')
    return packed.getvalue()


def materials(demo: Demo) -> str:
    """A post with a file and a link fills the bank; a colleague asks for it, and its author hears that it was of use."""
    post = letter(
        MAREK, "Marek Regał", "siecibp", "Karty pracy do lekcji o wyszukiwaniu", f"W załączniku karty pracy, a tu całość: {LINK}", f"demo.8.{demo.run}"
    )
    post.add_attachment(document(), *WORD.split("/"), filename="karty-pracy-wyszukiwanie.docx")
    demo.deliver(post.as_bytes())
    demo.expect("copies", lambda mail: mail["Message-ID"] == post["Message-ID"], EACH + 1)
    demo.deliver(letter(EWA, "Ewa Fiszka", "siecibp-bank", "wyszukiwanie", "", f"demo.9.{demo.run}").as_bytes())
    found = demo.expect("the bank's list", letter_to(EWA, "siecibp/materials/"))[-1]
    number = re.search(r"materials/(\d+)", text_of(found))
    if number is None:
        raise Failed("the bank's list has no number")
    demo.answer(found, f"PRZYŚLIJ {number[1]}")
    sent = demo.expect("the material", lambda mail: mail["Delivered-To"] == EWA and not mail["List-Post"] and bool(list(mail.iter_attachments())))[0]
    demo.answer(sent, f"Skorzystałam z {number[1]}")
    demo.expect("the author's letter", letter_to(MAREK, "Ewa Fiszka"))
    return f"a post's file and link stand in the bank; siecibp-bank@{DOMAIN} found them by a word and sent one, whose author heard that it was used"


def meeting(demo: Demo) -> str:
    """A plain letter becomes an invitation; three people answer it in three ways."""
    day = datetime.now(ZoneInfo("Europe/Warsaw")) + timedelta(days=10)
    words = f"{MEETING}, {weekday(day, 'pl')} {long_date(day, 'pl')} godz. 16.30, online, https://spotkania.example.org/siec".replace("\N{NO-BREAK SPACE}", " ")
    demo.deliver(letter(MODERATORS[0], "Alina Zakładka", "siecibp-meeting", MEETING, words, f"demo.10.{demo.run}").as_bytes())
    release(demo, demo.expect("the draft of the meeting", letter_to(MODERATORS[0], MEETING, subject=MEETING))[0], MEETING)
    invited = demo.expect("invitations", lambda mail: "METHOD:REQUEST" in calendar_of(mail), EACH + 2)
    own = {str(mail["Delivered-To"]): mail for mail in invited}
    demo.deliver(accepted(own[HALINA], f"demo.11.{demo.run}"))
    demo.answer(own[MAREK], "Będę.")
    press(own[EWA])
    for who in (HALINA, MAREK):
        demo.expect("what was understood", another(who, MEETING, own[who]))
    said = "answered by a calendar, by BĘDĘ and by a button"
    return f"a coordinator wrote „{MEETING}, …” to siecibp-meeting@{DOMAIN}, replied WYŚLIJ: {len(own)} invitations out, {said}"


def calendar_of(mail: EmailMessage) -> str:
    """The iCalendar object of a mail; empty where it has none."""
    part = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    content = part.get_payload(decode=True) if part else b""
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def accepted(invitation: EmailMessage, key: str) -> bytes:
    """What a calendar program answers when somebody presses „Accept” (RFC 5546, section 3.2.3)."""
    page = re.sub(r"\r?\n[ \t]", "", calendar_of(invitation))
    kept = [line for line in re.split(r"\r?\n", page.partition("BEGIN:VEVENT")[2]) if re.match(r"(?:UID|SEQUENCE|DTSTART|DTEND|ORGANIZER|SUMMARY)\b", line)]
    organizer = re.search(r"^ORGANIZER.*?mailto:(\S+)", page, re.MULTILINE | re.IGNORECASE)
    if organizer is None:
        raise Failed("the invitation has no organizer")
    stamp = f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    event = ["BEGIN:VEVENT", stamp, f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{HALINA}", *kept, "END:VEVENT"]
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = f"Halina Okładka <{HALINA}>", organizer[1], f"Accepted: {MEETING}"
    reply["Date"], reply["Message-ID"] = format_datetime(datetime.now(UTC)), f"<{key}@biblioteka.example.org>"
    reply.set_content("Halina Okładka: przyjęto\n", cte="quoted-printable")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Calendar//EN", "METHOD:REPLY", *event, "END:VCALENDAR", ""]
    reply.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"}, cte="base64")
    return reply.as_bytes()


def press(invitation: EmailMessage) -> None:
    """Press a button of a letter, and the one of the page that it opens; nobody signs in."""
    link = re.search(r"http://\S+/r/meeting/[^\s>]+", text_of(invitation))
    if link is None:
        raise Failed("the invitation has no button")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    fields = [*hidden_fields(fetch(browser, link[0])), ("say", "yes")]
    fetch(browser, link[0].partition("?")[0], urllib.parse.urlencode(fields).encode())


QUESTIONS = """Nowy rok szkolny zaplanujmy razem.

1. Które obszary są dla Państwa najważniejsze? Proszę ułożyć w kolejności.
1) Lekcje i TIK
2) Zbiory i katalog
3) Spotkania

2. Co najbardziej by pomogło? Można wybrać kilka odpowiedzi.
1) spotkania online
2) gotowe materiały
3) ktoś, kogo można zapytać
"""
NEEDS = "Czego potrzebujemy w tym roku"
ANSWERS = ((HALINA, "1: 1, 3, 2\n2: 2"), (MAREK, "1: 1, 2, 3\n2: 2, 3"), (EWA, "1: 3, 1, 2\n2: 1"))


def questions(demo: Demo) -> str:
    """Two questions to everybody, three answers by reply, and the results in a thread."""
    demo.deliver(letter(MODERATORS[0], "Alina Zakładka", "siecibp-questions", NEEDS, QUESTIONS, f"demo.12.{demo.run}").as_bytes())
    draft = demo.expect("the draft of the questions", letter_to(MODERATORS[0], "Zbiory i katalog", subject=NEEDS))[0]
    release(demo, draft, NEEDS)
    asked = {who: demo.expect("the questions", letter_to(who, "Zbiory i katalog", subject=NEEDS))[0] for who, _ in ANSWERS}
    for who, words in ANSWERS:
        demo.answer(asked[who], words)
    for who, _ in ANSWERS:
        demo.expect("what was understood", another(who, NEEDS, asked[who]))
    demo.answer(draft, "ZAMKNIJ")
    demo.expect("that it is closed", lambda mail: letter_to(MODERATORS[0], "", subject=NEEDS)(mail) and "wynik" in text_of(mail))
    run_calendar(demo, timedelta(minutes=1))
    told = demo.expect("the results", lambda mail: mail["List-Post"] is not None and NEEDS in str(mail["Subject"]), EACH + 1)[0]
    if "█" not in text_of(told) or "svg" not in str(told.get_body(("html",)) or ""):
        raise Failed("the results lack their chart")
    return (
        f"a coordinator asked siecibp-questions@{DOMAIN} what the network needs; three people replied by numbers, ZAMKNIJ closed it,"
        " and the results came to the list with a chart"
    )
