"""Who may see or do what, route by route: the table of the matrix (test_matrix.py). A route without a row here fails the suite."""

from dataclasses import dataclass, field

from tests.web.world import CLOSED, HIDDEN, HIDDEN_THREAD, NO_LIST, PUBLIC, SHOWN, STATES

PEOPLE = ("anonymous", "member", "other", "applicant", "moderator", "owner", "administrator")
ON_LIST = ("member", "moderator", "owner", "administrator")
STEWARDS = ("moderator", "owner", "administrator")


def readers(person, mlist):
    """Who reads a list's archive."""
    return mlist == PUBLIC or person in ON_LIST


def on_list(person, mlist):
    """Who sees addresses, raw mails, the whole archive: those on the list, also where the archive is public."""
    return person in ON_LIST


def stewards(person, mlist):
    """Who looks after a list."""
    return person in STEWARDS


def owners(person, mlist):
    """Who changes the list itself."""
    return person in ("owner", "administrator")


def keepers(person, mlist):
    """Those who keep the whole site."""
    return person == "administrator"


def anybody(person, mlist):
    """No walls: a page that is the same for all, or whose only key is a token."""
    return True


def nobody(person, mlist):
    """Nothing there for any of these people."""
    return False


def signed_in(person, mlist):
    """Everybody with a browser that is signed in; others are led to the door."""
    return person != "anonymous"


def signed_in_readers(person, mlist):
    """Readers who are signed in; a stranger at a public archive is led to the door."""
    return readers(person, mlist) and person != "anonymous"


def members_alone(person, mlist):
    """Who has a membership of their own: an administrator who is not on the list has none."""
    return person in ("member", "moderator", "owner")


def stewards_on_list(person, mlist):
    """Those who look after a list and are on it."""
    return person in ("moderator", "owner")


def figures(person, mlist):
    """Those on the list; of a newsletter those who write it."""
    return person in (STEWARDS if mlist == PUBLIC else ON_LIST)


def askers(person, mlist):
    """Who asks a list's questions: those who look after it, are on it, and not on a closed one."""
    return stewards_on_list(person, mlist) and mlist != CLOSED


def letter_makers(person, mlist):
    """Who decides on a list to which a letter of what was made could go: no newsletter, none that is closed."""
    return stewards_on_list(person, mlist) and mlist not in (PUBLIC, CLOSED)


def owners_on_list(person, mlist):
    """Coordinators with a membership of their own."""
    return person == "owner"


def open_door(person, mlist):
    """Whoever knows a list's name may ask to join it, private ones too, as by mail; not a closed one."""
    return mlist != CLOSED


def public_alone(person, mlist):
    """What search engines are told: of public lists, whoever asks."""
    return mlist == PUBLIC


@dataclass(frozen=True)
class Row:
    """Who may; and who may where it is about a hidden message or thread. `said`: the statuses of a yes. `asks`: variants of the address."""

    who: object
    hidden: object = None
    thread: object = None
    said: tuple = (200,)
    asks: tuple = ("",)
    fields: dict = field(default_factory=dict)
    args: dict = field(default_factory=dict)
    # Who reads the list but is not signed in is asked who they are.
    door: bool = False

    def may(self, person, mlist, state):
        """Is it a yes?"""
        who = {SHOWN: self.who, HIDDEN: self.hidden or self.who, HIDDEN_THREAD: self.thread or self.hidden or self.who}[state]
        return who(person, mlist)


DONE = (200, 204, 302, 303)
# What a form that lacks something answers is a yes too: the page with one sentence, or somebody was faster.
ANSWERED = (*DONE, 400, 409, 410, 429)
MARCH = {"year": "2026", "number": "02"}
TOKEN = {"token": "x" + "a" * 24}

