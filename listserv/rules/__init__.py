"""PURE: the questions asked about a post, in order. Rules ask values; the order is data; the first yes decides."""

from listserv.mail.listrules import Does, first
from listserv.mail.parse import Post
from listserv.rules import questions as ask
from listserv.rules.questions import Rule
from listserv.rules.verdicts import Action, Facts, Reason, Verdict
from listserv.rules.wording import ASKED, SAID, WORDS

__all__ = ["ASKED", "SAID", "WORDS", "Action", "Facts", "Reason", "Verdict", "judge"]

DISCARD_IF: tuple[Rule, ...] = (ask.loop, ask.automatic, ask.double, ask.held_already, ask.certain_spam, ask.ruled(Does.DISCARD))
REJECT_IF: tuple[Rule, ...] = (ask.closed, ask.banned, ask.announce_only, ask.ruled(Does.REFUSE))
HOLD_IF: tuple[Rule, ...] = (
    ask.list_mail,
    ask.authors,
    ask.forged,
    ask.spam,
    ask.nonmember,
    ask.unproven,
    ask.emergency,
    ask.moderated,
    ask.first_post,
    ask.topic,
    ask.locked,
    ask.too_big,
    ask.empty,
    ask.repeated,
    ask.machine_like,
    ask.request,
    ask.ruled(Does.HOLD),
)


def judge(post: Post, facts: Facts) -> Verdict:
    """What becomes of a post. Discarding and rejecting need one reason; a hold tells all of them."""
    for action, rules in ((Action.DISCARD, DISCARD_IF), (Action.REJECT, REJECT_IF)):
        for rule in rules:
            reason = rule(post, facts)
            if reason:
                return _verdict(action, (reason,), post, facts)
    reasons = tuple(reason for rule in HOLD_IF if (reason := rule(post, facts)))
    return _verdict(Action.HOLD, reasons, post, facts) if reasons else Verdict(Action.ACCEPT)


def _verdict(action: Action, reasons: tuple[Reason, ...], post: Post, facts: Facts) -> Verdict:
    return Verdict(action, reasons, first(facts.rules, post) if Reason.RULE in reasons else None)
