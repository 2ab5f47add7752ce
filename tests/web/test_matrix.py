"""Private means private: every person at every door of every kind of list, for what is shown and what is hidden.

What may not be seen answers exactly as what is not there, and no answer holds a word that the person may not read.
"""

from html import escape
from itertools import count, islice
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from listserv.store.members import Member
from listserv.usecases import feeding
from listserv.web import create_app
from listserv.web.forms import FROM_ANYWHERE
from tests.web import routes
from tests.web import world as place
from tests.web.people import browsers, world  # noqa: F401
from tests.web.routes import ROUTES
from tests.web.world import HIDDEN, HIDDEN_THREAD, LISTS, PRIVATE, SHOWN, STATES, word

# What differs from answer to answer without telling anything.
PASSING = ("Date",)


def rules(app_map):
    """(rule, method) of everything that can be asked."""
    # Programs have a table of their own (tests/web/api).
    rules = (rule for rule in app_map.iter_rules() if not rule.endpoint.startswith("api.") or rule.endpoint == "api.start")
    return [(rule, method) for rule in rules for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]


def test_every_route_has_a_row_and_every_row_a_route(site):
    there = {(rule.endpoint, method) for rule, method in rules(create_app(site).url_map)}

    assert sorted(there - ROUTES.keys()) == [], "say in tests/web/routes.py who may see these"
    assert sorted(ROUTES.keys() - there) == []


def without(path, text):
    """A text with the address that was asked for taken out, however it is written there."""
    for form in (path, escape(path), quote(path), quote(path, safe="/?=&")):
        text = text.replace(form, "PATH")
    return text


class Visitor:
    """One person, who tries every door."""

    def __init__(self, person, browser, token, world):
        self.person, self.browser, self.token, self.world = person, browser, token, world
        self.nothing = {}
        self.cookies = dict(browser._cookies)
        self.steps = count()

    def ask(self, method, path, fields):
        """(status, headers, body) with the address itself taken out."""
        # From somewhere else each time: how often one may ask is not what is tried here.
        away = {"REMOTE_ADDR": "10.{}.{}.1".format(*divmod(next(self.steps), 256))}
        data = {} if method == "GET" else {"data": {"form": self.token, **fields}}
        answer = self.browser.open(path, method=method, environ_base=away, **data)
        if method != "GET":
            # Signing out, too, was not for good.
            self.browser._cookies = dict(self.cookies)
        headers = [(name, without(path, value)) for name, value in answer.headers if name not in PASSING]
        body = answer.get_data()
        answer.close()
        return answer.status_code, headers, without(path, body.decode("utf-8", "surrogateescape"))

    def ask_twin(self, method, path, fields):
        """The same of what is not there; asked once."""
        if (method, path) not in self.nothing:
            self.nothing[method, path] = self.ask(method, path, fields)
        return self.nothing[method, path]

    def forbidden(self, words):
        """The words among these that this person may not read."""
        return [one for one, who, mlist in words if not who(self.person, mlist)]


WORDS = [
    (word(mlist, state), who, mlist) for mlist in LISTS for state, who in ((SHOWN, routes.readers), (HIDDEN, routes.stewards), (HIDDEN_THREAD, routes.stewards))
]
WORDS += [(word(mlist, state), routes.stewards, mlist) for mlist in LISTS for state in ("held", "ban", "invitation", "draft")]
# The link that lets one into a meeting.
WORDS += [(word(mlist, "asked"), routes.on_list, mlist) for mlist in LISTS]
WORDS += [(word(mlist, "joining"), routes.on_list, mlist) for mlist in LISTS]
# Who applied may read their own application again.
WORDS += [(word(mlist, "application"), lambda person, mlist: routes.stewards(person, mlist) or person == "applicant", mlist) for mlist in LISTS]


def some_or_all(test):
    """In the ordinary run each person is at every tenth door, each at others; in the long one everybody is at all."""
    return pytest.mark.sampled(1, each="person")(pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.long)])(test))


def doors(visitor, step):
    """The cases that this person tries."""
    return islice(cases(visitor.browser.application), routes.PEOPLE.index(visitor.person) % step, None, step)


def states_of(rule):
    """A route that is about a message, a thread, a person or a search is asked about each kind."""
    return STATES if {"thread_id", "message_hash", "user_id"} & rule.arguments or rule.endpoint.startswith("search.") else (SHOWN,)


def cases(application):
    """(rule, method, row, list, state, variant) of everything that the table speaks of."""
    for rule, method in rules(application.url_map):
        row = ROUTES.get((rule.endpoint, method))
        for mlist in LISTS if row and rule.endpoint not in routes.ABOUT_NO_LIST else (PRIVATE,) * bool(row):
            for state in states_of(rule):
                for ask in row.asks if method == "GET" else ("",):
                    yield rule, method, row, mlist, state, ask


