"""What lies in a winmail.dat, as parts of the mail that brought it."""

import re

from listserv.mail import tnef
from listserv.mail.fields import media_type
from listserv.mail.filenames import type_by_name
from listserv.mail.mime import Part, made
from listserv.mail.text import one_line

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
NAME = re.compile(r"win(?:mail|dat)\d{0,4}\.dat", re.I)


def is_envelope(part: Part) -> bool:
    """Does it say that it is a winmail.dat?"""
    return part.type in TYPES or bool(NAME.fullmatch(part.name))


def opened(part: Part, *, with_letter: bool) -> tuple[Part | None, list[Part]]:
    """The letter within, where it is asked for and there, and the files; the envelope itself where it holds nothing that can be read."""
    within = tnef.read(part.content())
    if within is None:
        return None, [part]
    files = [_file(each) for each in within.all_files()]
    body = within.body(unpack=with_letter)
    letter = made(body[0], body[1], charset=body[2]) if body and with_letter else None
    return letter, files if files or body or within.compressed else [part]


def _file(each: tnef.File) -> Part:
    name = one_line(each.name)
    kind = media_type(each.type) or type_by_name(name)
    return made(kind, each.content, charset=each.charset, name=name, content_id=f"<{one_line(each.content_id)}>" if each.content_id else "")
