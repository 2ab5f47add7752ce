"""A person a line, as typed, as pasted from Excel, Outlook and address books; and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from listserv.mail.peoplelines import LONGEST_NAME, LONGEST_NOTE, Why, is_list, people


def read(text, **more):
    return [(one.name, one.email, one.note) for one in people(text, **more).people]


@pytest.mark.parametrize(
    ("line", "name", "note"),
    [
        ("Anna Nowa <anna@example.org>", "Anna Nowa", ""),
        ("anna@example.org", "", ""),
        ("anna@example.org Anna Nowa", "Anna Nowa", ""),
        ("anna@example.org; Anna", "Anna", ""),
        ("Anna; anna@example.org", "Anna", ""),
        ("Anna\tNowa\tanna@example.org", "Anna Nowa", ""),
        ("anna@example.org\tAnna\tNowa", "Anna Nowa", ""),
        ("Anna,Nowa,anna@example.org", "Anna Nowa", ""),
        ("1\tAnna\tNowa\tanna@example.org", "Anna Nowa", ""),
        ("1. Anna Nowa, anna@example.org", "Anna Nowa", ""),
        ("- Anna Nowa <anna@example.org>", "Anna Nowa", ""),
        ("• anna@example.org", "", ""),
        ('"Anna Nowa" <anna@example.org>;', "Anna Nowa", ""),
        ("„Anna Nowa” anna@example.org", "Anna Nowa", ""),
        ('"Nowa, Anna" <anna@example.org>', "Nowa, Anna", ""),
        ('2. "Nowa, Anna" <anna@example.org>,', "Nowa, Anna", ""),
        ("Anna Nowa [mailto:anna@example.org]", "Anna Nowa", ""),
        ("anna@example.org<mailto:anna@example.org>", "", ""),
        ("Anna Nowa: anna@example.org", "Anna Nowa", ""),
        ("e-mail: anna@example.org", "", ""),
        ("Anna Nowa, e-mail: anna@example.org", "Anna Nowa", ""),
        ("Anna Nowa (anna@example.org)", "Anna Nowa", ""),
        ("anna@example.org (Anna Nowa)", "Anna Nowa", ""),
        ("Anna Nowak-Kowalska <anna@example.org>", "Anna Nowak-Kowalska", ""),
        ("anna@example.org Anna Nowak-Kowalska", "Anna Nowak-Kowalska", ""),
        ("anna@example.org.", "", ""),
        ("Anna\N{NO-BREAK SPACE}Nowa <anna@example.org>", "Anna Nowa", ""),
        ("Anna Nowa <anna@example.org> - jak rozmawiałyśmy", "Anna Nowa", "jak rozmawiałyśmy"),
        ("Anna Nowa <anna@example.org> – jak rozmawiałyśmy", "Anna Nowa", "jak rozmawiałyśmy"),
        ("anna@example.org: jak rozmawiałyśmy", "", "jak rozmawiałyśmy"),
        ("anna@example.org Anna Nowa: jak rozmawiałyśmy", "Anna Nowa", "jak rozmawiałyśmy"),
        ("anna@example.org – koleżanka z Łodzi, biblioteka nr 3", "", "koleżanka z Łodzi, biblioteka nr 3"),
    ],
)
def test_one_person_is_read_however_they_are_written(line, name, note):
    assert read(line) == [(name, "anna@example.org", note)]


def test_several_people_may_stand_on_one_line():
    assert read('Anna Nowa <anna@example.org>, "Przypis, Jan" <jan@example.org>; ola@example.org') == [
        ("Anna Nowa", "anna@example.org", ""),
        ("Przypis, Jan", "jan@example.org", ""),
        ("", "ola@example.org", ""),
    ]


def test_a_table_with_its_first_row_is_read_by_its_columns():
    rows = "Lp.\tImię\tNazwisko\tSzkoła\tE-mail\tUwagi\n1\tAnna\tNowa\tSP 3\tanna@example.org\tz Łodzi\n2\tJan\tPrzypis\t\tjan@example.org\t\n"

    assert read(rows) == [("Anna Nowa", "anna@example.org", "z Łodzi"), ("Jan Przypis", "jan@example.org", "")]


def test_what_stands_below_the_list_is_the_note():
    found = people("Anna <anna@example.org>\njan@example.org\n\nRozmawialiśmy w czerwcu.\nPiszcie do mnie: zofia@example.org\n\nPozdrawiam\nZofia")

    assert [one.email for one in found.people] == ["anna@example.org", "jan@example.org"]
    assert found.note == "Rozmawialiśmy w czerwcu.\nPiszcie do mnie: zofia@example.org\n\nPozdrawiam\nZofia"


@pytest.mark.parametrize("end", ["\n\nPozdrawiam\nZofia", "\nPozdrawiam\nZofia", "\n-- \nZofia", "\n\nZ poważaniem,\nZofia Lektura\nbiblioteka"])
def test_a_farewell_is_no_note_and_nobody(end):
    found = people(f"anna@example.org{end}")

    assert (len(found.people), found.unread, found.note) == (1, (), "")


def test_blank_lines_between_people_are_no_end():
    assert [email for _, email, _ in read("anna@example.org\n\nJan <jan@example.org>\n\nola@example.org Ola\n\nDo zobaczenia w czerwcu.")] == [
        "anna@example.org",
        "jan@example.org",
        "ola@example.org",
    ]


def test_a_line_that_names_nobody_is_said_with_its_number_and_why():
    found = people("anna@example.org\nkoleżanka z Łodzi\nola@nigdzie\nEwa @ poczta\njan@example.org")

    assert [(one.number, one.why) for one in found.unread] == [(2, Why.NO_ADDRESS), (3, Why.BAD_ADDRESS), (4, Why.BAD_ADDRESS)]
    assert [one.number for one in found.people] == [1, 5]


def test_thousands_of_lines_take_no_time():
    found = people("".join(f"Osoba {n} <osoba{n}@example.org>\n" for n in range(5_000)))

    assert len(found.people) == 5_000 and found.people[-1].name == "Osoba 4999"


def test_a_letter_is_no_list():
    assert not is_list("Dzień dobry, proszę o kontakt pod adresem zofia@example.org, bo dawno nie było spotkania.")
    assert is_list("Anna Nowa <anna@example.org>")


@given(some.text(max_size=400) | some.lists(some.sampled_from(["a@b.pl", "@", " - ", "\n", "\n\n", ":", "<", ">", ";", "\t", "Anna", ",", '"', "e-mail"]), max_size=40).map("".join), some.booleans())
def test_any_text_gives_an_answer_that_fits_its_columns(text, whole):
    found = people(text, whole=whole)

    for one in found.people:
        assert one.email.count("@") == 1 and len(one.email) <= 320 and not set(one.email) & set(" \t\n<>\"")
        assert len(one.name) <= LONGEST_NAME and "\n" not in one.name and "@" not in one.name
        assert len(one.note) <= LONGEST_NOTE
    assert len(found.note) <= LONGEST_NOTE
    numbers = [one.number for one in (*found.people, *found.unread)]
    assert all(1 <= number <= text.count("\n") + text.count("\r") + 1 for number in numbers)
