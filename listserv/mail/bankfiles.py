"""Which attached files are materials, what they are called and what they are: by their names and types alone."""

import re
from functools import lru_cache
from urllib.parse import unquote

from listserv.lazily import compiled
from listserv.mail import banknoise
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Attachment

# Never a material: calendars, cards, wrappers, signatures, reports of mail systems, patches and logs.
NO_TYPES = compiled(
    r"text/(?:calendar|(?:x-)?vcard|directory|x-amp-html|rfc822-headers|x-(?:patch|diff|log|moz-deleted))|application/(?:ics"
    r"|(?:x-)?pkcs7-.*|pgp-.*|ms-tnef|vnd\.ms-tnef|"
    r"x-(?:pkcs7-.*|patch|diff))|message/(?!rfc822).*|multipart/.*"
)
NO_ENDINGS = frozenset(
    [
        "ics",
        "vcs",
        "vcf",
        "p7s",
        "p7m",
        "p7c",
        "asc",
        "sig",
        "gpg",
        "pgp",
        "key",
        "dat",
        "tnef",
        "log",
        "patch",
        "diff",
        "eml",
        "msg",
        "rej",
        "orig",
        "core",
        "dmp",
        "url",
        "lnk",
        "webloc",
        "exe",
        "bat",
        "com",
        "scr",
        "js",
        "vbs",
        "cmd",
        "dll",
    ]
)
# What programs and people call a logo; pictures as small as these are marks, not materials.
LOGO = compiled(
    r"(?:^|[\W_])(?:logo\w*|logotyp\w*|podpis\w*|signature|stopka|footer|banner|baner|icon|ikon\w*|avatar|image\d{3}|outlook-\w+"
    r"|pastedgraphic.*|spacer|pixel)(?=[\W_]|$)"
)
SMALL_PICTURE = 40 * 1024
# What mail programs and list servers call a body or a footer that they hand on as a file.
NO_NAMES = compiled(
    r"(?:att|part|mime-attachment|unnamed|untitled|noname|smime|winmail|message|footer|signature|encrypted|version)?[\d_ .-]*\.?(?:html?|txt|bin|dat|eml|xml)?"
)
ENDING = compiled(r"\.([A-Za-z0-9]{1,5})$")
SLIDES = frozenset(["ppt", "pptx", "pps", "ppsx", "odp", "key", "sxi"])
# A version's marks, in a folded name: v2, wersja 2, (1), kopia, poprawione, final, a date.
MARKS = compiled(
    r"(?<![^\W_])(?:v|ver|wer|wersja|version|rev|popr|poprawk[ai]|korekta)[ ._-]?\d{1,3}(?:[.,]\d{1,3})*(?![^\W_])"
    r"|\(\d{1,2}\)|(?<![^\W_])(?:kopia|copy|copy of|kopia z|nowy|nowa|nowe|new|final\w*|ostateczn\w+|koncow\w+|popraw(?:ion|k|n)\w*|popr|uzupelnion\w+"
    r"|zaktualizowan\w+|aktualn\w+|updated?|corrected|revised|draft|szkic|robocz\w+|rev)(?![^\W_])"
    r"|(?<!\d)(?:(?:19|20)\d\d[ ._-]?[01]\d[ ._-]?[0-3]\d|[0-3]?\d[ ._-][01]?\d[ ._-](?:19|20)\d\d)(?!\d)"
)
# Names that say nothing: of scanners, cameras and programs.
DUMB = compiled(
    r"(?:scan(?:ned)?|skan\w*|img|image|dsc[nf]?|photo|zdjecie|obraz|dokument\w*|document\w*|doc|docs|file|plik|bez nazwy|bez tytulu"
    r"|untitled\w*|new|nowy|output"
    r"|print|wydruk|zalacznik\w*|attachment\w*|att|download|pobrane|presentation|prezentacja\w*|slajd|slide|test|unknown|screenshot"
    r"|zrzut ekranu|arkusz|zeszyt|book|page|strona|material\w*|wa|temp|tmp)?[\W\d_]*"
)
# Titles that programs put into documents.
NO_TITLES = compiled(
    r"prezentacja programu powerpoint|powerpoint(?: -)? presentation|presentation title|tytul prezentacji|slajd \d+|slide \d+"
    r"|(?:nowy )?dokument(?: (?:programu )?(?:tekstowy|word|microsoft word))?\W*\d*"
    r"|(?:microsoft )?word document|document\W*\d*|untitled.*|bez (?:nazwy|tytulu).*|title|tytul|normal|szablon\b.*|template\b.*"
    r"|layout \d+|print|full page photo|scan\w*|folie \d+|diapositiva \d+"
    r"|diapositive \d+|about:blank|(?:https?|file)://.*|[\W\d_]*"
)
MADE_BY = compiled(r"^(?:Microsoft (?:Office )?(?:Word|PowerPoint|Excel)|OpenOffice\.org|LibreOffice|Print|Drukuj)\s*[-–:]\s*", re.IGNORECASE)
LEAST, LONGEST_TITLE = 4, 200


