"""The program's own short words in the life of a mail (`posted`, `nonmember`, `held-published`), with what pages say for them."""

from listserv.i18n import N_, Sentence, sentence, spoken
from listserv.rules import WORDS, Reason
from listserv.usecases import decisions, sitejournal

STATES = {
    "posted": N_("sent to the list"),
    "held": N_("held for a moderator"),
    "refused": N_("sent back with a reason"),
    "discarded": N_("discarded: doubles, machines, spam"),
    "answered": N_("answered: commands and confirmations"),
    "application": N_("applications"),
    "forwarded": N_("passed on to moderators"),
    "bounce": N_("reports of mail that came back"),
    "draft": N_("drafts of issues"),
    "shunted": N_("set aside"),
    "pending": N_("not read yet"),
}
# Of one mail, not of many.
OF_ONE = STATES | {
    "discarded": N_("discarded: a double, a machine's, or spam"),
    "answered": N_("answered: a command or a confirmation"),
    "application": N_("an application"),
    "bounce": N_("a report of mail that came back"),
    "draft": N_("the draft of an issue"),
    "pending": N_("waits its turn"),
    "sent": N_("sent"),
    "failed": N_("given up"),
}
ROLES = {"member": N_("ordinary member"), "moderator": N_("moderator"), "owner": N_("coordinator")}


def state(word: str) -> Sentence:
    """What has become of one mail."""
    return spoken(str(word), OF_ONE.get(word, "{word}"), word=str(word))


def noted(word: str) -> Sentence:
    """A word of the journal."""
    return spoken(word, sitejournal.WHAT[word][1]) if word in sitejournal.WHAT else spoken(word, "{word}", word=word)


def by(role: str, door: str) -> Sentence:
    """Through which door, and in which role, which may be empty."""
    through = spoken(door, decisions.DOORS.get(door, "{door}"), door=door)
    if not role:
        return through
    return sentence("{role}, {door}", role=spoken(role, ROLES.get(role, "{role}"), role=role), door=through)


def reasons(words: str) -> Sentence:
    """Why: reasons by their short names, apart by spaces; other words are told as they are."""
    if not words or not all(word in list(Reason) for word in words.split()):
        return spoken(words, "{words}", words=words)
    said = {f"reason{place}": spoken(word, WORDS[Reason(word)]) for place, word in enumerate(words.split())}
    return spoken(words, "; ".join(f"{{{name}}}" for name in said), **said)
