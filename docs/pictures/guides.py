"""Take the pictures of the guides anew: `python docs/pictures/guides.py` (wants Chromium and the extra `dev`).

Two small networks that do not exist, one Polish and one English, get the same letters by SMTP; a browser looks at both.
Pictures are 900 pixels wide, pages somewhat smaller than they are.
"""

import email
import email.policy
import os
import re
import smtplib
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))
from tests.serving import answers, free_port, wait_for  # noqa: E402  (the tests are no installed package)

FRONT, DOMAIN, WIDTH = "mx.example.org", "listy.example.org", 1120
PEOPLE = (("zofia", "Zofia Lektura"), ("halina", "Halina Okładka"), ("marek", "Marek Regał"), ("ewa", "Ewa Fiszka"), ("jan", "Jan Przypis"))
# Of each language: list, title, description, topics; (author, subject, number of the letter above, text); who waits; whom to invite.
LISTS = {
    "pl": {
        "list": ("siecibp", "Sieć BP", "Lista bibliotek pedagogicznych. Pytamy, odpowiadamy, dzielimy się materiałami."),
        "topics": (("tik", "Lekcje i TIK"), ("zbiory", "Zbiory i katalog"), ("spotkania", "Spotkania")),
        "letters": (
            (
                "halina",
                "Scenariusze lekcji o wyszukiwaniu",
                0,
                "Dzień dobry,\n\nszukam scenariuszy lekcji o bezpiecznym wyszukiwaniu dla klas czwartych. Czy ktoś ma karty pracy?",
            ),
            ("marek", "Scenariusze lekcji o wyszukiwaniu", 1, "Mam zestaw z kartami pracy, sprawdzony w piątej „b”. Wyślę jutro."),
            ("ewa", "Scenariusze lekcji o wyszukiwaniu", 2, "A przy okazji: czy na spotkanie w czerwcu zabrać rzutnik?"),
            ("jan", "Skontrum bez łez", 0, "Zaczynamy skontrum w marcu, po raz pierwszy z czytnikiem. Jakie listy kontrolne się u Państwa sprawdziły?"),
            ("halina", "Spotkanie w Wymyślnej – wnioski", 0, "Dziękuję wszystkim, którzy przyjechali. Notatka w załączniku będzie w piątek."),
        ),
        "held": (
            "Kornelia Winieta",
            "Warsztaty ilustracji",
            "Dzień dobry,\n\nzapraszam osoby z bibliotek na dwa bezpłatne popołudnia w maju.\n\nKornelia Winieta",
        ),
        "applies": ("Anna Nowa", "Chęć dołączenia", "Dzień dobry,\n\njestem nauczycielką bibliotekarką w Zmyślonej i chętnie dołączę do sieci.\n\nAnna Nowa"),
        "invite": "Anna Nowa <anna@szkola.example.org> – jak rozmawiałyśmy w czerwcu\nTomasz Ekslibris <tomasz@biblioteka.example.org>",
    },
    "en": {
        "list": ("network", "Library network", "School and teachers' libraries: questions, answers, materials."),
        "topics": (("lessons", "Lessons"), ("stock", "Stock and catalogue"), ("meetings", "Meetings")),
        "letters": (
            (
                "halina",
                "Lessons about safe searching",
                0,
                "Hello,\n\nI am looking for lesson plans about safe searching for nine-year-olds. Does anybody have worksheets?",
            ),
            ("marek", "Lessons about safe searching", 1, "I have a set with worksheets, tried in my fifth form. I will send it tomorrow."),
            ("ewa", "Lessons about safe searching", 2, "By the way: should I bring a projector to the meeting in June?"),
            ("jan", "Stocktaking without tears", 0, "We begin in March, for the first time with a reader. Which checklists have worked for you?"),
            ("halina", "What came of our meeting", 0, "Thank you to everybody who came. The notes follow on Friday."),
        ),
        "held": (
            "Kornelia Winieta",
            "Two afternoons of book illustration",
            "Hello,\n\nin May I invite people from libraries to my studio, free of charge.\n\nKornelia Winieta",
        ),
        "applies": ("Anna Nowa", "I would like to join", "Hello,\n\nI am a school librarian and would like to read and write with you.\n\nAnna Nowa"),
        "invite": "Anna Nowa <anna@szkola.example.org> – as we said in June\nTomasz Ekslibris <tomasz@biblioteka.example.org>",
    },
}


