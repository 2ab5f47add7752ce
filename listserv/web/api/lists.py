"""Lists: which there are, what they are like; changed by their owners, made and closed by administrators of the site."""

from typing import Literal

from pydantic import Field

from listserv import links
from listserv.errors import NotAllowed, NotFound
from listserv.store import apipages
from listserv.store.lists import Archive, CertainSpam, FirstPost, Joining, Kind, MailingList, ReplyTo, Reports, SenderProof, ThankYous
from listserv.store.members import Member, Role
from listserv.usecases import administration, stewards
from listserv.usecases.access import list_and_member, moderates, visible_lists
from listserv.usecases.administration import NewList
from listserv.web.api.caller import caller, has_scope
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked, require_unchanged
from listserv.web.api.models import Line, Moment, Paged, Sent, Shown, Text
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit

Language = Literal["", "en", "pl"]
ONLY_ADMINISTRATORS = "Only administrators of this server make and close lists."


class Settings(Shown):
    """What moderators and owners see of a list beside the rest."""

    reply_to: ReplyTo
    sender_proof: SenderProof
    subject_tag: str
    footer: str
    alias: str
    max_size: int
    emergency: bool
    moderate_members: bool
    first_post: FirstPost
    certain_spam: CertainSpam
    thanks: ThankYous
    tell_newcomers: bool
    materials: bool
    meetings: bool
    surveys: bool
    invitations_a_day: int
    report: Reports
    questions: str
    consent: str


class ListShown(Shown):
    """A list, as whoever asks may see it."""

    name: str
    address: str = Field(description="Where one writes to everybody.")
    title: str
    description: str
    language: str
    kind: Kind
    archive: Archive = Field(description="Who reads the archive.")
    joining: Joining
    url: str = Field(description="The list's page.")
    created_at: Moment
    closed_at: Moment | None
    role: Role | None = Field(description="What whoever asks is on the list; null for who is not on it.")
    settings: Settings | None = Field(description="For those who look after the list, with the scope `moderate`.")


class ListPage(Shown):
    """A page of lists."""

    items: list[ListShown]
    next: str | None


class ListChange(Sent):
    """What is to be different; what is left out stays."""

    title: Line = Field(None, min_length=1, max_length=200)  # type: ignore[assignment]
    description: Text = Field(None, max_length=5000)  # type: ignore[assignment]
    language: Language = None  # type: ignore[assignment]
    archive: Archive = None  # type: ignore[assignment]
    joining: Joining = None  # type: ignore[assignment]
    reply_to: ReplyTo = None  # type: ignore[assignment]
    sender_proof: SenderProof = None  # type: ignore[assignment]
    subject_tag: Line = Field(None, max_length=64)  # type: ignore[assignment]
    footer: Text = Field(None, max_length=5000)  # type: ignore[assignment]
    alias: Line = Field(None, description="Addresses with a space between them; site administrators alone.")  # type: ignore[assignment]
    max_size: int = Field(None, ge=0, le=2**31 - 1)  # type: ignore[assignment]
    emergency: bool = None  # type: ignore[assignment]
    moderate_members: bool = None  # type: ignore[assignment]
    first_post: FirstPost = None  # type: ignore[assignment]
    certain_spam: CertainSpam = None  # type: ignore[assignment]
    thanks: ThankYous = None  # type: ignore[assignment]
    tell_newcomers: bool = None  # type: ignore[assignment]
    materials: bool = None  # type: ignore[assignment]
    meetings: bool = None  # type: ignore[assignment]
    surveys: bool = None  # type: ignore[assignment]
    invitations_a_day: int = Field(None, ge=1, le=1000)  # type: ignore[assignment]
    report: Reports = None  # type: ignore[assignment]
    questions: Text = Field(None, description="One a line, at most five.", max_length=1000)  # type: ignore[assignment]
    consent: Text = Field(None, max_length=600)  # type: ignore[assignment]


class NewListSent(Sent):
    """A list to be made."""

    name: Line = Field(min_length=1, max_length=63, examples=["siecibp"])
    title: Line = Field(min_length=1, max_length=200)
    language: Literal["en", "pl"] = "en"
    kind: Kind = Kind.DISCUSSION
    archive: Archive = Archive.MEMBERS


def told(mlist: MailingList, member: Member | None) -> ListShown:
    """A list as the program in hand may see it."""
    looks_after = (moderates(member) or caller().actor.administrator) and has_scope("moderate")
    facts = {key: getattr(mlist, key) for key in ("name", "title", "description", "language", "kind", "archive", "joining", "created_at", "closed_at")}
    settings = Settings(**{key: getattr(mlist, key) for key in Settings.model_fields}) if looks_after else None
    where = visit().settings
    facts |= {"address": links.list_address(where, mlist.name), "url": links.archive_url(where, mlist.name)}
    return ListShown(**facts, role=member.role if member else None, settings=settings)


@endpoint("GET", "/lists", "read", query=Paged, returns=ListPage)
def ls(query: Paged) -> ListPage:
    """The lists that this person may see, by name."""
    after, actor = place(query, str) or ("",), caller().actor
    rows = apipages.lists_after(visit().db, visible_lists(actor), caller().user_id, after[0], query.limit + 1)
    return ListPage(**paged(rows, query, lambda row: told(*row), lambda row: (row[0].name,)))


@endpoint("GET", "/lists/<list:name>", "read", returns=ListShown)
def get(name: str) -> object:
    """One list."""
    return marked(told(*list_and_member(visit().db, name, caller().actor)))


@endpoint("PATCH", "/lists/<list:name>", "moderate", sent=ListChange, returns=ListShown)
def change(name: str, json: ListChange) -> object:
    """Change a list's settings; for its owners."""
    db = visit().db
    who = stewards.steward(db, name, caller().actor)
    stewards.hold_list(db, who)
    require_unchanged(told(who.mlist, who.member))
    values = {key: as_text(value) for key, value in json.model_dump(exclude_unset=True).items()}
    stewards.change_list(db, who, values, visit().now)
    db.flush()
    return marked(told(who.mlist, who.member))


def as_text(value: object) -> str:
    """A value as the settings of lists and members are said."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@endpoint("POST", "/lists", "admin", sent=NewListSent, returns=ListShown, status=201)
def create(json: NewListSent) -> object:
    """Make a list; for administrators of the site. It has no owner yet: add one with `POST /lists/{name}/members`."""
    if not caller().actor.administrator:
        raise NotAllowed(ONLY_ADMINISTRATORS)
    db = visit().db
    mlist = administration.create_list(db, NewList(**json.model_dump()), caller().actor, visit().now)
    db.flush()
    answer = marked(told(mlist, None), 201)
    answer.headers["Location"] = f"{visit().settings.site.url}/api/v1/lists/{mlist.name}"
    return answer


@endpoint("POST", "/lists/<list:name>/close", "admin", returns=ListShown)
def close(name: str) -> object:
    """Close a list: no new posts, and the archive stays; for administrators of the site."""
    mlist, member = list_and_member(visit().db, name, caller().actor)
    if not caller().administrator:
        raise NotAllowed(ONLY_ADMINISTRATORS) if member or mlist.archive is Archive.PUBLIC else NotFound("there is no such list")
    administration.close_list(visit().db, mlist, caller().actor, visit().now)
    visit().db.flush()
    return marked(told(mlist, member))
