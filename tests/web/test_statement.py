"""The accessibility statement: what the Act of 4 April 2019 wants to be there is there, under the ids by which machines read it."""

import re

import pytest

from listserv.config import AccessibilitySettings
from listserv.mail.address import RESERVED_NAMES
from tests.web.readers import app, archive, member, stranger, words  # noqa: F401

REQUIRED = ("wstep", "podmiot", "url", "data-publikacja", "data-aktualizacja", "status", "tresci-niedostepne", "data-sporzadzenie", "data-przeglad") + (
    "audytor",
    "kontakt",
    "osoba",
    "email",
    "telefon",
    "procedura",
    "architektura",
    "aplikacje",
    "deklaracja",
)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_everything_required_is_there_once_and_says_something(stranger, archive, language):
    page = stranger.page("/accessibility", headers={"Accept-Language": language})

    for name in REQUIRED:
        found = re.findall(rf'<(\w+)[^>]*\bid="a11y-{name}"[^>]*>(.*?)</\1>', page, re.DOTALL)
        assert len(found) == 1, name
        assert words(found[0][1]), name
    assert re.findall(r'id="a11y-data-\w+" datetime="(\d{4})-\d\d-\d\d"', page) == ["2026"] * 4
    assert f'<html lang="{language}">' in page


def test_it_is_filled_from_the_settings(stranger, site, archive):
    site.settings = site.settings.model_copy(
        update={
            "accessibility": AccessibilitySettings(person="Ewa Fiszka", phone="12 345 67 89", building="Wejście bez progu."),
            "site": site.settings.site.model_copy(update={"name": "Sieć BP"}),
        }
    )
    page = stranger.page("/accessibility")

    assert '<span id="a11y-podmiot">Sieć BP</span>' in page
    assert "Please write or call." in page
    assert 'id="a11y-email" href="mailto:admin@example.org"' in page
    assert 'id="a11y-url" href="https://lists.example.org/"' in page
    assert all(said in page for said in ("Ewa Fiszka", "12 345 67 89", "Wejście bez progu."))


def test_without_a_name_it_speaks_for_the_domain_and_without_a_telephone_of_none(stranger, archive):
    page = stranger.page("/accessibility")

    assert '<span id="a11y-podmiot">lists.example.org</span>' in page
    assert "Please write." in page and "call" not in words(page)


def test_every_page_leads_to_it(stranger, member, archive):
    for reader, path, status in ((stranger, "/", 200), (stranger, "/nothing/", 404), (member, "/siecibp/", 200), (member, "/me", 200)):
        assert '<a href="/accessibility">' in reader.page(path, status)


def test_no_list_can_take_its_name():
    assert "accessibility" in RESERVED_NAMES