ROUTES = {
    # ---- reading
    ("forum.front", "GET"): Row(anybody),
    ("forum.forum", "GET"): Row(readers, asks=("", "?page=1", "?only=unread", "?only=unanswered")),
    ("forum.topic", "GET"): Row(readers),
    ("forum.months", "GET"): Row(readers),
    ("forum.month", "GET"): Row(readers, args=MARCH),
    ("forum.people", "GET"): Row(readers, asks=("", "?order=most", "?order=name")),
    ("forum.person", "GET"): Row(readers, hidden=stewards),
    ("threads.thread", "GET"): Row(readers, thread=stewards, hidden=readers, asks=("", "?flat=1")),
    ("positions.thread", "POST"): Row(members_alone, thread=stewards_on_list, hidden=members_alone, said=DONE, fields={"upto": "1"}),
    ("positions.everything", "POST"): Row(members_alone, said=DONE, fields={"upto": "1"}),
    ("threads.message", "GET"): Row(readers, hidden=stewards, asks=("", "?html=1")),
    ("letterstyle.sheet", "GET"): Row(readers, hidden=stewards),
    ("threads.raw", "GET"): Row(on_list, hidden=stewards),
    ("threads.attachment", "GET"): Row(on_list, hidden=stewards),
    ("pictures.thumbnail", "GET"): Row(on_list, hidden=stewards, args={"number": "2"}),
    ("wholearchive.archive", "GET"): Row(on_list),
    # ---- digests: one's own, and what one would tell now
    ("digests.past", "GET"): Row(members_alone),
    ("digests.latest", "GET"): Row(members_alone),
    ("digests.told", "GET"): Row(nobody, args={"digest_id": "999999"}),
    # ---- searching
    ("search.everywhere", "GET"): Row(anybody, asks=("", "?q=tekst", "?q=temat&order=best", "?q=in:{thread}+tekst", "?thread={thread}&q=in:thread+tekst")),
    ("search.on_list", "GET"): Row(readers, asks=("", "?q=tekst", "?q=temat&order=best", "?q=in:{thread}+tekst", "?thread={thread}&q=in:thread+tekst")),
    # ---- old links: 301 to ours
    ("oldlinks.front", "GET"): Row(anybody, said=(301,)),
    ("oldlinks.mailing_list", "GET"): Row(readers, said=(301,)),
    ("oldlinks.month", "GET"): Row(readers, said=(301,), args={"year": "2026", "month": "2", "day": "3"}),
    ("oldlinks.message", "GET"): Row(readers, hidden=nobody, said=(301,), args={"file": "x.pdf"}),
    ("oldlinks.thread", "GET"): Row(readers, hidden=nobody, said=(301,)),
    # ---- one's own
    ("account.door", "GET"): Row(anybody, said=(200, 303)),
    ("account.ask", "POST"): Row(anybody, said=ANSWERED, fields={"email": "nobody@example.org"}),
    ("account.link", "GET"): Row(nobody, args=TOKEN),
    ("account.enter", "POST"): Row(nobody, args=TOKEN),
    ("account.leave", "POST"): Row(anybody, said=ANSWERED),
    ("passkeys.options", "GET"): Row(anybody),
    ("passkeys.enter", "POST"): Row(anybody, said=ANSWERED, fields={"answer": "{{}}"}),
    ("passkeys.keys", "GET"): Row(signed_in),
    ("passkeys.options_to_add", "GET"): Row(signed_in),
    ("passkeys.change", "POST"): Row(signed_in, said=ANSWERED, fields={"do": "add", "answer": "{{}}"}),
    ("passkeys.look_back", "GET"): Row(nobody, args=TOKEN),
    ("passkeys.take_back", "POST"): Row(nobody, args=TOKEN),
    ("secondfactor.ask", "GET"): Row(nobody, args=TOKEN),
    ("secondfactor.enter", "POST"): Row(nobody, args=TOKEN),
    ("secondfactor.ask_again", "GET"): Row(signed_in),
    ("secondfactor.prove", "POST"): Row(signed_in, said=ANSWERED, fields={"code": "123456"}),
    ("me.overview", "GET"): Row(signed_in),
    ("me.mailing", "GET"): Row(members_alone),
    ("me.mailing", "POST"): Row(members_alone, said=ANSWERED, fields={"delivery": "each", "every": "daily", "at": "07:00", "day": "1"}),
    ("me.profile", "GET"): Row(signed_in),
    ("me.profile", "POST"): Row(signed_in, said=ANSWERED, fields={"name": "Inaczej"}),
    ("me.addresses", "GET"): Row(signed_in),
    ("me.addresses", "POST"): Row(signed_in, said=ANSWERED, fields={"email": "druga@example.org"}),
    ("me.prove", "GET"): Row(nobody, args=TOKEN),
    ("me.prove", "POST"): Row(nobody, args=TOKEN),
    ("me.devices", "GET"): Row(signed_in),
    ("me.devices", "POST"): Row(signed_in, said=ANSWERED),
    ("tokenpages.tokens", "GET"): Row(signed_in),
    ("tokenpages.change", "POST"): Row(signed_in, said=ANSWERED, fields={"name": "x", "scope": "read", "days": "30"}),
    ("me.data", "GET"): Row(signed_in),
    ("me.export", "GET"): Row(signed_in),
    ("me.erase", "POST"): Row(signed_in, said=ANSWERED, fields={"posts": "keep"}),
    ("me.keep_mine", "POST"): Row(signed_in, said=ANSWERED),
    ("me.keep", "GET"): Row(nobody, args=TOKEN),
    ("me.keep", "POST"): Row(nobody, args=TOKEN),
    ("unsubscribe.ask", "GET"): Row(nobody, args=TOKEN),
    ("unsubscribe.act", "POST"): Row(nobody, args=TOKEN),
    # ---- writing
    ("writing.new", "GET"): Row(signed_in_readers, door=True),
    ("writing.new", "POST"): Row(signed_in_readers, door=True, said=ANSWERED, fields={"subject": "Nowe", "text": "Słowa."}),
    ("writing.reply", "GET"): Row(signed_in_readers, door=True, hidden=signed_in_readers, thread=nobody, asks=("", "?to={hash}")),
    ("writing.reply", "POST"): Row(
        signed_in_readers, door=True, hidden=signed_in_readers, thread=nobody, said=ANSWERED, fields={"text": "Słowa.", "to": "{hash}"}
    ),
    ("writing.written", "GET"): Row(nobody, args={"key": "a" * 24}),
    # ---- joining and moderating
    ("listsettings.join_form", "GET"): Row(open_door),
    ("listsettings.join", "POST"): Row(open_door, said=ANSWERED, fields={"email": "ktos@example.org", "name": "Ktoś", "words": "Proszę."}),
    ("leaflet.leaflet", "GET"): Row(open_door, asks=("", "?in=pl", "?in=en", "?in=xx")),
    ("stats.stats", "GET"): Row(figures, asks=("", "?month=2026-03", "?from=2026-03-01&to=2026-03-03&format=csv", "?format=json")),
    ("successes.year", "GET"): Row(readers, asks=("", "?year=2025")),
    ("successes.letter", "POST"): Row(letter_makers, said=ANSWERED, fields={"year": "2025"}),
    ("stats.letters", "POST"): Row(owners_on_list, said=ANSWERED, fields={"letters": "no"}),
    ("listsettings.settings", "GET"): Row(stewards),
    ("listsettings.change", "POST"): Row(stewards, said=ANSWERED, fields={"title": "Inaczej"}),
    ("moderating.queue", "GET"): Row(stewards),
    ("moderating.decide", "POST"): Row(stewards, said=ANSWERED, fields={"case": "{case}", "answer": "approve"}),
    ("moderating.case", "GET"): Row(stewards),
    ("moderating.undo", "POST"): Row(stewards, said=ANSWERED, fields={"case": "{case}"}),
    ("moderating.bans", "GET"): Row(stewards),
    ("moderating.ban", "POST"): Row(stewards, said=ANSWERED, fields={"pattern": "zly@example.org"}),
    ("moderating.lift", "POST"): Row(stewards, said=ANSWERED, fields={"pattern": "zly@example.org"}),
    ("moderating.distrust", "POST"): Row(stewards, said=ANSWERED, fields={"id": "1", "pattern": "zly@example.org"}),
    ("moderating.journal", "GET"): Row(stewards),
    ("moderating.journal_table", "GET"): Row(stewards),
    ("memberpages.members", "GET"): Row(stewards),
    ("memberpages.member", "GET"): Row(stewards),
    ("memberpages.change", "POST"): Row(stewards, said=ANSWERED, fields={"delivery": "none"}),
    ("memberpages.reset", "POST"): Row(stewards, said=ANSWERED),
    ("memberpages.ask_to_remove", "GET"): Row(stewards),
    ("memberpages.remove", "POST"): Row(stewards, said=ANSWERED),
    ("memberpages.add_form", "GET"): Row(stewards),
    ("memberpages.add", "POST"): Row(stewards, said=ANSWERED, fields={"emails": "ktos@example.org"}),
    ("inviting.form", "GET"): Row(stewards),
    ("inviting.invite", "POST"): Row(stewards, said=ANSWERED, fields={"people": "ktos@example.org"}),
    ("inviting.invitations", "GET"): Row(stewards, asks=("", "?page=1")),
    ("inviting.change", "POST"): Row(stewards, said=ANSWERED, fields={"do": "back", "invitation": "{invitation}"}),
    ("inviting.ask", "GET"): Row(nobody, args=TOKEN),
    ("inviting.answer", "POST"): Row(nobody, args=TOKEN),
    # ---- questions to everybody (keys of their own, drafts: test_survey_pages.py)
    ("surveys.shelf", "GET"): Row(on_list, asks=("", "?page=1", "?done=discarded")),
    ("surveys.show", "GET"): Row(on_list, asks=("", "?q1=2", "?done=answered")),
    ("surveys.table", "GET"): Row(stewards, asks=("", "?people=1")),
    ("surveys.vote", "POST"): Row(members_alone, said=ANSWERED, fields={"q1": "1"}),
    ("surveys.ask", "GET"): Row(nobody, args=TOKEN),
    ("surveys.answer", "POST"): Row(nobody, args=TOKEN, fields={"q1": "1"}),
    ("surveydesk.new", "GET"): Row(askers, asks=("", "?template=needs")),
    ("surveydesk.begin", "POST"): Row(askers, said=ANSWERED, fields={"title": "Kiedy?", "text": "Kiedy?\n1) dziś\n2) jutro"}),
    ("surveydesk.edit", "GET"): Row(nobody),
    ("surveydesk.change", "POST"): Row(nobody, fields={"title": "Kiedy?", "text": "Kiedy?\n1) dziś\n2) jutro", "revision": "1"}),
    ("surveydesk.decide", "POST"): Row(askers, said=ANSWERED, fields={"do": "close", "revision": "1"}),
    # ---- the bank of materials
    ("bank.items", "GET"): Row(readers, asks=("", "?q=material", "?kind=other&area=lekcje", "?good=1", "?removed=1")),
    ("bank.item", "GET"): Row(readers, hidden=nobody, asks=("", "?done=correct")),
    ("bank.file", "GET"): Row(on_list, hidden=nobody),
    # What stands in the world's documents is no page.
    ("bankfiles.thumbnail", "GET"): Row(nobody),
    ("bankfiles.used", "POST"): Row(members_alone, hidden=nobody, said=ANSWERED),
    ("bank.change", "POST"): Row(stewards, hidden=nobody, said=ANSWERED, fields={"do": "recommend"}),
    # ---- meetings (keys of their own: test_meeting_pages.py)
    ("meetings.calendar", "GET"): Row(readers, asks=("", "?page=1", "?done=discarded")),
    ("meetings.one", "GET"): Row(readers, asks=("", "?done=yes", "?ask=cancel")),
    ("meetings.act", "POST"): Row(members_alone, said=ANSWERED, fields={"do": "answer", "say": "yes"}),
    ("meetings.file", "GET"): Row(readers),
    ("meetings.of_list", "GET"): Row(readers),
    ("meetings.of_person", "GET"): Row(nobody, args=TOKEN),
    ("meetings.renew", "POST"): Row(signed_in, said=ANSWERED),
    ("meetings.ask", "GET"): Row(nobody, args=TOKEN),
    ("meetings.say", "POST"): Row(nobody, args=TOKEN, fields={"say": "yes"}),
    ("meetingforms.form", "GET"): Row(stewards),
    ("meetingforms.make", "POST"): Row(stewards, said=ANSWERED, fields={"title": "Spotkanie", "day": "2026-05-07", "begins": "16:30"}),
    ("meetingforms.edit", "GET"): Row(stewards),
    ("meetingforms.correct", "POST"): Row(stewards, said=ANSWERED, fields={"title": "Spotkanie", "day": "2026-05-07", "begins": "16:30"}),
    # ---- the newsletter
    ("news.blog", "GET"): Row(readers, asks=("", "?page=1", "?done=sent")),
    ("news.feed", "GET"): Row(readers),
    ("newsdesk.new", "GET"): Row(stewards_on_list, door=True),
    ("newsdesk.begin", "POST"): Row(stewards_on_list, said=ANSWERED, fields={"subject": "Numer", "text": "Słowa."}),
    ("newsdesk.edit", "GET"): Row(stewards),
    ("newsdesk.change", "POST"): Row(stewards, said=ANSWERED, fields={"subject": "Numer", "text": "Słowa.", "revision": "1"}),
    ("newspreview.show", "GET"): Row(stewards),
    ("newspreview.mail", "GET"): Row(stewards),
    ("newspreview.act", "POST"): Row(stewards, said=ANSWERED, fields={"do": "discard", "revision": "1"}),
    # By a key of its own (test_news_pages.py).
    ("newspreview.picture", "GET"): Row(nobody, args={"key": "0" * 24}),
    ("subscribing.form", "GET"): Row(public_alone, said=(303,)),
    ("subscribing.ask", "POST"): Row(public_alone, said=ANSWERED, fields={"email": "czytelnik@example.org"}),
    ("subscribing.asked", "GET"): Row(nobody, args=TOKEN),
    ("subscribing.confirm", "POST"): Row(nobody, args=TOKEN),
    ("subscribing.embed", "GET"): Row(stewards),
    # ---- tools of threads, messages and topics
    ("tools.thread", "GET"): Row(stewards),
    ("tools.on_thread", "POST"): Row(stewards, said=ANSWERED, fields={"do": "pin"}),
    ("tools.message", "GET"): Row(stewards),
    ("tools.on_message", "POST"): Row(stewards, said=ANSWERED, fields={"do": "hide", "sure": "yes"}),
    ("tools.hidden", "GET"): Row(stewards),
    ("rules.show", "GET"): Row(stewards),
    ("rules.add", "POST"): Row(stewards, said=ANSWERED, fields={"does": "hold", "asks": "capitals"}),
    ("rules.remove", "POST"): Row(stewards, said=ANSWERED, fields={"rule": "1"}),
    ("topics.show", "GET"): Row(stewards),
    ("topics.add", "POST"): Row(stewards, said=ANSWERED, fields={"title": "Nowy"}),
    ("topics.change", "POST"): Row(stewards, said=ANSWERED, fields={"title": "Inny"}),
    ("webhookpages.show", "GET"): Row(owners),
    ("webhookpages.add", "POST"): Row(owners, said=ANSWERED, fields={"url": "https://hooks.example.org/", "event": "posted"}),
    ("webhookpages.change", "POST"): Row(nobody, args={"hook_id": "1"}, fields={"do": "test"}),
    # ---- feeds, and what search engines are told
    ("feeds.of_list", "GET"): Row(readers),
    ("feeds.of_topic", "GET"): Row(readers),
    ("feeds.of_thread", "GET"): Row(readers, hidden=readers, thread=nobody),
    ("feeds.of_person", "GET"): Row(readers, hidden=nobody),
    ("feeds.mine", "GET"): Row(signed_in),
    ("feeds.renew", "POST"): Row(members_alone, said=ANSWERED),
    ("outside.robots", "GET"): Row(anybody),
    ("outside.sitemap", "GET"): Row(anybody),
    ("outside.sitemap_of", "GET"): Row(public_alone),
    # ---- the pages of those who keep the site (test_admin_pages.py)
    ("admin.front", "GET"): Row(keepers),
    ("admin.check", "POST"): Row(keepers, said=DONE),
    ("admin.lists", "GET"): Row(keepers, asks=("", "?q=sie")),
    ("admin.new_list", "GET"): Row(keepers),
    ("admin.make_list", "POST"): Row(keepers, said=ANSWERED, fields={"name": ""}),
    ("admin.one_list", "GET"): Row(keepers),
    ("admin.name_owner", "POST"): Row(keepers, said=ANSWERED, fields={"owner": "ktos@example.org"}),
    ("admin.close_list", "POST"): Row(keepers, said=ANSWERED),
    ("admin.people", "GET"): Row(keepers, asks=("", "?q=people")),
    ("admin.person", "GET"): Row(keepers),
    ("admin.act", "POST"): Row(keepers, said=ANSWERED, fields={"do": "sign-out"}),
    ("admin.queues", "GET"): Row(keepers),
    ("admin.queue", "GET"): Row(keepers, args={"kind": "incoming"}),
    ("admin.hurry", "POST"): Row(nobody, args={"kind": "letters"}, fields={"number": "999999999"}),
    ("admin.mail", "GET"): Row(nobody, args={"number": "9" * 18}),
    ("admin.decide", "POST"): Row(nobody, args={"number": "9" * 18}, fields={"do": "retry"}),
    ("admin.trace", "GET"): Row(keepers, asks=("", "?q=1")),
    ("admin.journal", "GET"): Row(keepers, asks=("", "?kind=members")),
    ("admin.journal_table", "GET"): Row(keepers),
    # ---- the server's own
    ("accessibility.statement", "GET"): Row(anybody),
    ("api.start", "GET"): Row(anybody),
    # In this site old work waits, and nobody is there to do it.
    ("health.healthz", "GET"): Row(anybody, said=(200, 503)),
    ("metrics.metrics", "GET"): Row(anybody),
    ("static.file", "GET"): Row(anybody, args={"name": "forum.css"}),
}

