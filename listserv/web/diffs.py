"""Patches as HTML: every line as it was written, coloured by what it does, and nothing else that somebody who copies it would copy."""

from collections.abc import Iterator
from itertools import groupby

from markupsafe import Markup, escape

from listserv.i18n import translations
from listserv.mail import patches
from listserv.mail.patches import Patch

# In lines. Longer ones are folded: who reads the words around it has not come for all of them.
FOLDED = 250
# Screen readers say of these what colours say; a sheet makes them whole lines.
TAGS = {"add": ("<ins>", "</ins>"), "cut": ("<del>", "</del>"), "at": ('<span class="at">', "</span>"), "head": ("<b>", "</b>"), "": ("", "")}


def apart(text: str) -> Iterator[tuple[Patch | None, list[str]]]:
    """The lines of a text, those of each patch apart from those around it."""
    lines = text.split("\n")
    at = 0
    for patch in patches.find(lines):
        if lines[at : patch.start]:
            yield None, lines[at : patch.start]
        yield patch, lines[patch.start : patch.end]
        at = patch.end
    if lines[at:]:
        yield None, lines[at:]


def shown(patch: Patch, lines: list[str], language: str) -> Markup:
    """A patch in a box of its own, folded where it is long."""
    summary = _summary(patch, lines, language)
    # Long lines scroll within the box, by the keyboard too.
    box = Markup('<pre class="diff" tabindex="0" role="group" aria-label="{}">{}</pre>').format(summary, coloured(lines))
    return Markup('<details class="fold patch"><summary>{}</summary>{}</details>').format(summary, box) if len(lines) > FOLDED else box


def coloured(lines: list[str]) -> Markup:
    """The lines in order; what follows each other and is of one kind is marked once."""
    made = []
    numbered = zip(patches.kinds(lines), lines, strict=True)
    for kind, group in groupby(numbered, key=lambda one: one[0]):
        begin, end = TAGS[kind]
        made.append(begin + str(escape("".join(f"{line}\n" for _, line in group))) + end)
    # Each mark holds its last line end, too: whole lines are coloured, and a browser copies one end for each.
    return Markup("".join(made))  # nosec B704: each line is escaped


def _summary(patch: Patch, lines: list[str], language: str) -> str:
    words = translations(language)
    size = words.ngettext("%(num)s line", "%(num)s lines", len(lines)) % {"num": len(lines)}
    if patch.files == 1:
        return words.gettext("patch, %(lines)s") % {"lines": size}
    return words.ngettext("patch to %(num)s file, %(lines)s", "patch to %(num)s files, %(lines)s", patch.files) % {"num": patch.files, "lines": size}
