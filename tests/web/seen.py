"""Which pages there are: those that links lead to, for each kind of reader, and those that forms answer with."""

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from listserv.usecases import onetime
from tests.conftest import START
from tests.web.readers import HOME, hidden
from tests.web.world import APP_KEY, SHOWN

LINK = re.compile(r'<a [^>]*?href="([^"]+)"')


@dataclass(frozen=True)
class Sight:
    """A page as somebody gets it: who asks, for what, and what they send."""

    person: str
    path: str
    fields: tuple = ()
    templates: frozenset = field(default=frozenset(), compare=False)
    title: str = field(default="", compare=False)

    def __str__(self):
        return f"{self.person} {'POST' if self.fields else 'GET'} {self.path} {dict(self.fields) or ''}"


class Watcher:
    """Asks for pages and notes which templates they are made of."""

    def __init__(self, browsers, monkeypatch):
        self.browsers = browsers
        self.used = set()
        env = browsers["anonymous"][0].application.jinja_env
        load = env.get_template
        monkeypatch.setattr(env, "get_template", lambda name, *args, **more: (self.used.add(str(name).rpartition(":")[2]), load(name, *args, **more))[1])

    def ask(self, sight, language="pl", agent=""):
        """(answer, templates) of a page."""
        browser, token = self.browsers[sight.person]
        cookies = dict(browser._cookies)
        self.used.clear()
        headers = {"Accept-Language": language, "User-Agent": agent or "werkzeug"}
        away = {"REMOTE_ADDR": f"10.1.{hash(sight.path) % 250}.{len(sight.path) % 250}"}
        if sight.fields:
            answer = browser.post(sight.path, data={"form": token, **dict(sight.fields)}, headers=headers, environ_base=away)
            browser._cookies = cookies
        else:
            answer = browser.get(sight.path, headers=headers, environ_base=away)
        return answer, frozenset(self.used)


def linked(watcher, person, start, limit=400):
    """Every page that links lead this person to, the pages of the public list and of one private list only once each."""
    waiting, seen = list(start), {}
    while waiting and len(seen) < limit:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer, templates = watcher.ask(Sight(person, path))
        seen[path] = (
            Sight(person, path, templates=templates, title=title_of(answer)) if answer.mimetype == "text/html" and answer.status_code < 300 or answer.status_code >= 400 else None
        )
        if answer.mimetype == "text/html":
            waiting += [link for link in links_on(path, answer.text) if link not in seen]
        answer.close()
    return [sight for sight in seen.values() if sight]


def title_of(answer):
    """What the tab of a browser says."""
    said = re.search(r"<title>\s*(.+?)\s*</title>", answer.text, re.DOTALL) if answer.mimetype == "text/html" else None
    return said[1] if said else ""


def links_on(path, text):
    """The links to pages of this site; the archive as a file and feeds are no pages."""
    for found in LINK.findall(text):
        link = urlsplit(urljoin(f"{HOME}{path}", unescape(found)))
        if f"{link.scheme}://{link.netloc}" == HOME and not re.search(r"/(raw|archive\.mbox|attachment/\d+(?:/thumbnail)?|image/\d+)$|/news/\d+/mail$|\.(atom|zip|csv|xml)$", link.path):
            yield link.path + (f"?{link.query}" if link.query else "")


# Found once a process: the world of one test is a copy of that of the next.
FOUND = []


def sights(watcher, world):
    """All pages: by links for each kind of reader, and by forms."""
    if not FOUND:
        FOUND.extend(_sights(watcher, world))
    return FOUND


def _sights(watcher, world):
    start = ["/", "/siecibp/", "/gazetka/", "/archiwa/", "/search?q=tekst", "/siecibp/search?q=tekst+nigdzietego", "/gazetka/join", "/nothing/", "/sign-in"]
    found = [sight for person in ("anonymous", "member", "owner", "other") for sight in linked(watcher, person, start)]
    for sight in (*of_administrators(world), *answers_of_forms(world), *by_letter(world, watcher)):
        answer, templates = watcher.ask(sight)
        assert answer.status_code < 500, sight
        found.append(Sight(sight.person, sight.path, sight.fields, templates, title_of(answer)))
    return found