@some_or_all
@pytest.mark.parametrize("person", routes.PEOPLE)
def test_every_door_shows_what_this_person_may_see_and_nothing_else(browsers, world, person, step):
    visitor = Visitor(person, *browsers[person], world)
    secret = visitor.forbidden(WORDS)
    wrong = [line for case in doors(visitor, step) for line in tried(visitor, *case, secret)]
    assert not wrong, "\n".join(wrong[:60])


def tried(visitor, rule, method, row, mlist, state, ask, secret):
    """One door; what is wrong with its answer."""
    arguments = routes.address(rule, row, visitor.world, mlist, state)
    ask, fields = (
        routes.filled(ask, visitor.world, mlist, state),
        {name: routes.filled(value, visitor.world, mlist, state) for name, value in row.fields.items()},
    )
    path = routes.built(rule, arguments) + ask
    status, headers, body = answer = visitor.ask(method, path, fields)
    where = f"{visitor.person} {method} {path} ({state})"
    read = [one for one in secret if one in body or any(one in value for _, value in headers)]
    wrong = [f"{where}: says {read}"] if read else []
    if row.may(visitor.person, mlist, state):
        return wrong if status in row.said else [*wrong, f"{where}: {status}, and it should be {row.said}"]
    readable = routes.readers(visitor.person, mlist)
    if row.door and readable and visitor.person == "anonymous":
        return wrong if status == 303 and "/sign-in" in dict(headers)["Location"] else [*wrong, f"{where}: {status}, and it should lead to the door"]
    if status < 300:
        wrong.append(f"{where}: {status}, and it should be nothing")
    other = routes.built(rule, routes.twin(arguments, readable=readable)) + ask
    nothing = visitor.ask_twin(method, other, fields)
    return wrong if answer == nothing else [*wrong, f"{where}: not as {other}: {differences(answer, nothing)}"]


def differences(one, other):
    """Where two answers part."""
    (status, headers, body), (status2, headers2, body2) = one, other
    lines = [pair for pair in zip(body.splitlines(), body2.splitlines(), strict=False) if pair[0] != pair[1]]
    return (status, status2), [pair for pair in headers if pair not in headers2], lines[:2]


@some_or_all
@pytest.mark.parametrize("person", routes.PEOPLE)
def test_what_stands_on_one_list_is_not_there_on_another(browsers, world, person, step):
    """Numbers and hashes of a private list, asked for under the name of a list that this person may read."""
    visitor, wrong = Visitor(person, *browsers[person], world), []
    here = place.OTHER if person in ("other", "administrator", "applicant") else place.PUBLIC
    secret = [word(PRIVATE, state) for state in (*STATES, "held")]
    for rule, method, row, _, state, ask in doors(visitor, step):
        foreign = rule.arguments & {"thread_id", "message_hash", "member_id", "issue_id"}
        if not foreign or "name" not in rule.arguments:
            continue
        arguments = routes.address(rule, row, world, PRIVATE, state) | {"name": here}
        fields = {name: routes.filled(value, world, PRIVATE, state) for name, value in row.fields.items()}
        paths = [routes.built(rule, some) + routes.filled(ask, world, PRIVATE, state) for some in (arguments, routes.twin(arguments, readable=True))]
        path, answer, nothing = paths[0], visitor.ask(method, paths[0], fields), visitor.ask_twin(method, paths[1], fields)
        if answer != nothing or any(one in answer[2] for one in secret):
            wrong.append(f"{person} {method} {path}: {differences(answer, nothing)}")
    assert not wrong, "\n".join(wrong[:60])


@pytest.mark.parametrize("person", routes.PEOPLE)
def test_the_old_number_of_a_joined_thread_leads_only_to_what_may_be_seen(browsers, world, person):
    visitor = Visitor(person, *browsers[person], world)
    for (mlist, state), number in world.moved.items():
        path, nothing = (f"/{mlist}/thread/{which}" for which in (number, "9" * len(str(number))))
        if state == HIDDEN:
            continue
        answer = visitor.ask("GET", path, {})
        if (routes.stewards if state == HIDDEN_THREAD else routes.readers)(person, mlist):
            assert answer[0] == 301, path
        else:
            assert answer == visitor.ask("GET", nothing, {}), path


