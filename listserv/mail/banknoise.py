"""What stands in posts beside materials: pieces of a conversation about programs and things, found in archives by looking at them.

Bug reports and commits, questions and answers elsewhere, other lists' archives, pictures of screens, shops, packages, logs.
"""

import re

from listserv.lazily import compiled
from listserv.mail.folding import fold


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Who answers, pastes, sells and stores there shares no material of a network's own.
HOSTS = compiled(
    r"(?:forums?|discuss|discourse|community)\..+|(?:.*\.)?(?:stackoverflow\.com|stackexchange\.com|superuser\.com|serverfault\.com|askubuntu\.com|mail-archive\.com|nabble\.com|narkive\.com|spinics\.net"
    r"|marc\.info|gmane\.(?:org|io)|imgur\.com|ibb\.co|imgbb\.com|postimg\.(?:cc|org)|prnt\.sc|prntscr\.com|gyazo\.com|pastebin\.\w+|paste\.\w+\.\w+|hastebin\.com|sstatic\.net"
    r"|amazon\.(?:com|co\.uk|de|pl|\w\w)|ebay\.\w+|allegro\.pl|aliexpress\.com|ceneo\.pl|olx\.pl|marriott\.com|booking\.com|airbnb\.\w+|hilton\.com|eventbrite\.\w+|launchpadlibrarian\.net)"
    r"|(?:tickets?|tracker|jira|bugs?|bugzilla|issues|lists?|cdn|static|img|images)\d?\..+|.*\.(?:tickets|sstatic)\..+"
)
CODE = compiled(r"(?:.*\.)?(?:github\.com|gitlab\.[\w.]+|bitbucket\.org|codeberg\.org|sr\.ht|sourceforge\.net)")
OF_CODE = compiled(
    r"/(?:-/)?(?:issues?|pulls?|merge_requests|commits?|compare|releases?|tags?|branches|tree|actions|pipelines|bugs|tickets|network|stargazers)(?:/|$)|\.git/?$",
    re.IGNORECASE,
)
# Written in these, a file is a program or its machinery; or it is put on a machine, or it is a picture of something.
PROGRAM = frozenset(
    [
        *(
            "c",
            "cc",
            "cpp",
            "cxx",
            "h",
            "hh",
            "hpp",
            "v",
            "sv",
            "vhd",
            "vhdl",
            "tcl",
            "xdc",
            "mk",
            "cmake",
            "bb",
            "bbappend",
            "lwr",
            "grc",
            "gpx",
            "kml",
            "geojson",
            "inc",
            "srcs",
            "xml",
            "o",
            "a",
            "so",
            "dll",
            "diff",
            "patch",
        ),
        *("toml", "ini", "cfg", "conf", "yml", "yaml", "lock", "css", "out", "dump", "core", "elf", "map"),
        *("deb", "rpm", "exe", "msi", "dmg", "apk", "iso", "img", "bin", "bit", "xz", "whl", "jar", "ko", "direct"),
    ]
)
PICTURES = frozenset(["png", "jpg", "jpeg", "gif", "ico", "webp", "bmp"])
PATHS = compiled(
    r"/(?:class|struct|namespace|group|interface|union)\w*_\w+\.html$|_8\w+(?:_source)?\.html$"
    r"|/(?:data-?privacy|privacy|datenschutz|polityka-prywatnosci|rodo|impressum|imprint|disclaimer|terms(?:-\w+)*|cookies?)(?:[./]|$)"
    r"|/(?:all-products|products?|shop|store|sklep|koszyk|cart|checkout|produkty?)/|/dp/[A-Z0-9]{10}"
    r"|/binaries/|/(?:pool|cache|downloads?|images)/(?:[^/]+/)*$|/(?:submissions?|cfp|rsvp|register|registration|tickets?|openconf|profile/form|modules/request)(?:[./]|$)|/openconf\.|/submission/|/(?:team|sponsors?|imprint|staff|jobs|careers)/?$|/archive/html/.*/msg\d+|/msg\d+\.html$",
    re.IGNORECASE,
)
BLOB = compiled(r"/(?:blob|raw|src|browse)/", re.IGNORECASE)
# Lines of a program; a file that holds what a program has said.
LINES = compiled(r"L\d+(?:-L?\d+)?|\w*?n?\d{2,6}")
LOGS = compiled(
    r".*(?:makefile|lspci|lsusb|dmesg|output|errors?)[\W_\d]*|(?:.*[\W_])?(?:lspci|lsusb|log|logs|dmesg|trace|traceback|backtrace|console|debug|errors?|stdout|stderr|journal|strace|gdb|probe|benchmark|results?|build[\W_]?output|terminal)[\W_\d]*"
)
# A file of these types whose name has no ending is read by a program alone.
UNNAMED = frozenset(["application/octet-stream", "text/plain", "text/x-log", ""])
SAYING = frozenset(["txt", "out", "log", "err", "text", ""])
SCREENS = compiled(
    r"(?:screen ?shots?|zrzut(?: ekranu)?|screen|screencap\w*|print ?screen|przechwytywanie|bildschirmfoto|capture|img|dsc\w?|whatsapp image|photo|snap\w*)"
    r"(?:[\W_\d]|from|at|am|pm|copy|kopia|wa|edited|of)*"
)
# Beside a link these make a sentence, and no name of where it leads.
TELLS = _words(
    "see this that these here according link links article note consider visit check found find have has had please is are was were under",
    "following below above at from my your our i we you it git clone wget curl install run also using used try look looked read reading think",
    "believe suggest question page website site or and zob zobacz patrz tutaj tu oto pod polecam polecamy strona stronie strony link linki",
    "wysylam przesylam prosze jest sa byl byla znajduje znajduja mozna oraz dostepny dostepna dostepne adres adresem zachecam zapraszam jak",
)
LABEL_WORDS = 9
# A name of a page that every site has.
EVERYWHERE = frozenset(
    [
        "index",
        "start",
        "home",
        "main",
        "request",
        "archive",
        "readme",
        "manifest",
        "view",
        "edit",
        "file",
        "download",
        "default",
        "content",
        "article",
        "post",
        "gpio",
        "manual",
    ]
)
LIST_TAG = compiled(r"^(?:\s*\[[^\]]{1,60}\])+\s*(?=\S)")


