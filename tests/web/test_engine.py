"""Templates compiled for each language: the same sentences, the same care for what people wrote, in less time."""

import pytest
from jinja2 import DictLoader
from markupsafe import Markup, escape

from listserv.web import engine, kept
from listserv.web.engine import escaped
from tests.web.readers import app  # noqa: F401

EVIL = "<script>alert(\"1\")</script> & 'x'"


class Html:
    def __html__(self):
        return "<b>safe</b>"


@pytest.fixture
def shown(app):
    """A template's text with these values, in a language."""

    def show(text, language="pl", **values):
        env = app.jinja_env.overlay()
        env.loader = engine.Loader(DictLoader({"x.html": text, "parts.html": "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{% trans %}Sign in{% endtrans %}"}))
        spoken = engine.tongue(language)
        return env.get_template(engine.called(language, "x.html")).render(gettext=spoken.gettext, ngettext=spoken.ngettext, **values)

    return show


@pytest.mark.parametrize("value", [EVIL, "", "zażółć", Markup("<b>"), 12, 1.5, None, True, Html(), ("<",), ValueError("<")])
def test_values_are_escaped_as_ever(value):
    assert escaped(value) == escape(value)


@pytest.mark.parametrize(
    "text",
    [
        "{{ x }}",
        "<a title='{{ x }}'>",
        "{{ x ~ x }}",
        "{% set y = x %}{{ y }}",
        "{% set y %}<i>{{ x }}</i>{% endset %}{{ y }}",
        "{% from 'parts.html' import twice %}{{ twice(x) }}",
        "{% macro m(y) %}<u>{{ y }}{{ caller() }}</u>{% endmacro %}{% call m(x) %}{{ x }}{% endcall %}",
        "{% trans name=x %}Sign in %(name)s{{ name }}{% endtrans %}",
        "{% trans count=2, name=x %}{{ count }} {{ name }}{% pluralize %}{{ count }} {{ name }} many{% endtrans %}",
        "{{ x or gettext('Sign in') }}",
        "{% for one in [x, x] %}{{ one }}{% endfor %}",
    ],
)
def test_nothing_that_somebody_wrote_becomes_a_tag(shown, text):
    html = shown(text, x="<script>\"'")

    assert "<script" not in html.lower() and "&lt;" in html and "&amp;lt" not in html


def test_sentences_are_those_of_the_templates_language(shown):
    text = "{% trans %}Sign in{% endtrans %} {{ gettext('Search') }} {% trans count=n %}{{ count }} message{% pluralize %}{{ count }} messages{% endtrans %}"

    assert shown(text, "en", n=2) == "Sign in Search 2 messages"
    assert shown(text, "pl", n=2).replace("\N{NO-BREAK SPACE}", " ") == "Zaloguj się Szukaj 2 wiadomości"


def test_what_a_template_takes_in_speaks_as_it_does(shown):
    assert shown("{% include 'parts.html' %}", "pl") == "Zaloguj się" and shown("{% include 'parts.html' %}", "en") == "Sign in"


def test_percent_signs_stay(shown):
    assert shown("{% trans %}100% wool{% endtrans %}|{% trans n=5 %}{{ n }}% wool{% endtrans %}", "en") == "100% wool|5% wool"


def test_a_store_never_takes_more_than_its_bytes():
    store = kept.Kept(64_000)
    for number in range(1000):
        assert store.get(number, lambda number=number: f"ż{number}" * 200) == f"ż{number}" * 200
        assert store.size <= 64_000 and store.size == sum(len(made) + kept.BESIDE for made in store.found.values())

    assert 999 in store.found and 0 not in store.found


def test_what_is_asked_for_again_stays_and_is_made_once():
    store, made = kept.Kept(64_000), []
    for number in range(200):
        store.get("often", lambda: made.append(1) or "x" * 500)
        store.get(number, lambda: "y" * 1000)

    assert made == [1]


def test_one_long_text_does_not_drive_out_all_others():
    store = kept.Kept(64_000)
    store.get("short", lambda: "x")
    assert len(store.get("long", lambda: "x" * 60_000)) == 60_000

    assert list(store.found) == ["short"]
