"""Take the pictures of this folder anew: `python docs/pictures/take.py` (wants Chromium and the extra `dev`); with `issue` only those of an issue.

A network that does not exist is made in a temporary folder, mail reaches it by SMTP as any mail does, and a browser looks.
"""

import mailbox
import os
import re
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))
from tests import figures_seed  # noqa: E402  (the tests are no installed package)

SENT = "biblioteka.example.org"
PEOPLE = {
    "zofia": "Zofia Lektura",
    "halina": "Halina Okładka",
    "marek": "Marek Regał",
    "ewa": "Ewa Fiszka",
    "jan": "Jan Przypis",
    "irena": "Irena Czytelnia",
    "alina": "Alina Zakładka",
    "pawel": "Paweł Inwentarz",
    "dorota": "Dorota Katalog",
}
TOPICS = (
    ("tik", "Lekcje i TIK", "Scenariusze, narzędzia, bezpieczeństwo w sieci."),
    ("zbiory", "Zbiory i katalog", "Zakupy, opracowanie, skontrum."),
    ("spotkania", "Spotkania", "Kiedy, gdzie i z kim."),
)
# (days ago, name of the thread, number of what is answered, author, text): what was written before today.
EARLIER = (
    (33, "Skontrum bez łez", 0, "pawel", "Zaczynamy skontrum w marcu, po raz pierwszy z czytnikiem. Jakie listy kontrolne się u Państwa sprawdziły?"),
    (
        32,
        "Skontrum bez łez",
        1,
        "dorota",
        "U nas najlepiej działa podział na regały: jedna osoba czyta kody, druga od razu odkłada to, co bez kodu.\n\n"
        "Protokół braków drukujemy dopiero po tygodniu, bo połowa się znajduje.",
    ),
    (26, "Jak zachęcić ósmoklasistów do czytania?", 0, "irena", "Młodsi przychodzą sami. Ósme klasy omijają nas szerokim łukiem. Co u Państwa zadziałało?"),
    (
        26,
        "Jak zachęcić ósmoklasistów do czytania?",
        1,
        "marek",
        "Dyskusja o ekranizacjach. Najpierw film, potem pytanie, czego w nim zabrakło. Książki wychodziły same.",
    ),
    (
        25,
        "Jak zachęcić ósmoklasistów do czytania?",
        2,
        "ewa",
        "> Najpierw film, potem pytanie, czego w nim zabrakło.\n\nPodpisuję się. U nas do tego półka „Polecają ósme klasy” – sami piszą zakładki.",
    ),
    (
        24,
        "Jak zachęcić ósmoklasistów do czytania?",
        1,
        "alina",
        "Escape room w bibliotece. Zagadki w książkach, wyjście z sygnaturą. Mogę przysłać opis, zajmuje dwie strony.",
    ),
    (18, "Zakup nowości – lista na wiosnę", 0, "dorota", "Zbieram wspólną listę nowości, żeby zamówić taniej. Proszę dopisywać do piątku."),
    (17, "Zakup nowości – lista na wiosnę", 1, "halina", "Dopisuję dwa komiksy historyczne i nowe wydanie słownika ortograficznego."),
    (6, "Jak opisać w katalogu grę planszową bez pudełka?", 0, "dorota", "Dostaliśmy w darze dwanaście gier, połowa w woreczkach. Czy ktoś ma wzór opisu?"),
    (9, "Spotkanie w Wymyślnej – wnioski", 0, "zofia", "Dziękuję wszystkim, którzy przyjechali.\n\nNastępnym razem zapraszamy także dyrektorów."),
    (8, "Spotkanie w Wymyślnej – wnioski", 1, "jan", "Dziękuję za notatkę. Punkt o wymianie międzybibliotecznej zaniosę na radę."),
)
# What comes today: (topic, subject, number of what is answered, author, text).
TODAY = (
    (
        "tik",
        "Scenariusze lekcji o bezpiecznym wyszukiwaniu",
        0,
        "halina",
        "Dzień dobry,\n\nszukam sprawdzonych scenariuszy lekcji o bezpiecznym wyszukiwaniu dla klas czwartych i szóstych."
        " Mam dwa własne, chętnie się nimi podzielę. Czy ktoś ma coś z kartami pracy?\n\n-- \nHalina Okładka\nBiblioteka szkolna w Wymyślnej",
    ),
    (
        "",
        "Scenariusze lekcji o bezpiecznym wyszukiwaniu",
        1,
        "marek",
        "Mam zestaw z kartami pracy, sprawdzony w piątej „b”. Trzy rzeczy, które działają:\n\n"
        "- jedno pytanie na grupę, najlepiej takie, na które wyszukiwarka odpowiada źle;\n- minutnik na ekranie;\n"
        "- na końcu głosowanie, której stronie ufamy.\n\nWyślę jutro.\n\nPozdrawiam\nMarek Regał\n\nHalina Okładka <halina@biblioteka.example.org> napisała:\n"
        "> szukam sprawdzonych scenariuszy lekcji o bezpiecznym wyszukiwaniu\n> dla klas czwartych i szóstych.",
    ),
    ("", "Scenariusze lekcji o bezpiecznym wyszukiwaniu", 2, "ewa", "Dołączam swoją kartę pracy. Można zmieniać i podpisywać się obok."),
    ("", "Scenariusze lekcji o bezpiecznym wyszukiwaniu", 3, "jan", "Przetestuję w czwartek i napiszę, jak poszło."),
    ("", "Scenariusze lekcji o bezpiecznym wyszukiwaniu", 1, "irena", "U nas sprawdziła się gra „prawda czy reklama”. Dzieci same układają pytania."),
    ("zbiory", "Czy ktoś ma zdublowane lektury?", 0, "pawel", "Brakuje nam dwunastu egzemplarzy lektury dla siódmych klas. Może u kogoś leżą zdublowane?"),
)
HELD = (
    "Kornelia Winieta",
    "kornelia@pracownia.example.org",
    "Warsztaty ilustracji",
    "Dzień dobry,\n\nprowadzę małą pracownię ilustracji i chętnie zaproszę osoby z bibliotek na dwa bezpłatne popołudnia w maju.\n\nKornelia Winieta",
)
APPLIES = (
    "Anna Nowa",
    "anna@szkola.example.org",
    "Chęć dołączenia",
    "Dzień dobry,\n\njestem nauczycielką bibliotekarką w Zmyślonej i chętnie dołączę do sieci. Szukam pomysłów na lekcje w młodszych klasach.\n\nAnna Nowa",
)


