"""Pickles as Python 2 wrote them (protocol 1): its strings are bytes, its True is an integer of its own."""

import struct
from dataclasses import dataclass
from typing import Any


@dataclass
class Old:
    """An instance of an old class, e.g. Old("Mailman.Message.Message", {...})."""

    kind: str
    state: dict


def dumps(value: Any) -> bytes:
    return _one(value) + b"."


def _one(value: Any) -> bytes:
    if value is None:
        return b"N"
    if value is True or value is False:
        return b"I01\n" if value else b"I00\n"
    if isinstance(value, int):
        return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return b"U" + bytes([len(value)]) + value if len(value) < 256 else b"T" + struct.pack("<i", len(value)) + value
    if isinstance(value, str):
        raw = value.encode()
        return b"X" + struct.pack("<i", len(raw)) + raw
    if isinstance(value, tuple):
        return b"(" + b"".join(map(_one, value)) + b"t" if value else b")"
    if isinstance(value, list):
        return b"](" + b"".join(map(_one, value)) + b"e"
    if isinstance(value, Old):
        module, _, name = value.kind.rpartition(".")
        return b"(c" + module.encode() + b"\n" + name.encode() + b"\no" + _one(value.state) + b"b"
    return b"}(" + b"".join(_one(key) + _one(one) for key, one in value.items()) + b"u"


def config(**changes: Any) -> dict[bytes, Any]:
    """A list's configuration; strings become those of Python 2, in UTF-8."""
    usual = {
        "real_name": "Siecibp", "host_name": "lists.example.net", "preferred_language": "pl", "description": "", "info": "",
        "subject_prefix": "[Siecibp] ", "owner": ["alina@example.org"], "moderator": [], "members": {}, "digest_members": {},
        "usernames": {}, "language": {}, "user_options": {}, "delivery_status": {}, "ban_list": [], "archive": True, "archive_private": 1,
        "max_message_size": 0, "reply_goes_to_list": 1, "emergency": 0, "default_member_moderation": False, "subscribe_policy": 1,
        "acceptable_aliases": "", "msg_footer": "", "anonymous_list": False,
    }  # fmt: skip
    return old(usual | changes)


def old(value: Any) -> Any:
    """The same value with strings of Python 2; bytes stay as they are."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        return {old(key): old(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(old(one) for one in value)
    return value
