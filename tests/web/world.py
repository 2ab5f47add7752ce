"""A site in which everything is there to be seen or not to be seen: public, private and closed lists, with what is shown and what is hidden.

Every text carries a word that stands nowhere else: whoever reads that word has seen that text.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from sqlalchemy import select, update

from listserv import links
from listserv.mail.meetingplan import Plan
from listserv.mail.peoplelines import people
from listserv.store.archive import Message, Thread
from listserv.store.bank import Material, MaterialVersion
from listserv.store.erasing import Posts
from listserv.store.invitations import Invitation
from listserv.store.issues import SourceKind
from listserv.store.lists import Joining, Kind, list_by_name
from listserv.store.meetings import Attendee, MeetingState, Said
from listserv.store.members import Member
from listserv.store.moderation import Application, Held
from listserv.store.passkeys import OneTime, Passkey
from listserv.store.people import Address, Purpose, User
from listserv.usecases import (
    administration,
    banning,
    composing,
    desks,
    hiding,
    inviting,
    issues,
    joining,
    meetingletters,
    meetings,
    onetime,
    privacy,
    rulemaking,
    signin,
    stewards,
    surveys,
    threadtools,
    tokens,
)
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from listserv.usecases.joining import Wish
from tests import surveyed
from tests.conftest import add
from tests.findable import say
from tests.office import Office

# One length, so that pages about one differ from pages about another in nothing else. `niczego` is no list.
LISTS = {"gazetka": "Gazetka otwarta", "siecibp": "Sieć BP", "archiwa": "Archiwa zamknięte"}
OTHER, NO_LIST = "sasiedz", "niczego"
PUBLIC, PRIVATE, CLOSED = LISTS
SHOWN, HIDDEN, HIDDEN_THREAD = "shown", "hidden", "hidden-thread"
STATES = (SHOWN, HIDDEN, HIDDEN_THREAD)
DOMAIN = "people.example.net"
PDF = b"%PDF-1.4 words"
# What the app of somebody who is setting codes up knows.
APP_KEY = b"12345678901234567890"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffffff7f0009fb03fd2a86e38a0000000049454e44ae426082"
)


def word(mlist, state):
    """The word that stands in this list's texts of this state, and nowhere else."""
    return {SHOWN: "jawne", HIDDEN: "skryte", HIDDEN_THREAD: "ukryte", "held": "czekajace", "application": "zgloszone", "ban": "zakazane", "invitation": "zaproszone", "draft": "szkicowane", "joining": "dolaczane", "asked": "zapytane"}[state] + mlist


@dataclass
class Things:
    """What stands on one list in one state: what an address needs to be made."""

    thread: int = 0
    hash: str = ""
    user: int = 0
    member: int = 0


@dataclass
class World:
    """Where everything is."""

    things: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)
    application: dict = field(default_factory=dict)
    invitation: dict = field(default_factory=dict)
    moved: dict = field(default_factory=dict)
    # Drafts of the newsletter.
    issue: dict = field(default_factory=dict)
    # Surveys that are open.
    survey: dict = field(default_factory=dict)
    members: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    # Addresses that came in letters, each with the key that is good for it.
    letters: dict = field(default_factory=dict)


PEOPLE = {
    "member": "halina@people.example.net",
    "other": "obcy@people.example.net",
    "applicant": "nowa@people.example.net",
    "moderator": "zofia@people.example.net",
    "owner": "alina@people.example.net",
    "administrator": "admin@people.example.net",
}
NAMES = {
    "member": "Halina Okładka",
    "other": "Oskar Sąsiad",
    "applicant": "Nina Nowa",
    "moderator": "Zofia Lektura",
    "owner": "Alina Zakładka",
    "administrator": "Adam Admin",
}


def told(site, now):
    """Make it, with the verbs that real doors use."""
    world = World()
    with site.writing() as db:
        _lists(db, now)
    for name in LISTS:
        with site.writing() as db:
            _archive(db, world, name, now)
    _letters(site)
    with site.writing() as db:
        for name in LISTS:
            _issues(db, world, name, now)
            _made(db, world, name, now)
            _meetings(db, world, name, now)
            _surveys(db, world, name, now)
        list_by_name(db, CLOSED).closed_at = now
        list_by_name(db, PUBLIC).joining, list_by_name(db, PUBLIC).kind = Joining.OPEN, Kind.NEWSLETTER
        _rows(db, world)
        _keys(db, world, now)
    return world