def few(every, *, each_reader=False):
    """One page of each kind: the same templates, the same form; of the same form of address too, for each kind of reader, where that is wanted."""
    kinds = {}
    for sight in sorted(every, key=lambda sight: ("owner", "anonymous", "member", "other", "administrator").index(sight.person)):
        shape = re.sub(r"[A-Z2-7]{32}|\d+|(?<=unsubscribe/)\w+|next=.*", "N", re.sub(r"^/(archiwa|sasiedz)/", "/siecibp/", sight.path))
        kinds.setdefault((sight.person, shape, sight.fields, sight.templates) if each_reader else (sight.templates, sight.fields), sight)
    return list(kinds.values())


def of_administrators(world):
    """The pages of those who keep the site, and what their forms answer. (Links would lead through all lists once more.)"""
    pages = ("", "lists/", "lists/?q=niczego", "lists/siecibp", "new-list", "people/", "people/?q=people", f"people/{world.users['member']}", "queues/", "queues/incoming")
    pages += ("queues/shunted", "mail/1", "trace", "trace?q=1", "trace?q=nothing", "journal", "journal?list=niczego&who=nobody@example.org&kind=posts")
    told = [
        ("new-list", {"name": "siecibp", "title": "Druga", "owner": "x@example.org"}),
        ("new-list", {"name": "druga", "title": "Druga", "language": "pl", "kind": "discussion", "archive": "members", "owner": "nikt"}),
        ("lists/siecibp/owner", {"owner": "nikt"}),
        ("lists/siecibp/close", {"do": "close"}),
        *((f"people/{world.users['member']}", {"do": do, "posts": "keep"}) for do in ("name", "release", "erase", "nothing")),
        (f"people/{world.users['administrator']}", {"do": "release", "sure": "yes"}),
        ("mail/1", {"do": "retry"}),
    ]
    sent = [Sight("administrator", f"/admin/{path}", tuple(fields.items())) for path, fields in told]
    return [Sight("administrator", f"/admin/{path}") for path in pages] + sent


def answers_of_forms(world):
    """What forms answer where they do not lead on: with a sentence about what was wrong, a second question, a preview."""
    thread, message = world.things["siecibp", SHOWN].thread, world.things["siecibp", SHOWN].hash
    member = world.things["siecibp", SHOWN].member
    desk = "/siecibp/moderate/"
    told = [
        ("anonymous", "/sign-in", {"email": "nie adres"}),
        ("anonymous", "/sign-in", {"email": "halina@people.example.net"}),
        ("anonymous", "/siecibp/join", {"email": "nie adres", "words": ""}),
        ("anonymous", "/siecibp/join", {"email": "ktos@example.org", "name": "Ktoś", "words": "Proszę."}),
        ("anonymous", "/siecibp/new", {"subject": "Nowe", "text": "Słowa po końcu sesji.", "form": "of another session"}),
        (
            "member",
            "/siecibp/new",
            {"subject": "Nowe", "text": "# Tytuł\n\n> cytat\n\n- *pierwsze*\n- `drugie`\n\n| a | b |\n|---|---|\n| 1 | 2 |", "preview": "1"},
        ),
        ("member", "/siecibp/new", {"subject": "", "text": ""}),
        ("member", f"/siecibp/thread/{thread}/reply", {"text": "", "to": message}),
        ("member", f"/siecibp/thread/{thread}/reply", {"text": "Słowa.", "save": "1", "to": message}),
        ("member", "/me/profile", {"name": "x" * 300}),
        ("member", "/me/addresses", {"email": "nie adres"}),
        ("member", "/me/addresses", {"email": "druga@example.org"}),
        ("member", "/me/list/siecibp", {"delivery": "digest", "every": "weekly", "at": "25:00"}),
        ("member", "/me/list/siecibp", {"pause": "1", "until": "2001-01-01"}),
        ("member", "/me/data/erase", {"posts": ""}),
        ("member", "/me/data/erase", {"posts": "keep"}),
        ("owner", desk, {"answer": "decline"}),
        ("owner", desk, {"answer": "ask", "case": f"a{world.application['siecibp']}", "words": ""}),
        ("owner", desk, {"answer": "decline", "case": f"p{world.held['siecibp']}", "many": "1"}),
        ("owner", f"{desk}undo", {"case": f"p{world.held['siecibp']}"}),
        ("owner", f"{desk}bans", {"pattern": ""}),
        ("owner", f"{desk}members/add", {"emails": "nie adres", "people": "nie adres"}),
        ("owner", f"{desk}members/invite", {"people": ""}),
        ("owner", f"{desk}members/invite", {"people": "Nowa Osoba <nowa@example.net> – jak w czerwcu\nnikt\nhalina@people.example.net", "note": "Zapraszam serdecznie.\nZ."}),
        ("owner", f"{desk}members/{member}", {"schedule": "nigdy", "delivery": "digest"}),
        ("owner", f"{desk}topics", {"title": ""}),
        ("owner", "/siecibp/settings/webhooks", {"url": "https://10.0.0.1/", "event": "posted"}),
        ("owner", "/siecibp/settings/webhooks", {"url": "https://hooks.example.org/", "event": "posted"}),
        ("owner", f"{desk}rules", {"does": "hold", "asks": "links", "value": "wiele"}),
        ("owner", "/siecibp/settings", {"title": ""}),
        ("member", f"/siecibp/questions/{world.survey['siecibp']}", {"q1": "9", "q3": " "}),
        ("owner", "/siecibp/questions/new", {"title": "", "text": "Kiedy?"}),
        ("anonymous", "/gazetka/subscribe", {"email": "nie adres"}),
        ("owner", "/siecibp/news/new", {"subject": "", "text": "Słowa.", "joined_from": "kiedyś"}),
        ("owner", f"/siecibp/news/{world.issue['siecibp']}", {"subject": "Inaczej", "text": "Moje słowa.", "kind": "markdown", "revision": "0"}),
        ("owner", f"/siecibp/news/{world.issue['siecibp']}/preview", {"do": "plan", "day": "kiedyś", "revision": "1"}),
        ("owner", f"/siecibp/news/{world.issue['siecibp']}/preview", {"do": "discard", "revision": "1"}),
        ("owner", f"/siecibp/thread/{thread}/tools", {"do": "hide"}),
        ("owner", f"/siecibp/thread/{thread}/tools", {"do": "join", "target": "nic"}),
        ("owner", f"/siecibp/message/{message}/tools", {"do": "words", "words": "jawnesiecibp"}),
        ("owner", f"/siecibp/message/{message}/tools", {"do": "split"}),
    ]
    return [Sight(person, path, tuple(fields.items())) for person, path, fields in told]


