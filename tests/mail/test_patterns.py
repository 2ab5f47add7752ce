"""Patterns of addresses: understood as Python's own expressions are, and never slow."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.errors import Invalid
from listserv.mail.patterns import matches, normal


@pytest.mark.parametrize(("pattern", "kept"), [
    (" Zly@Example.ORG ", "zly@example.org"), ("@Example.ORG", "@example.org"), ("@BÜCHER.example", "@xn--bcher-kva.example"), ("^.*@SPAM\\.example$", "^.*@SPAM\\.example$"),
])  # fmt: skip
def test_patterns_are_kept_folded(pattern, kept):
    assert normal(pattern) == kept


@pytest.mark.parametrize(("pattern", "address", "means"), [
    ("zly@example.org", "zly@example.org", True), ("zly@example.org", "niezly@example.org", False), ("@example.org", "a@example.org", True),
    ("@example.org", "a@sub.example.org", False), ("@example.org", "a@notexample.org", False), (r"^.*@(.*\.)?example\.org$", "a@sub.example.org", True),
    ("^spam", "spammer@example.org", True), ("^spam$", "spammer@example.org", False), ("^SPAM", "spammer@example.org", True), ("^pam", "spam@example.org", False),
    (r"^[^@]{1,3}@x\.example$", "ab@x.example", True), (r"^[^@]{1,3}@x\.example$", "abcd@x.example", False), (r"^\d+@", "123@x.example", True),
    (r"^(?:a|b)+?@", "abba@x", True), (r"^(?i)ABC", "abc@x", True), (r"^a\.b", "axb", False), (r"^\Aa\Z", "a", True), ("^", "anybody@example.org", True),
    (r"^(?P<who>x)@", "x@y", True), ("^.*@[a-z]{2,}[.]test$", "x@ab.test", True),
])  # fmt: skip
def test_a_pattern_means_these_and_no_others(pattern, address, means):
    assert matches(normal(pattern), address) is means


PIECE = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\.", "@", r"\w", "-", "^", "$"])
EXPRESSION = st.recursive(
    PIECE,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}?", "{1,}", "*?"])).map(lambda two: f"(?:{two[0]}){two[1]}"),
    ),
    max_leaves=12,
)


@given(EXPRESSION, st.text("ab.@-", max_size=8))
def test_expressions_mean_what_they_mean_to_python(expression, text):
    pattern = f"^{expression}"

    assert matches(normal(pattern), text) == bool(re.match(pattern, text, re.IGNORECASE))


@pytest.mark.parametrize("pattern", [
    "^(a+)+$", "^(a|a)*b", "^(a|aa)+$", "^" + ".*a" * 100 + "$", "^" + "a?" * 240 + "a" * 10 + "$", "^((((a*)*)*)*)*$", "^(.*)(.*)(.*)(.*)(.*)(.*)x$", "^(a{30}){30}b",
])  # fmt: skip
def test_expressions_that_keep_others_busy_for_years_answer_at_once(pattern):
    kept = normal(pattern)
    start = time.process_time()

    matches(kept, "a" * 320)

    assert time.process_time() - start < 1


@pytest.mark.parametrize("pattern", [
    "", "   ", "nobody", "a b@example.org", "a@", "@", "^(", "^a)", "^[a", "^a**", "^(*)", r"^(a)\1", "^(?=a)", "^(?<!a)b", "^(?(1)a|b)", "^a{3,1}", "^a{}", "^x" * 600,
    "^(a{1,100}){1,100}", "^" + "(" * 60 + ")" * 60, "^[z-a]", r"^\bword", "^a\nb", "^\\",
])  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_sentence(pattern):
    with pytest.raises(Invalid) as refused:
        normal(pattern)

    assert len(str(refused.value)) > 20


@given(st.text(max_size=60))
def test_any_text_at_all_is_a_pattern_or_refused(text):
    for pattern in (text, f"^{text}"):
        try:
            matches(normal(pattern), "halina@example.org")
        except Invalid:
            pass