def _lists(db, now):
    for name, title in {**LISTS, OTHER: "Sąsiedzi"}.items():
        new = administration.NewList(name, title, language="pl", archive="public" if name == PUBLIC else "members")
        mlist = administration.create_list(db, new, CONSOLE, now)
        mlist.description = f"O czym jest lista {title}."
        if name == OTHER:
            add(db, mlist, PEOPLE["other"], now, name=NAMES["other"], role="owner")
            add(db, mlist, PEOPLE["administrator"], now, name=NAMES["administrator"])
            add(db, mlist, PEOPLE["applicant"], now, name=NAMES["applicant"])
            continue
        for role in ("member", "moderator", "owner"):
            add(db, mlist, PEOPLE[role], now, name=NAMES[role], role=role, language="pl")
        for number in range(3):
            add(db, mlist, f"autor{number}@{DOMAIN}", now, name=f"Autor {number}")
        administration.add_topic(db, mlist, "lekcje", "Lekcje i warsztaty", CONSOLE, now)
        banning.ban(db, mlist, f"{word(name, 'ban')}@{DOMAIN}", CONSOLE, now)
        rulemaking.add(db, mlist, "hold", "subject", "nadzwyczajna okazja", CONSOLE, now)
        inviting.invite(db, mlist, people(f"Ola {word(name, 'invitation')} <ola@people.example.net> - Pani Olu, {word(name, 'invitation')}."), CONSOLE, now)
    admin = db.scalars(select(User).join(Address).where(Address.email == PEOPLE["administrator"])).one()
    admin.administrator = True


def _archive(db, world, name, now):
    """On each list a thread that is shown, with a hidden message in it; a hidden one; and threads that were joined to both."""
    mlist = list_by_name(db, name)
    topic = mlist.topics[0]
    who = stewards.steward(db, name, CONSOLE)
    at = now - timedelta(days=3)
    author = [{"name": f"Autor {number}", "email": f"autor{number}@{DOMAIN}"} for number in range(3)]

    def file(state):
        # The cards of all of them stand on the pages of their threads.
        return ((f"{word(name, state)}.pdf", "application/pdf", PDF), ("obraz.png", "image/png", PNG))

    def text(state):
        return f"Tekst {word(name, state)}.\n\nPiszcie do autor2@{DOMAIN}.\n\n-- \nAutor, autor2@{DOMAIN}"

    def html(state):
        return f'<p>Tekst {word(name, state)}, <a href="mailto:autor2@{DOMAIN}">autor2@{DOMAIN}</a></p>'

    first = say(db, mlist, at, f"Temat {word(name, SHOWN)}", text(SHOWN), topic=topic, **author[0])
    answer = say(
        db,
        mlist,
        at + timedelta(hours=1),
        f"Re: {first.subject}",
        f"Autor 0 <autor0@{DOMAIN}> pisze:\n> Tekst\n\n{text(SHOWN)}",
        files=file(SHOWN),
        html=html(SHOWN),
        to=first,
        **author[0],
    )
    covered = say(
        db,
        mlist,
        at + timedelta(hours=2),
        f"Re: {first.subject} {word(name, HIDDEN)}",
        text(HIDDEN),
        files=file(HIDDEN),
        html=html(HIDDEN),
        to=answer,
        **author[1],
    )
    say(db, mlist, at + timedelta(hours=3), f"Re: {first.subject}", "Dziękuję.", to=covered, **author[0])
    buried = say(
        db,
        mlist,
        at + timedelta(hours=4),
        f"Temat {word(name, HIDDEN_THREAD)}",
        text(HIDDEN_THREAD),
        topic=topic,
        files=file(HIDDEN_THREAD),
        html=html(HIDDEN_THREAD),
        **author[2],
    )
    lone = [
        say(db, mlist, at + timedelta(hours=5 + number), f"Osobno {number} {word(name, state)}", "Osobno.", **author[0])
        for number, state in enumerate((SHOWN, HIDDEN_THREAD))
    ]
    db.flush()
    joined = [row.thread_id for row in lone]
    threadtools.join(db, who, lone[0].thread, first.thread_id, now)
    threadtools.join(db, who, lone[1].thread, buried.thread_id, now)
    hiding.hide_message(db, who, covered, "", now)
    hiding.hide_thread(db, who, db.get(Thread, buried.thread_id), "", now)
    for state, row, old in ((SHOWN, answer, joined[0]), (HIDDEN, covered, first.thread_id), (HIDDEN_THREAD, buried, joined[1])):
        member = db.scalars(select(Member).where(Member.list_id == mlist.id, Member.user_id == row.user_id)).one()
        world.things[name, state] = Things(row.thread_id, row.hash, row.user_id, member.id)
        world.moved[name, state] = old