def mail(author, address, subject, text, number="", answers=()):
    """A letter."""
    made = EmailMessage()
    made["From"], made["Subject"] = f"{author} <{address}>", f"Re: {subject}" if answers else subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{number or time.monotonic_ns()}@{SENT}>"
    if answers:
        made["In-Reply-To"], made["References"] = answers[-1], " ".join(answers)
    made.set_content(text)
    return made


def letters(rows, key):
    """The rows as letters that answer one another within each thread."""
    threads = {}
    for row in rows:
        subject, above, author, text = row[1:]
        own = threads.setdefault(subject, [])
        answers = (own[above - 1]["Message-ID"],) if above else ()
        made = mail(PEOPLE[author], f"{author}@{SENT}", subject, text, f"{key}{len(threads)}.{len(own)}", answers)
        if author == "ewa" and "Dołączam" in text:
            made.add_attachment(b"%PDF-1.4 karta pracy", maintype="application", subtype="pdf", filename="karta pracy – wyszukiwanie.pdf")
        own.append(made)
        yield row, made


def listserv(data, *args):
    """One command of the program."""
    told = subprocess.run([sys.executable, "-m", "listserv", "--data", str(data), *args], cwd=ROOT, check=True, capture_output=True, text=True)
    return told.stdout


def network(data, ports):
    """The network as it was yesterday."""
    listserv(data, "init", "--domain", "listy.example.org", "--url", f"http://127.0.0.1:{ports['web']}", "--language", "pl", "--owner", "admin@example.org")
    listserv(data, "list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl", "--owner", f"zofia@{SENT}")
    listserv(data, "member", "set", "siecibp", f"zofia@{SENT}", f"name={PEOPLE['zofia']}")
    listserv(data, "list", "set", "siecibp", "description=Lista bibliotek pedagogicznych. Pytamy, odpowiadamy, dzielimy się materiałami.")
    for slug, title, description in TOPICS:
        listserv(data, "topic", "add", "siecibp", slug, title)
        listserv(data, "topic", "set", "siecibp", slug, f"description={description}")
    for key, name in PEOPLE.items():
        if key != "zofia":
            listserv(data, "member", "add", "siecibp", f"{key}@{SENT}", "--name", name)
    listserv(data, "member", "set", "siecibp", f"alina@{SENT}", "delivery=digest", "schedule=daily 07:00")
    listserv(data, "list", "set", "siecibp", "tell_newcomers=yes")
    box = mailbox.mbox(data / "earlier.mbox")
    now = datetime.now(UTC).replace(hour=9, minute=12)
    for number, (row, made) in enumerate(letters(EARLIER, "e")):
        made.replace_header("Date", format_datetime(now - timedelta(days=row[0], minutes=37 * number)))
        box.add(mailbox.mboxMessage(made))
    box.close()
    listserv(data, "import", "siecibp", str(data / "earlier.mbox"))