@some_or_all
@pytest.mark.parametrize("person", ["anonymous", "member", "other"])
def test_searching_tells_nothing_of_words_that_only_others_may_read(browsers, world, person, step):
    visitor, wrong = Visitor(person, *browsers[person], world), []
    forbidden = set(visitor.forbidden(WORDS))
    for secret, _, mlist in [each for each in WORDS if each[0] in forbidden][::step]:
        for form, said in (("{}", secret), ("{}", f"{secret[:-2]}y{secret[-1]}"), ("{}*", secret[:-1]), ('"tekst {}"', secret), ("tekst {}", secret)):
            for path in (f"/{mlist}/search",) if person == "member" else (f"/{mlist}/search", "/search"):
                pages = [found(visitor, path, form, sought) for sought in (said, "q" * len(said))]
                if pages[0] != pages[1]:
                    wrong.append(f"{person} {path} {form.format(said)}: {differences(*pages)}")
    assert not wrong, "\n".join(wrong[:60])


def found(visitor, path, form, sought):
    """What is answered to somebody who looks for a word, with that word taken out."""
    status, headers, body = visitor.ask("GET", f"{path}?q={quote(form.format(sought))}", {})
    # (The mark is made of the page, in which the word stands as it was asked for.)
    return status, [(name, value.replace(sought, "…")) for name, value in headers if name != "ETag"], body.replace(sought, "…")


def test_a_feed_key_opens_the_feeds_of_its_own_list_and_shows_nothing_hidden(browsers, site, world):
    stranger = Visitor("anonymous", *browsers["anonymous"], world)
    with site.reading() as db:
        people = [(name, world.users["other" if name == place.OTHER else "moderator"]) for name in (*LISTS, place.OTHER)]
        keys = {name: address_of_feed(db, world.members[name, user]) for name, user in people}
    for name, key in keys.items():
        for mlist in LISTS:
            for path in ("feed.atom", "topic/lekcje/feed.atom", *(f"thread/{world.things[mlist, state].thread}/feed.atom" for state in STATES)):
                answer = stranger.ask("GET", f"/{mlist}/{path}?key={key}", {})
                buried = str(world.things[mlist, HIDDEN_THREAD].thread) in path.split("/")
                if mlist in (name, place.PUBLIC) and not buried:
                    assert answer[0] == 200, (name, path)
                    assert word(mlist, HIDDEN) not in answer[2] and word(mlist, HIDDEN_THREAD) not in answer[2]
                else:
                    assert answer == stranger.ask("GET", f"/{place.NO_LIST}/{path}?key={key}", {}), (name, path)
            assert stranger.ask("GET", f"/{mlist}/?key={key}", {})[0] == (200 if mlist == place.PUBLIC else 404)


def address_of_feed(db, member_id):
    """The key in a member's own feed address; that of a public list has none."""
    return parse_qs(urlsplit(feeding.address(db, db.get(Member, member_id))).query).get("key", ["x"])[0]


def test_a_form_without_its_token_says_the_same_whatever_stands_there(browsers, world):
    browser, _ = browsers["anonymous"]
    for rule, method, row, mlist, state, _ in cases(browser.application):
        if method == "GET" or "name" not in rule.arguments or rule.endpoint == FROM_ANYWHERE:
            continue
        arguments = routes.address(rule, row, world, mlist, state)
        paths = [routes.built(rule, some) for some in (arguments, routes.twin(arguments, readable=False))]
        answers = [browser.post(path, data=row.fields) for path in paths]
        # What administrators have is not there at all.
        assert [answer.status_code for answer in answers] == [404 if rule.endpoint.startswith("admin.") else 400] * 2, paths
        assert without(paths[0], answers[0].text) == without(paths[1], answers[1].text)


@some_or_all
@pytest.mark.parametrize("person", ["anonymous", "other"])
def test_asking_for_the_head_alone_or_for_what_is_new_tells_no_more(browsers, world, person, step):
    visitor = Visitor(person, *browsers[person], world)
    for rule, method, row, mlist, state, ask in doors(visitor, step):
        if method != "GET" or row.may(person, mlist, state) or row.door:
            continue
        arguments = routes.address(rule, row, world, mlist, state)
        readable = routes.readers(person, mlist)
        paths = [routes.built(rule, some) + routes.filled(ask, world, mlist, state) for some in (arguments, routes.twin(arguments, readable=readable))]
        for headers in ({}, {"If-None-Match": "*", "If-Modified-Since": "Wed, 21 Oct 2037 07:28:00 GMT", "Range": "bytes=0-1"}):
            heads = [visitor.browser.head(path, headers=headers) for path in paths]
            seen = [
                (head.status_code, [(name, without(path, value)) for name, value in head.headers if name not in PASSING])
                for path, head in zip(paths, heads, strict=True)
            ]
            assert seen[0] == seen[1], paths
            assert not {"ETag", "Link", "Last-Modified"} & set(heads[0].headers.keys()), paths