def ending(name: str) -> str:
    """What a file's name ends with, without the dot; empty where that says nothing."""
    found = ENDING.search(name)
    return found[1].lower() if found else ""


def is_material(file: Attachment) -> bool:
    """Is it a file that people share, and no part of how the mail was made?"""
    kind, name = file.type.lower(), fold(file.name)
    if file.inline or not file.size or NO_TYPES.fullmatch(kind) or ending(name) in NO_ENDINGS:
        return False
    if kind == "message/rfc822" or banknoise.is_file(file.name, kind):
        return False
    if (kind.startswith(("text/", "message/")) or kind in ("application/octet-stream", "")) and NO_NAMES.fullmatch(name):
        return False
    if kind.startswith("image/"):
        return bool(name) and file.size > SMALL_PICTURE and not LOGO.search(name) and not file.content_id
    return True


def title_of(name: str) -> str:
    """A file's name made readable; empty where it says nothing of what is in it."""
    whole = plain(unquote(name))
    bare = ENDING.sub("", whole) if ending(name) else whole
    words = " ".join(re.sub(r"[_+]+|(?<=\w)-(?=\w)(?<![^\W\d_]-)" if " " in bare else r"[_+]+|(?<=\w)[-.](?=\w)", " ", bare).split())
    if DUMB.fullmatch(fold(words)) or len(words) < LEAST:
        return ""
    while marked := [mark for mark in MARKS.finditer(fold(words)) if mark.end() == len(words) and mark.start() > LEAST]:
        # „Scenariusz lekcji v2” is called as all its versions are.
        words = words[: marked[-1].start()].rstrip(" -–._,(")
    return (words[0].upper() + words[1:])[:LONGEST_TITLE]


def own_title(said: str) -> str:
    """What a document calls itself; empty where a program has put it there."""
    words = MADE_BY.sub("", " ".join(plain(said).split()))
    if ending(words) and " " not in words or ending(words) in SLIDES | {"doc", "docx", "odt", "pdf", "xls", "xlsx", "indd", "qxd", "rtf", "tex", "dvi"}:
        return title_of(words)
    folded = fold(words)
    if len(words) < LEAST or NO_TITLES.fullmatch(folded) or DUMB.fullmatch(folded) or "�" in words:
        return ""
    return words[:LONGEST_TITLE]


@lru_cache(maxsize=2048)
def stem(name: str) -> str:
    """What all versions of a file are called alike; empty where the name says too little to know them by."""
    bare = fold(ENDING.sub("", unquote(name)) if ending(name) else unquote(name)).replace("_", " ")
    words = " ".join(re.findall(r"\w+", MARKS.sub(" ", bare)))
    if len(words.replace(" ", "")) < LEAST or DUMB.fullmatch(words):
        return ""
    return f"{words}.{_family(ending(name))}"


def has_mark(name: str) -> bool:
    """Does the name say that it is another version?"""
    return MARKS.search(fold(name).replace("_", " ")) is not None


def _family(end: str) -> str:
    return {
        "docx": "doc",
        "odt": "doc",
        "rtf": "doc",
        "pptx": "ppt",
        "ppsx": "ppt",
        "pps": "ppt",
        "odp": "ppt",
        "xlsx": "xls",
        "ods": "xls",
        "jpeg": "jpg",
        "htm": "html",
    }.get(end, end)
