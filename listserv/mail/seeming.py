"""What words and file names look like to whoever reads them, whatever is in them that nobody sees."""

import re
import unicodedata

from listserv.mail.folding import fold

# Format characters and fillers; marks that strike letters through or stand above them (what belongs to a letter is composed).
UNSEEN = re.compile(
    "[\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
UUENCODED = re.compile(r"(?m)^begin(?:-base64)? [0-7]{3,4} (\S.{0,199})$")
MOST_UUENCODED = 20
# Points that other scripts write; what follows a colon is, on Windows, another stream of the same file.
POINTS = str.maketrans({"\u3002": ".", "\uff61": ".", "\u2024": ".", "\u00b7": "."})
AT_THE_END = " ./\\"


def visible(text: str) -> str:
    """One line as it is seen: wide letters as plain ones, no invisible ones, every blank an ordinary one."""
    if not text.isascii():
        # Once more composed: what stood between a letter and its mark is gone.
        text = unicodedata.normalize("NFKC", UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
    return " ".join(text.split())


def flat(text: str) -> str:
    """The same without case, diacritics and underscores: what words are looked for in."""
    return " ".join(fold(visible(text)).replace("_", " ").split())


def name_of_file(name: str) -> tuple[str, ...]:
    """What a file may be called where it is opened: as it is seen, and up to a colon."""
    seen = visible(name.translate(POINTS)).lower().replace("\\", "/").rstrip(AT_THE_END).rpartition("/")[2]
    return tuple(dict.fromkeys((seen.strip(AT_THE_END), seen.partition(":")[0].strip(AT_THE_END))))


def uuencoded(text: str) -> tuple[str, ...]:
    """The names of files that stand in a text as uuencode writes them."""
    return tuple(found[1] for found, _ in zip(UUENCODED.finditer(text), range(MOST_UUENCODED), strict=False))