def is_link(host: str, path: str, fragment: str) -> bool:
    """Does this link belong to a conversation about something, and is no material?"""
    end = _ending(path)
    if (HOSTS.fullmatch(host) and end != "pdf") or PATHS.search(path) or end in PICTURES or end in PROGRAM:
        return True
    if CODE.fullmatch(host):
        return OF_CODE.search(path) is not None or (
            BLOB.search(path) is not None and (end not in ("md", "pdf", "ipynb", "rst", "txt") or bool(LINES.fullmatch(fragment)))
        )
    return False


def is_file(name: str, type: str) -> bool:
    """Is this file what a program said, a piece of one, or a picture of a screen?"""
    folded, end = fold(name), _ending(name)
    bare = folded.removesuffix(f".{end}") if end else folded
    if end in PROGRAM and not type.startswith(("image/", "audio/", "video/")):
        return True
    if folded.startswith("makefile") or (end in SAYING and LOGS.fullmatch(bare)) or (not end and type in UNNAMED):
        return True
    return (type.startswith("image/") or end in PICTURES) and SCREENS.fullmatch(bare[:80]) is not None


def is_label(words: str) -> bool:
    """Do the words before a link name it: „Regulamin wypożyczania: https://…”, and do not lead to it in a sentence?"""
    said = re.findall(r"\w+", fold(words))
    return 2 <= len(said) <= LABEL_WORDS and not TELLS.intersection(said) and words[:1].isupper() and not re.search(r"[.?!,;]\s|[$#>`]", words)


def names_nothing(title: str) -> bool:
    """Is this the name of a page that every site has?"""
    return fold(title).strip() in EVERYWHERE


def without_tag(subject: str) -> str:
    """A subject without the mark that a list puts before it."""
    return LIST_TAG.sub("", subject, count=1)


def _ending(path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    found = re.search(r"\.([A-Za-z0-9]{1,8})$", name)
    return found[1].lower() if found else ""