def year(data):
    """A list with a whole year behind it (tests/figures_seed.py), for its figures."""
    listserv(data, "list", "create", "rok", "--title", "Sieć BP", "--language", "pl")
    mails = figures_seed.mbox().decode()
    for group, name, content in (("member", "members.csv", figures_seed.members()), ("", "year.mbox", mails), ("visits", "visits.csv", figures_seed.visits())):
        (data / name).write_text(content.replace("osoba00@", "zofia@"), "utf-8")
        listserv(data, *filter(None, (group, "import")), "rok", str(data / name))


def arrive(port, made, to):
    """Hand a letter over by SMTP."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(made, from_addr=made["From"].addresses[0].addr_spec, to_addrs=[to])


def today(port):
    """What comes in today."""
    for row, made in letters(TODAY, "t"):
        arrive(port, made, f"siecibp{'+' if row[0] else ''}{row[0]}@listy.example.org")
        time.sleep(0.6)
    arrive(port, mail(*HELD), "siecibp@listy.example.org")
    arrive(port, mail(*APPLIES), "moderator_siecibp@listy.example.org")
    time.sleep(3)


# The newest digest of the database, as its reader gets it.
NEWEST = """
import email, email.policy, sys
from pathlib import Path
from sqlalchemy import select
from listserv.cli import console
from listserv.store.queue import Letter
from listserv.usecases import digestletters
with console.opened(Path(sys.argv[1])) as site, site.reading() as db:
    letter = db.scalars(select(Letter).where(Letter.kind == "digest").order_by(Letter.id.desc())).first()
    mail = email.message_from_bytes(digestletters.finished(db, letter), policy=email.policy.default)
