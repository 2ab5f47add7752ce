"""The armour that PGP puts around a letter that is signed within its text (RFC 9580 section 7)."""

from listserv.mail.quotepage import Page

SIGN = "-----BEGIN PGP SIGN"
SIGNED, SIGNATURE, END = "-----BEGIN PGP SIGNED MESSAGE-----", "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
HEADER_LINES, SIGNATURE_LINES = 6, 80


def mark_armour(page: Page) -> None:
    """Take what is for programs alone for a footer; the letter within is read like any other."""
    for at, line in enumerate(page.lines):
        if line == SIGNED:
            page.mark(at, _behind(page, at, "", HEADER_LINES), "footer")
        elif line == SIGNATURE:
            page.mark(at, _behind(page, at, END, SIGNATURE_LINES), "footer")
        elif line.startswith("- -"):
            # Section 7.2: dashes at the beginning of a line are escaped.
            page.lines[at] = line[2:]


def _behind(page: Page, at: int, last: str, most: int) -> int:
    """The line behind the next one that says this; behind the first alone where none does."""
    return next((i + 1 for i in range(at, min(at + most, len(page.lines))) if page.lines[i] == last), at + 1)