def _letters(site):
    """What waits: a held letter and an application on every list."""
    office = Office(site)
    for name in LISTS:
        office.send(f"Obca Osoba <obca@{DOMAIN}>", f"{name}@lists.example.org", f"Temat {word(name, 'held')}", f"Tekst {word(name, 'held')}.")
        office.send(
            f"Nina Nowa <{PEOPLE['applicant']}>",
            f"moderator_{name}@lists.example.org",
            "Zgłoszenie",
            f"Proszę o dopisanie, {word(name, 'application')}.",
            proven=True,
        )


def _issues(db, world, name, now):
    """On each list a draft of the newsletter with a picture, an issue that is planned, and one that was sent."""
    mlist, at = list_by_name(db, name), now - timedelta(days=1)
    user = db.scalars(select(Address).where(Address.email == PEOPLE["owner"])).one().user_id
    who = Actor(Door.WEB, user, proven=True)
    picture = issues.NewImage("okładka.png", "image/png", PNG)
    said = (f"Numer {word(name, 'draft')}", f"Tekst {word(name, 'draft')}.\n\n![okładka](okładka.png)", SourceKind.MARKDOWN)
    world.issue[name] = issues.draft(db, mlist, user, issues.Words(*said, images=(picture,)), at).id
    planned = issues.draft(db, mlist, user, issues.Words(f"Plan {word(name, 'draft')}", f"Tekst {word(name, 'draft')}."), at)
    issues.schedule(db, planned, now + timedelta(days=30), True, who, at)
    sent = issues.draft(db, mlist, user, issues.Words(f"Numer {word(name, SHOWN)}", f"Tekst {word(name, SHOWN)}.", images=(picture,)), at)
    issues.send(db, sent, who, at)


def _made(db, world, name, now):
    """What the network made there: everything turned on, a recommended material in a message that is shown and one in each that is not."""
    mlist, at = list_by_name(db, name), now - timedelta(days=2)
    mlist.materials = mlist.meetings = mlist.surveys = True
    for number, state in enumerate(STATES, 901):
        message = db.scalars(select(Message).where(Message.list_id == mlist.id, Message.hash == world.things[name, state].hash)).one()
        item = Material(list_id=mlist.id, number=number, title=f"Materiał {word(name, state)}", recommended_at=at, first_at=at, newest_at=at)
        db.add(item)
        db.flush()
        db.add(MaterialVersion(material_id=item.id, list_id=mlist.id, sha256=sha256(PDF).hexdigest(), name=f"{word(name, state)}.pdf", type="application/pdf", message_id=message.id, part=1, dated_at=at))
    db.flush()


def _meetings(db, world, name, now):
    """A meeting that was announced, with somebody who comes, and one that only moderators know of."""
    mlist, who = list_by_name(db, name), Actor(Door.WEB, _owner_of(db), proven=True)
    starts = (now + timedelta(days=30)).replace(tzinfo=None)
    facts = {"starts": starts, "ends": starts + timedelta(hours=1), "zone": "Europe/Warsaw"}
    link = f"https://meet.example.org/{word(name, 'joining')}"
    held = meetings.draft(db, mlist, who.user_id, Plan(f"Spotkanie {word(name, SHOWN)}", place="sala 2", url=link, text=f"Program: {link}", **facts), now)
    held.state, held.announced_at = MeetingState.ANNOUNCED, now
    member = db.scalars(select(Address).where(Address.email == PEOPLE["member"])).one().user_id
    db.add(Attendee(meeting_id=held.id, user_id=member, said=Said.YES, answered_at=now, invited_at=now))
    meetings.draft(db, mlist, who.user_id, Plan(f"Spotkanie {word(name, 'draft')}", **facts), now)
    db.flush()
    if name == PRIVATE:
        holder = db.scalars(select(Member).where(Member.list_id == mlist.id, Member.user_id == member)).one()
        world.letters["meeting"] = urlsplit(meetingletters.answer_url(db, held, holder)).path


