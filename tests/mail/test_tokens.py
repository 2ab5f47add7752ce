import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import tokens
from listserv.mail.tokens import Kind

KEY = b"key"
IDS = st.integers(0, 2**40 - 1)


@given(st.sampled_from(list(Kind)), IDS, IDS)
def test_a_signed_token_is_read_back_and_fits_into_a_local_part(kind, one, other):
    token = tokens.sign(KEY, kind, one, other)

    assert tokens.read(KEY, token.upper()) == (kind, (one, other))
    assert len(token) <= 40
    assert tokens.looks_right(token)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", min_size=0, max_size=45))
def test_a_guessed_token_is_worth_nothing(text):
    assert tokens.read(KEY, text) is None


def test_a_token_of_another_site_or_kind_is_worth_nothing():
    token = tokens.sign(KEY, Kind.BOUNCE, 7)

    assert tokens.read(b"other", token) is None
    assert tokens.read(KEY, Kind.UNSUBSCRIBE + token[1:]) is None


@pytest.mark.parametrize("_", range(3))
def test_random_tokens_look_right_and_are_kept_as_hashes(_):
    token = tokens.new()

    assert tokens.looks_right(token)
    assert len(token) <= 40
    assert tokens.digest(token) == tokens.digest(token.upper())
    assert tokens.read(KEY, token) is None