print(mail.get_body(("html",)).get_content())
"""


def digest(data, shoot):
    """Tomorrow's digest, as mail programs show it."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12)
    listserv(data, "due", "--at", tomorrow.strftime("%Y-%m-%dT%H:%M:%S+00:00"), "--run")
    made = subprocess.run([sys.executable, "-c", NEWEST, str(data)], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for width in (600, 320):
        for scheme in ("light", "dark"):
            shoot(f"digest-{width}" + ("-dark" if scheme == "dark" else ""), made, width, scheme)


# An issue of the newsletter, as a reader of this name gets it.
ISSUE = """
import sys
from pathlib import Path
from listserv.cli import console
from listserv.store.issues import SourceKind, Template
from listserv.store.lists import list_by_name
from listserv.usecases import deciding, issuepress, issues
with console.opened(Path(sys.argv[1])) as site, site.writing() as db:
    mlist = list_by_name(db, "siecibp")
    words = issues.Words("Nowości na maj: warsztaty, pytanie i terminy", sys.argv[2], SourceKind.MARKDOWN, Template.CARDS)
    made = issuepress.made(db, issues.draft(db, mlist, deciding.deciders(db, mlist)[0].user_id, words, site.now()), "Halina Okładka")
print(made.html)
"""
MAY = """Dzień dobry, {imię|Szanowni Państwo}!

W maju spotykamy się dwa razy i za każdym razem będzie o czym rozmawiać.

## Warsztaty z czytania na głos

Prowadzi **Zofia Lektura**. Zapisy: [formularz zgłoszeń](https://example.org/zapisy).

- poniedziałek, 4 maja, godz. 10
- wtorek, 5 maja, godz. 12

## Pytanie bez odpowiedzi

> Czy ktoś ma licencję na e-booki dla uczniów, która działa także poza szkołą?

## Terminy

| Co | Kiedy |
|---|---|
| Sprawozdania | 15 maja |
| Zebranie w sieci | 20 maja |
"""


def issue(data, shoot):
    """An issue, as mail programs show it."""
    made = subprocess.run([sys.executable, "-c", ISSUE, str(data), MAY], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for width in (600, 320):
        for scheme in ("light", "dark"):
            shoot(f"issue-{width}" + ("-dark" if scheme == "dark" else ""), made, width, scheme)


@contextmanager
def chromium():
    """A browser."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def lighter(place):
    """A long picture in 128 colours: half as heavy, and the same to the eye."""
    with Image.open(place) as picture:
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(place, optimize=True)


def letters_in(browser):
    """What takes the picture of a letter, as a mail program shows it."""

    def shoot(name, made, width, scheme):
        seen = browser.new_context(locale="pl-PL", viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = seen.new_page()
        page.set_content(made)
        page.screenshot(path=HERE / f"{name}.png", full_page=True)
        seen.close()
        lighter(HERE / f"{name}.png")

    return shoot


def look(data, home):
    """Ten pictures of pages, four of a digest and four of an issue."""
    link = re.search(r"http\S+", listserv(data, "sign-in", f"zofia@{SENT}"))[0]
    with chromium() as browser:
        first = browser.new_context(locale="pl-PL")
        page = first.new_page()
        page.goto(link)
        page.click("main button")
        state = first.storage_state()

        def shoot(name, path, width, scheme="light", language="pl-PL", first=None, height=900):
            seen = browser.new_context(locale=language, viewport={"width": width, "height": height}, color_scheme=scheme, storage_state=state)
            page = seen.new_page()
            page.goto(home + path)
            if first:
                first(page)
            page.screenshot(path=HERE / f"{name}.png")
            seen.close()

        page.goto(home + "/siecibp/")
        yield
        page.goto(home + "/siecibp/")
        thread = page.get_by_role("link", name=re.compile("bezpiecznym wyszukiwaniu")).first.get_attribute("href").split("#")[0]
        shoot("list-1280", "/siecibp/", 1280)
        shoot("list-360", "/siecibp/", 360, height=780)
        shoot("thread-1280", thread, 1280, height=1000)
        shoot("thread-360-dark", thread, 360, scheme="dark", height=780)
        shoot("search-1280", "/siecibp/search?q=karta+pracy", 1280, height=700)
        shoot("moderate-1280", "/siecibp/moderate/", 1280, height=1000)
        shoot("stats-1280", "/rok/stats", 1280, height=1500)
        shoot("stats-320-dark", "/rok/stats", 320, scheme="dark", height=1300)
        shoot("write-1280", thread + "/reply", 1280, first=written, height=1000)
        shoot("people-1280-dark-en", "/siecibp/people/", 1280, scheme="dark", language="en-GB", height=700)
        digest(data, letters_in(browser))
        issue(data, letters_in(browser))


def written(page):
    """An answer with its preview."""
    page.get_by_label("Treść").fill("Dziękuję. **Minutnik** to świetny pomysł.\n\n- jedno pytanie na grupę\n- głosowanie na końcu")
    page.get_by_role("button", name="Podgląd").click()
    page.wait_for_timeout(400)


def there(ports):
    """Wait until somebody listens."""
    for port in ports:
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)


def main():
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        data, ports = Path(folder) / "site", {}
        for name in ("web", "smtp"):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                ports[name] = probe.getsockname()[1]
        network(data, ports)
        if sys.argv[1:] == ["issue"]:
            with chromium() as browser:
                issue(data, letters_in(browser))
            return
        year(data)
        settings = {f"LISTSERV_{name.upper()}_LISTEN": f"127.0.0.1:{port}" for name, port in ports.items()}
        server = subprocess.Popen(
            [sys.executable, "-m", "listserv", "--data", str(data), "serve"], cwd=ROOT, env=os.environ | settings | {"LISTSERV_LMTP_LISTEN": ""}
        )
        try:
            there(ports.values())
            for _ in look(data, f"http://127.0.0.1:{ports['web']}"):
                today(ports["smtp"])
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
