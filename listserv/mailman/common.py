"""What both Mailmans mean alike, and how it is said here."""

import re
from collections.abc import Iterable, Mapping
from html import unescape

from listserv.mail.address import LIST_NAME, name_is_reserved

# Our languages; Mailman's other ones are told.
LANGUAGES = ("pl", "en")
RANKS = ("member", "moderator", "owner")
NAME_PATTERN = re.compile(r"&#\d{2,6};")


def language(code: str) -> str:
    """Our code of one of Mailman's languages; empty where we do not speak it."""
    short = code.replace("-", "_").split("_")[0].lower()
    return short if short in LANGUAGES else ""


def highest(roles: Iterable[str]) -> str:
    """Of several roles the one that may most."""
    return max(roles, key=RANKS.index)


def name_trouble(name: str) -> str:
    """Why a list of that name cannot be here, and what to do; empty where it can."""
    if not LIST_NAME.fullmatch(name.lower()):
        return f"a list's name is a letter, then letters a-z, digits, - or _: give it another with --only {name} --as NAME"
    if name_is_reserved(name.lower()):
        return f"{name} would collide with an address or page of the program: give it another name with --only {name} --as NAME"
    return ""


def person_name(name: str) -> str:
    """A name as people write it: letters that a web form once sent as `&#322;` are letters again."""
    return NAME_PATTERN.sub(lambda found: unescape(found[0]), name).strip()


def plain_addresses(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Addresses, and what is none (patterns)."""
    every = [text.strip() for text in texts if text.strip()]
    plain = [text for text in every if not text.startswith("^") and "@" in text]
    return plain, [text for text in every if text not in plain]


def about_size(kilobytes: int) -> tuple[str, str]:
    """Our `max_size` for a limit in KB, and what to tell about it."""
    if kilobytes <= 0:
        return "0", ""
    return str(kilobytes * 1024), f"posts larger than {kilobytes} KB wait for a moderator, as in Mailman: `list set NAME max_size=BYTES` changes it"


def about_prefix(prefix: str, usual: Iterable[str]) -> tuple[str, str]:
    """Our `subject_tag` for a subject prefix, and what to tell about it.

    A changed subject breaks the author's DKIM signature. The prefix that Mailman gives to every list was chosen by
    nobody and stays behind; another was somebody's wish.
    """
    tag = prefix.strip()
    if not tag:
        return "", ""
    if "%" in tag:
        return "", f"the subject prefix {tag}: numbers in it are not counted here"
    if tag in usual:
        why = "Mailman gives it to every list, and it breaks the authors' DKIM signatures"
        return "", f"the subject prefix {tag} stays behind: {why}; `list set NAME subject_tag='{tag}'` brings it back"
    return tag, f"the subject prefix {tag} comes along; it breaks the authors' DKIM signatures: `list set NAME subject_tag=` drops it"


def about_archive(was: str) -> str:
    """What to tell about who could read the archive: `public`, `private` or `never`."""
    if was == "public":
        return "was public in Mailman; here only members read it: `list set NAME archive=public` when you are sure"
    return "Mailman kept no archive of it; here posts are kept, and members read them" if was == "never" else ""


def moderation(people: Mapping[str, bool], *, newcomers: bool) -> tuple[bool, str]:
    """Our `moderate_members`, and what to tell, where Mailman holds some members' posts.

    `people`: of each member, whether theirs are held. Here a list holds the posts of all members, or of some.
    """
    free = [email for email, held in people.items() if not held]
    if not newcomers:
        return False, ""
    if not free:
        return True, ""
    told = f"as in Mailman, posts of members wait for a moderator, save those of {shown(free)}; but new members may write freely here"
    return False, f"{told}: `member set NAME EMAIL moderated=yes` for each, or `list set NAME moderate_members=yes` for all"


def shown(many: Iterable[str], most: int = 5) -> str:
    """Some of them, and how many more there are."""
    every = list(many)
    rest = len(every) - most
    return ", ".join(every[:most]) + (f" and {rest} more" if rest > 0 else "")
