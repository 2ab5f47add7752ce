"""Dates, sizes, initials and links that write."""

from datetime import UTC, datetime

import pytest

from listserv.web import words
from listserv.web.visit import Visit
from tests.web.readers import app, archive  # noqa: F401

NOW = datetime(2026, 3, 3, 22, 30, tzinfo=UTC)


@pytest.fixture
def reader(app, settings):
    """A function that makes the request in hand that of a reader."""
    from flask import g

    with app.test_request_context("/"):

        def read(language, zone):
            g.visit = Visit(settings, language, zone, NOW)

        yield read


@pytest.mark.parametrize(
    ("moment", "polish", "english"),
    [
        (datetime(2026, 3, 3, 7, 5, tzinfo=UTC), "dziś, 8.05", "today, 7:05"),
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "dziś, 0.30", "yesterday, 23:30"),
        (datetime(2026, 2, 27, 11, 0, tzinfo=UTC), "27\N{NO-BREAK SPACE}lutego", "27\N{NO-BREAK SPACE}February"),
        (datetime(2025, 10, 1, 11, 0, tzinfo=UTC), "1\N{NO-BREAK SPACE}października 2025", "1\N{NO-BREAK SPACE}October 2025"),
    ],
)
def test_days_are_said_as_people_say_them_in_the_readers_zone(reader, moment, polish, english):
    reader("pl", "Europe/Warsaw")
    assert words.day(moment).split(">")[1].split("<")[0] == polish
    reader("en", "UTC")
    assert words.day(moment).split(">")[1].split("<")[0] == english


def test_a_moment_has_its_exact_time_for_machines(reader):
    reader("pl", "Europe/Warsaw")

    assert words.moment(datetime(2026, 2, 24, 8, 10, tzinfo=UTC)) == '<time datetime="2026-02-24T09:10+01:00">24\N{NO-BREAK SPACE}lutego, 9.10</time>'


def test_on_paper_a_day_that_was_today_is_a_date(reader):
    reader("pl", "Europe/Warsaw")
    said = words.moment(datetime(2026, 3, 3, 7, 5, tzinfo=UTC))

    assert 'data-on="3\N{NO-BREAK SPACE}marca 2026, 8.05">dziś, 8.05<' in said
    assert "data-on" not in words.moment(datetime(2026, 2, 24, 8, 10, tzinfo=UTC))


def test_months_are_named_on_their_own(reader):
    reader("pl", "UTC")
    assert words.month((2026, 3)) == "marzec 2026"
    reader("en", "UTC")
    assert words.month((2026, 3)) == "March 2026"


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (412_000, "402 KB"), (1_600_000, "1,5 MB"), (3 * 1024 * 1024, "3 MB")]
)
def test_sizes_are_rounded(reader, octets, said):
    reader("pl", "UTC")
    assert words.size(octets).replace("\N{NO-BREAK SPACE}", " ") == said


@pytest.mark.parametrize(
    ("name", "seal"),
    [("Ewa Fiszka", "EF"), ("Jan Maria Rokita-Kowalski", "JK"), ("ewa", "E"), ("łucja", "Ł"), ("", "•"), ("(brak)", "•"), ("jan.kowalski", "JK")],
)
def test_a_seal_holds_initials(name, seal):
    assert words.seal(name) == seal


@pytest.mark.parametrize(
    ("name", "mime", "kind"),
    [
        ("a.pdf", "application/pdf", "PDF"),
        ("a.xyz", "application/octet-stream", "XYZ"),
        ("a", "application/octet-stream", "•"),
        ("a.dlugie", "x/y", "•"),
        ("", "text/plain", "TXT"),
    ],
)
def test_a_file_shows_its_kind(name, mime, kind):
    assert words.kind_of_file(name, mime) == kind


def test_a_mail_link_escapes_everything():
    link = words.mailto("a@example.org", subject="Odp: 100% & więcej?", in_reply_to="<x&y=z@h>")

    assert link == "mailto:a@example.org?subject=Odp%3A%20100%25%20%26%20wi%C4%99cej%3F&In-Reply-To=%3Cx%26y%3Dz%40h%3E"
