"""Tokens by the hundred are those that are made one by one."""

import random

import pytest

from listserv.mail.seals import Sealer, base32
from listserv.mail.tokens import Kind, read, sign


@pytest.mark.parametrize("key", [b"short", b"k" * 64, b"longer than a block of SHA-256 " * 3])
@pytest.mark.parametrize("count", [0, 1, 2, 63, 257])
def test_each_is_what_sign_makes_of_the_same(key, count):
    ids = [(random.randrange(2**40), random.randrange(2**40)) for _ in range(count)]

    made = Sealer(key).pairs(ids)

    assert made == [(sign(key, Kind.BOUNCE, *pair), sign(key, Kind.UNSUBSCRIBE, *pair)) for pair in ids]
    assert [read(key, bounce) for bounce, _ in made] == [(Kind.BOUNCE, pair) for pair in ids]


def test_every_letter_of_base_32_has_its_place():
    assert base32(bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")) == "abcdefghijklmnopqrstuvwxyz234567"