def listserv(data, *words):
    """A command's output."""
    return subprocess.run([sys.executable, "-m", "listserv", "--data", str(data), *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def founded(data, web, smtp):
    """Both networks, with their people."""
    listserv(data, "init", "--domain", DOMAIN, "--url", web, "--language", "pl", "--owner", "admin@example.org", "--smtp", smtp, "--lmtp", "", "--web", web[7:])
    for language, facts in LISTS.items():
        name, title, description = facts["list"]
        listserv(data, "list", "create", name, "--title", title, "--language", language)
        listserv(data, "list", "set", name, f"description={description}")
        for slug, topic in facts["topics"]:
            listserv(data, "topic", "add", name, slug, topic)
        for key, person in PEOPLE:
            role = "owner" if key == "zofia" else "member"
            listserv(data, "member", "add", name, f"{key}@{name}.example.org", "--name", person, "--role", role)


def letter(author, address, to, subject, text, **more):
    """A letter, as the mail server in front hands it over."""
    made = EmailMessage()
    made["Authentication-Results"] = f"{FRONT}; dmarc=pass header.from={address.partition('@')[2]}"
    made["From"], made["To"], made["Subject"] = f"{author} <{address}>", to, subject
    for name, value in more.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def written(port, facts):
    """The letters of one network, those that wait last."""
    name = facts["list"][0]
    sent = []
    for number, (key, subject, above, text) in enumerate(facts["letters"], 1):
        more = {"In_Reply_To": f"<{above}@{name}.example.org>"} if above else {}
        writes = (dict(PEOPLE)[key], f"{key}@{name}.example.org", f"{name}@{DOMAIN}", subject, text)
        sent.append(letter(*writes, Message_ID=f"<{number}@{name}.example.org>", **more))
    author, subject, text = facts["held"]
    sent.append(letter(author, f"kornelia@{name}-studio.example.org", f"{name}@{DOMAIN}", subject, text, Message_ID=f"<held@{name}.example.org>"))
    author, subject, text = facts["applies"]
    sent.append(letter(author, f"anna@{name}-szkola.example.org", f"moderator_{name}@{DOMAIN}", subject, text, Message_ID=f"<joins@{name}.example.org>"))
    for made in sent:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.send_message(made, to_addrs=[made["To"]])
        time.sleep(1)


def letters_out(data, address):
    """The letters that somebody has got."""
    found = []
    for path in sorted((data / "out" / "new").glob("*")):
        made = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if made["Delivered-To"] == address:
            found.append(made)
    return found


class Camera:
    """A browser of one person, in one language."""

    def __init__(self, browser, language, home):
        self.language, self.home = language, home
        self.context = browser.new_context(locale=f"{language}-XX", viewport={"width": WIDTH, "height": 700}, device_scale_factor=0.8)
        self.page = self.context.new_page()

    def sign_in(self, link):
        self.page.goto(link)
        self.page.click("main button")

    def shoot(self, name, path="", height=700, before=None):
        if path:
            self.page.goto(self.home + path)
        self.page.set_viewport_size({"width": WIDTH, "height": height})
        if before:
            before(self.page)
        self.page.screenshot(path=HERE / f"guide-{name}-{self.language}.png")

    def shoot_letter(self, name, made, height=640):
        body = made.get_body(("html",)).get_content().replace(self.home, f"https://{DOMAIN}")
        head = f"<p style='font: 20px Georgia, serif'><b>{escape(made['Subject'])}</b><br>{escape(made['From'])}</p><hr>"
        self.page.set_viewport_size({"width": 900, "height": height})
        self.page.set_content(re.sub(r"<body[^>]*>", lambda found: found[0] + head, body))
        self.page.screenshot(path=HERE / f"guide-{name}-{self.language}.png")

    def shoot_paper(self, name, path):
        """A page as it is printed on A4."""
        self.page.goto(self.home + path)
        self.page.emulate_media(media="print")
        self.page.set_viewport_size({"width": 794, "height": 1123})
        self.page.evaluate("document.documentElement.style.padding = '45px 53px'")
        self.page.evaluate(f"document.body.innerHTML = document.body.innerHTML.replaceAll(location.origin, 'https://{DOMAIN}')")
        self.page.screenshot(path=HERE / f"guide-{name}-{self.language}.png")
        self.page.emulate_media(media="screen")


def taken(camera, data, facts):
    """All pictures of one language."""
    name = facts["list"][0]
    owner = f"zofia@{name}.example.org"
    camera.sign_in(re.search(r"http\S+", listserv(data, "sign-in", owner))[0])
    camera.shoot("list", f"/{name}/", 900)
    camera.shoot("moderate", f"/{name}/moderate/", 1150)
    camera.page.goto(f"{camera.home}/{name}/")
    thread = camera.page.get_by_role("link", name=facts["letters"][0][1]).first.get_attribute("href").split("#")[0]
    camera.shoot("tools", f"{thread}/tools", 1060)
    camera.shoot("invite", f"/{name}/moderate/members/invite", 1000, before=lambda page: page.locator("main textarea").first.fill(facts["invite"]))
    camera.shoot("members", f"/{name}/moderate/members", 1000)
    camera.shoot_paper("leaflet", f"/{name}/help")
    asks = next(made for made in letters_out(data, owner) if "Anna" in made["Subject"])
    camera.shoot_letter("letter", asks)


def main():
    with tempfile.TemporaryDirectory(prefix="guides-") as folder:
        data, web, port = Path(folder) / "site", f"http://127.0.0.1:{free_port()}", free_port()
        founded(data, web, f"127.0.0.1:{port}")
        command = [sys.executable, "-m", "listserv", "--data", str(data), "serve"]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"LISTSERV_AUTH_TRUST": FRONT})
        try:
            wait_for(lambda: answers(port) and answers(int(web.rpartition(":")[2])), 120)
            for facts in LISTS.values():
                written(port, facts)
            time.sleep(5)
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
                for language, facts in LISTS.items():
                    taken(Camera(browser, language, web), data, facts)
                browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
