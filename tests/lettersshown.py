"""All letters as the gallery shows them, made once in each process: it takes seconds."""

from functools import cache

from listserv import gallery

letters_shown = gallery.letters_shown


@cache
def shown():
    """Every letter, in both languages, in every way that it can read."""
    return list(letters_shown())
