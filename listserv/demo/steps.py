"""The main job, step by step: real letters in, real copies out."""

import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.cookiejar import CookieJar

from listserv import links
from listserv.demo.stage import DOMAIN, EACH, MODERATORS, Demo, Failed
from listserv.demo.together import materials, meeting, questions
from listserv.demo.web import fetch, hidden_fields, status
from listserv.site import open_site
from listserv.store.people import Purpose
from listserv.usecases import tokens


def to(address: str, words: str = "") -> Callable[[EmailMessage], bool]:
    """Letters to an address with these words in the subject."""
    return lambda letter: letter["Delivered-To"] == address and words in str(letter["Subject"]).replace("\N{NO-BREAK SPACE}", " ")


def text_of(letter: EmailMessage) -> str:
    """A letter's plain text."""
    body = letter.get_body(("plain",))
    return str(body.get_content()) if body else ""


Step = Callable[[Demo], str]


def new_topic(demo: Demo) -> str:
    """A member begins a thread."""
    demo.send("1-thunderbird")
    copies = demo.expect("copies", lambda letter: letter["Message-ID"] == f"<demo.1.{demo.run}@biblioteka.example.org>", EACH)
    first = copies[0]
    if not (first["List-Id"] and first["List-Unsubscribe-Post"] and first["Archived-At"] and first["Reply-To"]):
        raise Failed("a copy lacks the list's fields")
    return f"a member wrote from Thunderbird to siecibp+tik@{DOMAIN}: a new thread, {len(copies)} copies out"


def replies(demo: Demo) -> str:
    """Three kinds of mail client answer."""
    for name in ("2-outlook", "3-gmail", "4-iphone"):
        demo.send(name)
    demo.expect("copies of the replies", lambda letter: str(letter["Subject"]).startswith(("Odp:", "Re:")), 3 * EACH)
    return "three members answered from Outlook, Gmail and an iPhone: the same thread, every copy out"


def application(demo: Demo) -> str:
    """A stranger writes to the moderators' address."""
    demo.send("5-application")
    demo.expect("the acknowledgement", to("anna@wymyslna.example.org", "dotarło"))
    for moderator in MODERATORS:
        letter = demo.expect("the moderators' letter", to(moderator, "Anna Nowa"))[0]
        if "uczę się od" not in text_of(letter):
            raise Failed("the moderators' letter lacks the applicant's words")
    return f"somebody who is not on the list wrote to moderator_siecibp@{DOMAIN}: acknowledged, both moderators asked"


def yes(demo: Demo) -> str:
    """A moderator answers with one word."""
    demo.answer(demo.expect("the moderators' letter", to(MODERATORS[0], "Anna Nowa"))[0], "TAK")
    demo.expect("the welcome", to("anna@wymyslna.example.org", "zapraszamy"))
    demo.expect("the other moderator's note", to(MODERATORS[1], "Nowa osoba na liście: Anna Nowa"))
    return "a moderator replied TAK: the applicant is welcomed, the other moderator told"


def stranger(demo: Demo) -> str:
    """A stranger's post is held and let through."""
    demo.send("6-stranger")
    demo.expect("the author's note", to("kornelia@pracownia.example.org", "Wstrzymana"))
    demo.answer(demo.expect("the moderators' letter", to(MODERATORS[1], "Zaproszenie na warsztaty"))[0], "Tak.")
    demo.expect("copies", lambda letter: letter["Message-ID"] == f"<demo.6.{demo.run}@pracownia.example.org>", EACH + 1)
    return "a stranger's post was held; a moderator replied Tak, and it went out"


def digest(demo: Demo) -> str:
    """The calendar's morning, and an answer to one item."""
    morning = (datetime.now(UTC) + timedelta(days=1, hours=12)).isoformat(timespec="minutes")
    command = [sys.executable, "-m", "listserv", "--data", str(demo.data), "due", "--at", morning, "--run"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # nosec B603: our own program, no words of anybody's
    letter = demo.expect("the digest", to("irena@czytelnia.example.org", "Sieć BP"))[0]
    demo.answer(letter, "1: Dziękuję za karty pracy, skorzystam w maju.")
    demo.expect("copies of the answer", lambda mail: "skorzystam w maju" in text_of(mail) and mail["List-Id"] is not None, EACH + 1)
    return f"the morning's digest came („{letter['Subject']}”), and a reply beginning with 1: landed in its thread"


def issue(demo: Demo) -> str:
    """A coordinator writes to the newsletter's address, looks at what comes back, and sends it by a word."""
    demo.send("7-issue")
    preview = demo.expect("the preview", to(MODERATORS[0], "Sieć w maju"))[0]
    demo.answer(preview, "WYŚLIJ")
    copies = demo.expect("copies of the issue", lambda letter: letter["Subject"] == "Sieć w maju" and letter["List-Id"] is not None, EACH + 2)
    if not all(copy.get_body(("html",)) for copy in copies):
        raise Failed("a copy of the issue lacks its HTML")
    return f"a coordinator wrote to siecibp-news@{DOMAIN}, saw the issue as it will be, replied WYŚLIJ: {len(copies)} copies out"


def archive(demo: Demo) -> str:
    """Private means private; a mailed link opens the archive."""
    base = demo.settings.site.url
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    if status(browser, f"{base}/siecibp/") != 404:
        raise Failed("a private archive is open to strangers")
    link = sign_in_link(demo)
    fetch(browser, link, urllib.parse.urlencode(hidden_fields(fetch(browser, link))).encode())
    listing = fetch(browser, f"{base}/siecibp/")
    if "Scenariusze lekcji TIK" not in listing:
        raise Failed("the thread is not on the list's page")
    made = fetch(browser, f"{base}/siecibp/successes")
    if "siecibp/materials/" not in made or "Halina Okładka" not in made:
        raise Failed("what was made is not on the page of successes")
    return f"the archive: 404 for strangers; threads and what was made together for who signs in by link ({base}/siecibp/)"


def sign_in_link(demo: Demo) -> str:
    """A link that signs the coordinator in."""
    site = open_site(demo.data)
    try:
        with site.writing() as db:
            token = tokens.issue(db, Purpose.SIGN_IN, MODERATORS[0], site.now(), days=1 / 24)
        return links.sign_in_url(site.settings, token)
    finally:
        site.close()


STEPS: tuple[Step, ...] = (new_topic, replies, application, yes, stranger, digest, issue, materials, meeting, questions, archive)
