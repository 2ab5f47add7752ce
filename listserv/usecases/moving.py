"""Lists of another program come here: what will come of each, what is here already, and what cannot.

`plan` looks and changes nothing; `settling` carries out exactly what a plan says. So a dry run tells the truth.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotFound, Refusal
from listserv.mail import address, patterns
from listserv.mailman import common
from listserv.mailman.values import Found, FoundList, HeldPost, Person, Wish
from listserv.store import moving as here
from listserv.store.bans import bans_of
from listserv.store.lists import MailingList, list_by_name, lists_with_alias
from listserv.usecases.administration import checked_email
from listserv.usecases.outbox import settings_of


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is left out: whose or what it is, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done about one list. Everything in it is new here; what is here already is only counted."""

    found: FoundList
    name: str
    new: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    people: tuple[Person, ...] = ()
    bans: tuple[str, ...] = ()
    posts: tuple[HeldPost, ...] = ()
    wishes: tuple[Wish, ...] = ()
    already: Mapping[str, int] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    # Why the list does not come at all; empty where it does.
    refused: str = ""


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What will be done about a whole source."""

    lists: tuple[Plan, ...]
    bans: tuple[str, ...] = ()
    already: int = 0
    skipped: tuple[Skipped, ...] = ()


def chosen(found: Found, only: Sequence[str], name: str) -> Found:
    """The lists that were asked for (by name or address), one of them perhaps under another name. Raises NotFound or Invalid."""
    wanted = {one.lower() for one in only}
    lists = [one for one in found.lists if not wanted or wanted & {one.name.lower(), one.address.lower()}]
    names = ", ".join(sorted(one.address for one in found.lists))
    for one in sorted(wanted - {word for each in lists for word in (each.name.lower(), each.address.lower())}):
        raise NotFound("there is no list {one}; there are {names}", one=one, names=names or "none")
    if name and len(lists) != 1:
        raise Invalid("--as is the new name of one list: say which with --only ({names})", names=names)
    # Of one list, the bans of a whole site are not taken: they would bar people from the other lists here.
    return Found(tuple(lists), () if wanted else found.bans)


def plan(db: Session, found: Found, name: str = "") -> SitePlan:
    """What will come of everything, in a reading session."""
    times = Counter(one.name.lower() for one in found.lists)
    lists = tuple(_plan(db, one, name, twice=times[one.name.lower()] > 1) for one in found.lists)
    bans, already, skipped = _bans(db, None, found.bans)
    return SitePlan(lists, bans, already, tuple(skipped))


def _plan(db: Session, found: FoundList, name: str, *, twice: bool) -> Plan:
    ours = (name or found.name).lower()
    trouble = common.name_trouble(ours)
    if not trouble and twice:
        trouble = f"several lists have this name: bring each by --only {found.address} --as NAME"
    if trouble:
        return Plan(found, ours, refused=trouble)
    mlist = list_by_name(db, ours)
    people, known, left = _people(db, mlist, ours, found.people)
    bans, known_bans, left_bans = _bans(db, mlist, found.bans, new=mlist is None)
    posts = [post for post in found.posts if post.raw is not None and not (mlist and here.was_here(db, mlist, post.raw))]
    lost = [Skipped(f"held post of {post.sender} “{post.subject}”", post.why) for post in found.posts if post.raw is None]
    wishes, known_wishes, left_wishes = _wishes(db, mlist, found.wishes, people)
    already = {"members": known, "bans": known_bans, "held": len(found.posts) - len(lost) - len(posts), "applications": known_wishes}
    skipped = (*left, *left_bans, *lost, *left_wishes)
    settings = {} if mlist else _settings(db, found, ours)
    return Plan(found, ours, mlist is None, settings, people, bans, tuple(posts), wishes, already, skipped)


def _settings(db: Session, found: FoundList, ours: str) -> dict[str, str]:
    """Settings of a new list: members only, until a human says otherwise; and its old address goes on meaning it."""
    site = settings_of(db).site
    aliases = found.settings.get("alias", "").split()
    here_is = address.key(f"{ours}@{site.domain}")
    if found.host and address.key(found.address) != here_is:
        aliases.insert(0, found.address)
    taken = {here_is} | {address.key(one) for mlist in lists_with_alias(db) for one in mlist.alias.split()}
    good = [one for one in aliases if not _trouble(one) and address.key(one) not in taken]
    settings = {**found.settings, "archive": "members", "alias": " ".join(dict.fromkeys(good))}
    settings["language"] = settings.get("language") or site.language
    settings["title"] = (settings.get("title") or ours)[:200]
    settings["subject_tag"] = settings.get("subject_tag", "")[:64]
    return settings


def _trouble(email: str) -> str:
    """Why an address is none that mail can be sent to; empty where it is one."""
    try:
        checked_email(email)
    except Refusal as wrong:
        return str(wrong)
    return ""


def is_a_list(db: Session, email: str, ours: str) -> bool:
    """Would mail to this address come back to us: is it one of this list's, or of another's that is here?"""
    local, domain = address.split(address.key(email))
    route = address.read_local_part(local) if domain == settings_of(db).site.domain.lower() else None
    return route is not None and (route.name == ours or not route.name or list_by_name(db, route.name) is not None)


def _people(db: Session, mlist: MailingList | None, ours: str, found: Iterable[Person]) -> tuple[tuple[Person, ...], int, list[Skipped]]:
    """Who is new on the list; how many are on it; who cannot come."""
    good: dict[str, Person] = {}
    skipped, already = [], 0
    for person in found:
        trouble, key = _trouble(person.email), address.key(person.email)
        if trouble or is_a_list(db, person.email, ours):
            skipped.append(Skipped(person.email, trouble or "is an address of this site: a list cannot be a member"))
        elif key in good:
            already += 1
        else:
            good[key] = person
    owners, on_it = here.owners_of(db, good), here.people_on(db, mlist) if mlist else set()
    gone = {address.key(email) for email in here.gone_from(db, mlist)} if mlist else set()
    coming = {}
    for key, person in good.items():
        user = owners.get(key)
        if user not in on_it and key in gone:
            skipped.append(Skipped(person.email, "has left the list here since, or was taken off it: `member add` brings them back"))
        elif user in on_it or (user or key) in coming:
            already += 1
        else:
            coming[user or key] = person
    return tuple(coming.values()), already, skipped


def _bans(db: Session, mlist: MailingList | None, found: Iterable[str], *, new: bool = False) -> tuple[tuple[str, ...], int, list[Skipped]]:
    have = {ban.pattern for ban in bans_of(db, mlist)} if mlist or not new else set()
    gone = here.lifted(db, mlist) if mlist or not new else set()
    coming: dict[str, str] = {}
    skipped, already = [], 0
    for pattern in found:
        try:
            kept = patterns.normal(pattern)
        except Refusal as wrong:
            skipped.append(Skipped(f"ban of {pattern}", str(wrong)))
            continue
        if kept in have or kept in coming:
            already += 1
        elif kept in gone:
            skipped.append(Skipped(f"ban of {kept}", "was taken back here: `ban add` brings it back"))
        else:
            coming[kept] = kept
    return tuple(coming), already, skipped


def _wishes(db: Session, mlist: MailingList | None, found: Iterable[Wish], people: Iterable[Person]) -> tuple[tuple[Wish, ...], int, list[Skipped]]:
    """Who waits to be admitted, and is neither on the list nor has applied here."""
    on_it = {address.key(person.email) for person in people}
    owners = here.owners_of(db, [address.key(wish.email) for wish in found])
    members = here.people_on(db, mlist) if mlist else set()
    coming: dict[str, Wish] = {}
    skipped, already = [], 0
    for wish in found:
        key = address.key(wish.email)
        if _trouble(wish.email):
            skipped.append(Skipped(f"application of {wish.email}", _trouble(wish.email)))
        elif key in on_it or key in coming or owners.get(key) in members or (mlist and here.has_applied(db, mlist, key)):
            already += 1
        else:
            coming[key] = wish
    return tuple(coming.values()), already, skipped


def told(sentences: Iterable[str], name: str) -> list[str]:
    """Sentences for who moves the list, with its name in the commands."""
    return [sentence.replace(" NAME", f" {name}") for sentence in sentences]


def facts(plan: Plan) -> dict[str, Any]:
    """A plan as it is printed."""
    if plan.refused:
        return {"list": plan.name, "from": plan.found.address, "refused": plan.refused}
    many: Callable[[str], dict[str, int]] = lambda key: dict(Counter(str(getattr(person, key)) for person in plan.people))  # noqa: E731
    already = plan.already
    members = {"new": len(plan.people), "already": already["members"], "moderated": sum(person.moderated for person in plan.people)}
    return {
        "list": plan.name,
        "from": plan.found.address,
        "new": plan.new,
        "settings": dict(plan.settings),
        "members": {**members, "roles": many("role"), "delivery": many("delivery"), "status": many("status")},
        "bans": {"new": len(plan.bans), "already": already["bans"]},
        "held": {"new": len(plan.posts), "already": already["held"]},
        "applications": {"new": len(plan.wishes), "already": already["applications"]},
        "skipped": [{"what": one.what, "why": one.why} for one in plan.skipped],
        "notes": told(plan.found.notes, plan.name) if plan.new else ["is here already: its settings stay as they are"],
        "cannot": told(plan.found.cannot, plan.name),
    }