def by_letter(world, watcher):
    """What the keys in letters lead to, what is asked before grave changes, and what cannot be done at all."""
    keys = world.letters
    seen = hidden(watcher.ask(Sight("owner", "/siecibp/settings"))[0].text, "seen")
    told = [
        ("anonymous", keys["link"], {}),
        ("member", keys["prove"], {}),
        ("member", keys["written"], {}),
        ("anonymous", keys["keep"], {}),
        ("anonymous", keys["keep"], {"keep": "1"}),
        ("anonymous", f"{keys['question']}?q1=1", {}),
        ("anonymous", keys["question"], {"q1": "9"}),
        ("anonymous", keys["unnamed"], {"q1": "1"}),
        ("anonymous", keys["question"], {"q1": "1", "q3": "Słowa."}),
        ("anonymous", f"{keys['meeting']}?say=yes", {}),
        ("anonymous", keys["meeting"], {"say": "maybe"}),
        ("anonymous", f"/r/meeting/m{'a' * 24}", {}),
        ("anonymous", keys["invitation"], {}),
        ("anonymous", keys["invitation"], {"answer": "yes"}),
        ("anonymous", keys["invitation"], {"answer": "no"}),
        ("anonymous", keys["invitation"], {"answer": "never"}),
        ("anonymous", keys["subscribe"], {}),
        ("anonymous", keys["subscribe"], {"yes": "1"}),
        ("anonymous", keys["leave"], {"leave": "1"}),
        ("anonymous", keys["last"], {"leave": "1"}),
        ("anonymous", keys["gone"], {}),
        ("anonymous", "/sign-in", {"form": "from elsewhere"}),
        ("anonymous", "/sign-in/passkey", {"answer": "{}"}),
        ("anonymous", keys["passkey"], {}),
        ("anonymous", keys["passkey"], {"back": "1"}),
        ("anonymous", keys["step"], {}),
        ("anonymous", keys["step"], {"code": "123456"}),
        ("other", "/me/keys", {"do": "confirm", "code": "1"}),
        ("other", "/me/keys", {"do": "confirm", "code": onetime.code_at(APP_KEY, START)}),
        ("owner", "/siecibp/settings", {"archive": "public", "seen": seen}),
        ("owner", "/siecibp/settings", {"title": "", "seen": seen}),
        ("owner", "/siecibp/moderate/topics/lekcje", {"do": "remove"}),
    ]
    return [Sight(person, path, tuple(fields.items())) for person, path, fields in told]
