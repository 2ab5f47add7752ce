"""Pickles are read; nothing in them is run, and nothing in them takes more than it should."""

import os
import pickle
import pickletools
import struct
import subprocess
import sys
import tracemalloc
from datetime import datetime
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mailman.pickles import Record, load
from listserv.mailman.values import Unreadable
from tests.mailman.python2 import Old, dumps

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.binary() | st.integers(0, 1000), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(PLAIN, st.sampled_from([3, 4, 5]))
def test_plain_data_comes_out_as_it_went_in(value, protocol):
    assert load(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", range(1, 6))
def test_every_protocol_is_read(protocol):
    value = {"a": [1, -5, 2**40, 1.5, None, True], "b": ("x", ("y",), ("p", "q", "r"), ()), "ż": "zażółć", "big": list(range(3000))}

    assert load(pickle.dumps(value, protocol)) == value


def test_strings_of_python_2_are_bytes():
    value = {b"a": [b"za\xbf\xf3\xb3\xe6", "żółw", 7, 70_000, -3, 0.5, True, None], b"long": b"x" * 300, b"t": (b"a", ())}

    assert load(dumps(value)) == value


def test_what_is_shared_stays_one():
    shared = ["x"]

    first, second = load(pickle.dumps([shared, shared]))

    assert first is second


def test_objects_become_records_with_their_state():
    message = Message()
    message["Subject"] = "x"

    record = load(pickle.dumps(message))

    assert (type(record), record.kind, record.get("_headers")) == (Record, "email.message.Message", [("Subject", "x")])
    old = load(dumps(Old("Mailman.Bouncer._BounceInfo", {b"score": 3.0})))
    assert (old.kind, old.get("score")) == ("Mailman.Bouncer._BounceInfo", 3.0)


class Evil:
    def __init__(self, call, *args):
        self.call, self.args = call, args

    def __reduce__(self):
        return self.call, self.args


@pytest.mark.parametrize("protocol", [1, 2, 4])
def test_nothing_is_called(tmp_path, protocol):
    mark = tmp_path / "run"
    evils = [Evil(os.system, f"touch {mark}"), Evil(eval, f"open({str(mark)!r}, 'w')"), Evil(subprocess.run, ["touch", str(mark)])]

    read = load(pickle.dumps(evils, protocol))

    assert [record.kind.split(".")[-1] for record in read] == ["system", "eval", "run"]
    assert not mark.exists()
    pickle.loads(pickle.dumps(evils[0], protocol))
    assert mark.exists()  # the very same file, read in the usual way


def test_no_module_is_imported():
    load(b"cthis.module.is.nowhere\nthing\n(tR.")
    load(b"cantigravity\nfly_to_london\n.")

    assert "antigravity" not in sys.modules


# Each is a few bytes long, and asks an ordinary unpickler for gigabytes, for something outside, or for ever.
HOSTILE = {
    "a string of four gigabytes": b"X\xff\xff\xff\xff.",
    "bytes of many gigabytes": b"\x8e" + struct.pack("<Q", 1 << 40) + b".",
    "a byte array of many gigabytes": b"\x96" + struct.pack("<Q", 1 << 40) + b".",
    "a number of many digits": b"L" + b"9" * 100_000 + b"L\n.",
    "something kept elsewhere": b"Pname\n.",
    "something kept elsewhere, too": b"NQ.",
    "a registered extension": b"\x82\x01.",
    "a buffer from outside": b"\x97.",
    "nothing on the stack": b".",
    "an end without a beginning": b"t.",
    "a memo that is empty": b"h\x07.",
    "a list that is a number": b"K\x01K\x02a.",
    "a dictionary of odd things": b"(K\x01K\x02K\x03d.",
    "a dictionary that is a list": b"](K\x01K\x02u.",
    "no end": b"N",
    "nothing": b"",
    "no pickle": b"From: somebody\n\nHello.",
    "a protocol of the future": b"\x80\xff" + b"\xee.",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_hostile_or_broken_is_refused_in_a_clause(raw):
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refused:
            load(raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert str(refused.value)[0].islower()
    assert peak < 10 << 20


@pytest.mark.parametrize("raw", [b"Nr\xff\xff\xff\x7f.", b"\x80\x04\x95" + struct.pack("<Q", 1 << 60) + b"N."])
def test_a_memo_of_two_thousand_million_places_and_a_frame_larger_than_the_world_take_no_memory(raw):
    tracemalloc.start()
    try:
        assert load(raw) is None
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_billion_laughs_are_not_told():
    """Lists of lists of lists: small as they are kept, endless for who walks through them."""
    raw = b"](K\x01e" + b"".join(b"q%c](h%ch%ch%ch%ch%ch%ch%ch%ch%ch%ce" % ((n,) * 11) for n in range(1, 30)) + b"."

    value = load(raw)

    assert len(value) == 10
    assert len(raw) < 1000


def test_a_file_that_never_ends_its_work_is_given_up(monkeypatch):
    monkeypatch.setattr("listserv.mailman.pickles.MOST_OPERATIONS", 1000)

    with pytest.raises(Unreadable, match="more work"):
        load(b"N0" * 5000 + b"N.")
    with pytest.raises(Unreadable, match="larger than"):
        monkeypatch.setattr("listserv.mailman.pickles.LARGEST", 100)
        load(b"N0" * 100 + b"N.")


def test_keys_that_could_be_made_to_collide_are_left_out():
    collide = [(2**61 - 1) * n for n in range(1, 50)]

    assert load(pickle.dumps(dict.fromkeys(collide) | {"kept": 1, 7: 2}, 4)) == {"kept": 1, 7: 2}


@given(st.binary(max_size=200))
def test_any_bytes_at_all_are_read_or_refused(raw):
    try:
        load(raw)
    except Unreadable:
        pass


@given(st.data())
def test_a_real_file_with_broken_bytes_is_read_or_refused(data):
    raw = bytearray(pickle.dumps({"members": {"a@b": 0}, "at": datetime(2026, 3, 3), "m": Message()}, 2))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    try:
        load(bytes(raw))
    except Unreadable:
        pass


def test_every_operation_that_a_pickle_can_have_is_known():
    from listserv.mailman.pickles import IGNORED, OPERATIONS, PUSHED

    outside = {"PERSID", "BINPERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER"}

    assert {code.name for code in pickletools.opcodes} - {"STOP"} == set(OPERATIONS) | set(PUSHED) | set(IGNORED) | outside
