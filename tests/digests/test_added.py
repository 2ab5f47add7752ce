"""What somebody typed into a digest that they quote."""

import textwrap

from digests.added import Own, added
from listserv.mail import quotes

DIGEST = """Przegląd dzienny, środa, 4 marca 2026

1.  Scenariusze (1 nowa)
2.  Spotkanie (1 nowa)

------------------------------------------------------------------------
1.  Scenariusze
    https://lists.example.org/siecibp/thread/1

    Halina Okładka, wczoraj, 9.00

    Szukam scenariuszy lekcji o starych mapach, najlepiej dla klas
    czwartych i piątych. Mam trzy.

    Dziękuję!

    Odpowiedz: r+daaaaaaafaaaaaaac7i5jdqcxhu75quiw@lists.example.org

------------------------------------------------------------------------
2.  Spotkanie
    https://lists.example.org/siecibp/thread/2

    Marek Regał, wczoraj, 10.00

    Kiedy w tym roku jest spotkanie regionalne i kto przygotowuje salę?

    Odpowiedz: r+daaaaaaafaaaaaaabpfof4wuw2xdsisn6@lists.example.org
------------------------------------------------------------------------
Ten przegląd przychodzi codziennie o 7.00. Żeby to zmienić, wystarczy
odpisać: TYGODNIOWO, KAŻDĄ albo WYPISZ.
"""
HEADING = "Od: Sieć BP <siecibp@lists.example.org>\nWysłane: środa, 4 marca 2026 07:00\nDo: Irena <irena@example.org>\nTemat: Sieć BP, środa\n\n"
WROTE = "W dniu 4.03.2026 o 07:00, Sieć BP pisze:\n"


def typed(below, *, words="", heading=HEADING, marked=False):
    return added(quotes.split(f"{words}\n\n{heading}{below}\n"), Own([DIGEST]), words=words, marked=marked)


def test_of_an_unmarked_digest_in_any_shape_nothing_was_typed():
    links = DIGEST.replace("Odpowiedz: r", "Odpowiedz<mailto:r").replace("@lists.example.org\n", "@lists.example.org?subject=Odp>\n")
    shapes = [DIGEST, DIGEST.upper(), DIGEST.replace("\n", "\n\n"), "\n".join(textwrap.wrap(DIGEST, 60)), links, DIGEST[400:], f"{DIGEST}\n\nWysłane z iPhone'a"]
    assert [typed(shape) for shape in shapes] == [""] * len(shapes)
    assert typed(f"UWAGA: wiadomość spoza organizacji, nie klikaj w linki.\n\n{DIGEST}") == ""


def test_what_was_typed_is_found_wherever_it_stands():
    assert typed(f"{DIGEST}\n\nJa przyjadę.\n\nPozdrawiam\nIrena") == "Ja przyjadę.\n\nPozdrawiam\nIrena"
    assert typed(DIGEST.replace("piątych. Mam trzy.", "piątych. Mam trzy.\n\nW ŁODZI.").replace("salę?", "salę?\n\nJA.")) == "W ŁODZI.\n\nJA."
    assert typed(DIGEST.replace("    Marek", "    Dziękuję!\n\n    Marek")) == "Dziękuję!", "though the digest says it, too, elsewhere"
    assert typed(DIGEST.replace("salę?", "salę? JA")).endswith("przygotowuje salę? JA")


def test_behind_marks_is_looked_only_where_nothing_else_is_said():
    quoted = textwrap.indent(DIGEST.replace("salę?", "salę?\n\nJA."), "> ", lambda line: True)
    assert typed(quoted, heading=WROTE) == ""
    assert typed(quoted, heading=WROTE, marked=True) == "JA."
    apple = "> Wiadomość napisana przez Sieć BP <siecibp@lists.example.org> w dniu 4 mar 2026, o godz. 07:00:\n> \n"
    assert typed(apple + textwrap.indent(DIGEST, "> ", lambda line: True), heading="", marked=True) == ""


def test_what_stands_between_two_headings_is_of_whoever_passed_the_digest_on():
    passed_on = f"Tylko dla Ciebie.\n\n{HEADING}{DIGEST}"
    assert typed(passed_on, words="Chętnie.") == ""
    assert typed(passed_on) == ""
    assert typed(f"{passed_on}\n\nJa przyjadę.") == "Ja przyjadę."


def test_the_digest_itself_is_known_from_words():
    own = Own([DIGEST])
    assert own.fills(DIGEST)
    assert not own.fills("Kiedy w tym roku jest spotkanie regionalne?\nW maju.\n" * 3)
