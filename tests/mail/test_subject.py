"""Subjects: what is put around them comes off, what people write stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.subject import base_subject, reply_subject


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Scenariusze lekcji", "Scenariusze lekcji"),
        ("Re: Scenariusze", "Scenariusze"),
        ("Odp: Odp.: RE: Scenariusze", "Scenariusze"),
        ("ODP: Re[2]: Aw: Scenariusze", "Scenariusze"),
        ("Odpowiedź: Scenariusze", "Scenariusze"),
        ("PD: DW: Fwd: Scenariusze", "Scenariusze"),
        ("Przesłane dalej: Scenariusze", "Scenariusze"),
        ("Re: [siecibp] Re: [siecibp] Scenariusze", "[siecibp] Scenariusze"),
        ("[siecibp] Odp: Scenariusze", "[siecibp] Scenariusze"),
        ("[WAŻNE] Spotkanie", "[WAŻNE] Spotkanie"),
        ("Re: [Fwd: [Fwd: Plan]] (fwd)", "Plan"),
        ("回复：你好", "你好"),
        ("Re :: Plan", "Plan"),
        ("Re;Plan", "Plan"),
        ("WG: VS: SV: Vorlage", "Vorlage"),
        ("RE : Réunion", "Réunion"),
        ("RE\N{NO-BREAK SPACE}: Réunion", "Réunion"),
        ("R: Rif: Riunione", "Riunione"),
        ("RV: Reunión", "Reunión"),
        ("Antw: Doorst: Overleg", "Overleg"),
        ("Vá: Terv", "Terv"),
        ("На: Відп: План", "План"),
        ("Re: zytacja", "zytacja"),
        ("  Plan \t dnia ", "Plan dnia"),
        ("Re:", ""),
        ("Fwd", ""),
        ("", ""),
    ],
)
def test_marks_of_answering_and_passing_on_come_off(subject, base):
    assert base_subject(subject) == base


@pytest.mark.parametrize(
    "subject",
    ["R:ggplot", "r: pytanie", "R&D: plan", "Ref: 12/2026", "Republika", "re-print", "I: wstęp", "HA: failover", "FS: pianino", "Reguła: cisza"]
    + ["Dw. kolejowy: dojazd", "Rezytacja: próba", "Recytacja: terminy", "PD-3: formularz", "SV Werder: mecz", "VS Code: pytanie", "Vs. Wisła: mecz"]
    + ["Na: stole", "Res publica: wykład", "Odp. na pytanie: tak"],
)
def test_what_people_write_stays(subject):
    assert base_subject(subject) == subject


def test_an_answer_has_one_mark():
    assert reply_subject("Odp: Re: Plan") == "Re: Plan"
    assert reply_subject("") == "Re:"


@given(st.text(alphabet="Re: Fwd[]()odp;-ab ", max_size=60))
def test_a_base_has_no_marks_left(subject):
    assert base_subject(base_subject(subject)) == base_subject(subject)


@pytest.mark.parametrize("piece", ["Re: ", "[Fwd: ", "[a] ", "[", " ", "(fwd)", "Re[2]: "])
def test_a_long_subject_takes_no_time(piece):
    start = time.process_time()
    base_subject(piece * (64_000 // len(piece)))
    assert time.process_time() - start < 1