def _surveys(db, world, name, now):
    """A survey that is open, one of which the results are there, and a draft."""
    mlist, at = list_by_name(db, name), now - timedelta(days=1)
    words = f"Pytanie 1: Co z {word(name, 'asked')}?\n1) Lekcje {word(name, 'asked')}\n2) Zbiory\n3) Prawo\n\n" + surveyed.WORDS.partition("\n\n")[2].replace("Pytanie 1", "Pytanie 9")
    opened = surveyed.asked(db, mlist, at, subject=f"Otwarte {word(name, 'asked')}", words=words)
    # (The number behind the one that is asked for belongs to a draft: `routes.NOT_THERE` may mean it.)
    surveyed.asked(db, mlist, at, subject=f"Szkic {word(name, 'draft')}", draft=True)
    closed = surveyed.asked(db, mlist, at, subject=f"Zamknięte {word(name, 'asked')}", words=words)
    member = db.scalars(select(Address).where(Address.email == PEOPLE["member"])).one().user_id
    surveyed.answer(db, closed, at, member)
    for one in (opened, closed):
        one.asked_upto, one.asked = None, 6
    surveys.close(db, closed, Actor(Door.WEB, _owner_of(db), proven=True), now)
    world.survey[name] = opened.id
    if name == PRIVATE:
        unnamed = surveyed.asked(db, mlist, at, subject=f"Anonimowe {word(name, 'asked')}", how="Ankieta jest anonimowa.")
        unnamed.asked_upto, unnamed.asked = None, 6
        holder = db.scalars(select(Member).where(Member.list_id == mlist.id, Member.user_id == member)).one()
        for key, survey in (("question", opened), ("unnamed", unnamed)):
            settings = db.info["settings"]
            world.letters[key] = urlsplit(links.question_url_of(settings, links.question_key(settings, holder.id, survey.id))).path


def _owner_of(db):
    return db.scalars(select(Address).where(Address.email == PEOPLE["owner"])).one().user_id


def _rows(db, world):
    # Who has chosen no language reads in that of the browser.
    db.execute(update(User).values(language=""))
    for name in LISTS:
        mlist = list_by_name(db, name)
        world.held[name] = db.scalars(select(Held).where(Held.list_id == mlist.id)).first().id
        world.invitation[name] = db.scalars(select(Invitation).where(Invitation.list_id == mlist.id)).first().id
        world.application[name] = db.scalars(select(Application).where(Application.list_id == mlist.id)).first().id
    world.users = {role: db.scalars(select(Address).where(Address.email == email)).one().user_id for role, email in PEOPLE.items()}
    world.members = {(one.mlist.name, one.user_id): one.id for one in db.scalars(select(Member))}


def _keys(db, world, now):
    """Keys for what nobody reaches without a letter of their own."""
    settings, user = db.info["settings"], world.users["member"]
    keep = tokens.issue(db, Purpose.KEEP_ACCOUNT, PEOPLE["applicant"], now, object_id=world.users["applicant"], days=7)
    privacy.ask(db, world.users["applicant"], Posts.KEEP, Actor(Door.WEB, world.users["applicant"], proven=True), now)
    desk = composing.new_topic(db, PRIVATE, Actor(Door.WEB, user, proven=True), now)
    written = composing.send(db, desk, desks.Words(f"Nowy temat {word(PRIVATE, SHOWN)}", "Nowe słowa.", "", "", None), (), "klucz-formularza-0001", now)
    email = "czyta@people.example.net"
    joining.ask(db, list_by_name(db, PUBLIC), Wish("", email, "", "pl"), STRANGER_ON_THE_WEB, now)
    asked = db.scalars(select(Application).where(Application.email == email)).one()
    made = {
        "link": signin.link_for(db, PEOPLE["member"], now),
        "prove": links.prove_url(settings, tokens.issue(db, Purpose.PROVE_ADDRESS, "druga@example.org", now, object_id=user)),
        "keep": links.keep_url(settings, keep),
        "leave": links.unsubscribe_url(settings, world.members[PRIVATE, user]),
        "last": links.unsubscribe_url(settings, world.members[OTHER, world.users["other"]]),
        "invitation": links.invitation_url(
            settings, tokens.issue(db, Purpose.INVITATION, "ola@people.example.net", now, object_id=world.invitation[PRIVATE], days=7)
        ),
        "subscribe": links.subscribe_url(settings, PUBLIC, tokens.issue(db, Purpose.CONFIRM_APPLICATION, email, now, object_id=asked.id)),
        "gone": links.unsubscribe_url(settings, 10**6),
    }
    made |= _ways_in(db, world, now)
    world.letters |= {name: urlsplit(url).path for name, url in made.items()} | {"written": f"/{PRIVATE}/written/{written.key}"}


def _ways_in(db, world, now):
    """A member's passkey, and somebody who looks after a list and is setting codes up."""
    settings, user = db.info["settings"], world.users["member"]
    passkey = Passkey(user_id=user, credential=b"credential", public_key=b"key", name="telefon", created_at=now)
    db.add_all([passkey, OneTime(user_id=world.users["other"], sealed=onetime.sealed(settings, APP_KEY, world.users["other"]), created_at=now)])
    db.flush()
    return {
        "passkey": links.passkey_url(settings, tokens.issue(db, Purpose.DISOWN_PASSKEY, PEOPLE["member"], now, object_id=passkey.id, days=7)),
        "step": f"/sign-in/code/{tokens.issue(db, Purpose.SECOND_STEP, PEOPLE['member'], now, object_id=user, days=1)}",
    }