# Addresses that say in themselves what they are about: nothing there changes with the list or the state.
ABOUT_NO_LIST = frozenset(
    {"admin.front", "admin.check", "admin.lists", "admin.new_list", "admin.make_list", "admin.people", "admin.queues", "admin.queue", "admin.hurry", "admin.mail", "admin.decide", "admin.trace", "admin.journal", "admin.journal_table"}
    | {"static.file", "accessibility.statement", "api.start", "health.healthz", "metrics.metrics", "forum.front", "search.everywhere", "oldlinks.front", "outside.robots", "outside.sitemap"}
)
# What is not there, of the same length as what is.
NOT_THERE = {"survey_id": "9" * 18, "material": "9" * 18, "meeting_number": "9" * 18, "issue_id": "9" * 18, "thread_id": "9" * 18, "message_hash": "A" * 32, "user_id": "9" * 18, "member_id": "9" * 18}


def address(rule, row, world, mlist, state):
    """The arguments of a route for a list and a state of it, as they stand in the address."""
    things = world.things[mlist, state]
    known = {
        "name": mlist,
        "address": f"{mlist}@lists.example.org",
        "thread_id": str(things.thread),
        "message_hash": things.hash,
        "user_id": str(things.user),
        "member_id": str(things.member),
        "number": "1",
        "meeting_number": "1",
        "survey_id": str(world.survey[mlist]),
        # Where nothing stands of a material but in a hidden message, it is nowhere, for moderators too.
        "material": str(901 + STATES.index(state)),
        "version": "1",
        "slug": "lekcje",
        "issue_id": str(world.issue[mlist]),
        "key": f"p{world.held[mlist]}",
    } | row.args
    return {argument: known[argument] for argument in rule.arguments}


def filled(text, world, mlist, state):
    """A variant or a field with what it names of a list and a state."""
    things = world.things[mlist, state]
    return text.format(thread=things.thread, hash=things.hash, member=things.member, case=f"p{world.held[mlist]}", invitation=world.invitation[mlist])


def built(rule, arguments):
    """The address of a route with these arguments."""
    path = rule.rule
    for converter in [piece.partition(">")[0] for piece in path.split("<")[1:]]:
        path = path.replace(f"<{converter}>", arguments[converter.rpartition(":")[2]])
    return path


def twin(arguments, *, readable):
    """The same where nothing is: on a list that one may read no such message, thread or person; else no such list."""
    if readable and arguments.keys() & NOT_THERE.keys():
        return {name: NOT_THERE[name][: len(value)] if name in NOT_THERE else value for name, value in arguments.items()}
    elsewhere = {"name": NO_LIST, "address": f"{NO_LIST}@lists.example.org"}
    return {name: elsewhere.get(name, value) for name, value in arguments.items()}
