"""Reasons and rules as people read them; translated at the last moment."""

from listserv.i18n import N_
from listserv.mail.listrules import Asks
from listserv.rules.verdicts import Reason

WORDS = {
    Reason.LOOP: N_("it has been through this list already"),
    Reason.AUTOMATIC: N_("a machine wrote it"),
    Reason.DOUBLE: N_("it came twice"),
    Reason.CLOSED: N_("the list is closed"),
    Reason.ANNOUNCE_ONLY: N_("only the coordinators write to this list"),
    Reason.BANNED: N_("this address has been barred from the list"),
    Reason.LIST_MAIL: N_("it comes from another mailing list"),
    Reason.NO_AUTHOR: N_("it does not say who wrote it"),
    Reason.SEVERAL_AUTHORS: N_("it names several authors"),
    Reason.FORGED: N_("the author's mail service says that the sender is forged"),
    Reason.NONMEMBER: N_("this address is not on the list"),
    Reason.UNPROVEN: N_("the sender could not be verified"),
    Reason.EMERGENCY: N_("moderators are reading everything at the moment"),
    Reason.MODERATED: N_("posts from this address are read first"),
    Reason.TOO_BIG: N_("it is larger than this list allows"),
    Reason.EMPTY: N_("there is nothing in it"),
    Reason.REQUEST: N_("it reads like a wish to leave the list, and everybody would get it"),
    Reason.REPEATED: N_("the same words have come again and again"),
    Reason.MACHINE_LIKE: N_("it reads as if a machine had written it"),
    Reason.MOVED: N_("it was waiting for a decision when the list moved here"),
    Reason.LOCKED: N_("the moderators have closed this thread"),
    Reason.FIRST_POST: N_("the first message of everybody new is read first"),
    Reason.TOPIC: N_("messages under this topic are read first"),
    Reason.RULE: N_("a rule of this list asks for it"),
    Reason.SPAM: N_("the mail server takes it for spam"),
    Reason.UNNAMED: N_("somebody on the list asks without a name"),
}

# What a rule of the list's own asks, as it is chosen.
ASKED = {
    Asks.SUBJECT: N_("the subject has one of these words"),
    Asks.TEXT: N_("the subject or the text has one of these words"),
    Asks.FROM: N_("it comes from this address or domain"),
    Asks.ATTACHMENT: N_("a file of one of these kinds is attached"),
    Asks.LARGER: N_("it is larger than this"),
    Asks.LINKS: N_("it has more links than this"),
    Asks.CAPITALS: N_("it is written in capitals"),
}

# The same of one rule with its value; Asks.CAPITALS has none.
SAID = {
    Asks.SUBJECT: N_("the subject has one of these words: %(value)s"),
    Asks.TEXT: N_("the subject or the text has one of these words: %(value)s"),
    Asks.FROM: N_("it comes from %(value)s"),
    Asks.ATTACHMENT: N_("a file of one of these kinds is attached: %(value)s"),
    Asks.LARGER: N_("it is larger than %(value)s"),
    Asks.LINKS: N_("it has more than %(value)s links"),
    Asks.CAPITALS: N_("it is written in capitals"),
}
