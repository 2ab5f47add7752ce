"""Why something was not delivered: what a status (RFC 3463) and a server's own words come to, in one of a few kinds.

What speaks of the mail or of its sender never counts against who should have had it. Where in doubt, it does not.
"""

import re
from enum import StrEnum

from listserv.i18n import N_
from listserv.lazily import compiled

# More than a server says is not read.
LONGEST = 1_000


class Kind(StrEnum):
    """Why. GONE, NO_DOMAIN and DISABLED are certain; FULL, EXPIRED and UNKNOWN have to come again and again."""

    GONE = "gone"
    NO_DOMAIN = "no-domain"
    DISABLED = "disabled"
    FULL = "full"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    # This mail was not wanted or not possible (too large, 5.6.x): the next one may be.
    MAIL = "mail"
    # We were not wanted: reputation, authentication, policy. The administrator's to mend.
    POLICY = "policy"
    # The server goes on trying.
    PASSING = "passing"


HARD = frozenset((Kind.GONE, Kind.NO_DOMAIN, Kind.DISABLED))
COUNTS = HARD | {Kind.FULL, Kind.EXPIRED, Kind.UNKNOWN}
SAID: dict[str, str] = {
    Kind.GONE: N_("there is no such mailbox"),
    Kind.NO_DOMAIN: N_("the domain does not exist or takes no mail"),
    Kind.DISABLED: N_("the mailbox is closed"),
    Kind.FULL: N_("the mailbox is full"),
    Kind.EXPIRED: N_("the server could not be reached for days"),
    Kind.UNKNOWN: N_("the server does not say why"),
    Kind.MAIL: N_("this message was not accepted"),
    Kind.POLICY: N_("the server refuses mail from this site"),
    Kind.PASSING: N_("the server goes on trying"),
}


class Trouble(StrEnum):
    """What a server has against us."""

    AUTHENTICATION = "authentication"
    LISTED = "listed"
    RATE = "rate"
    SPAM = "spam"
    OTHER = "other"


def _words(pattern: str) -> re.Pattern[str]:
    return compiled(pattern, re.IGNORECASE | re.VERBOSE)


# The sender's address or domain is disliked. Asked before all else: “Sender address rejected: Domain not found” speaks of nobody's mailbox.
SENDER = _words(
    r"""sender\ (?:address|domain|id|verif)[^.;]{0,40}(?:reject|fail|not\ found|does\ ?n.t|does\ not|invalid|denied)|(?:invalid|unknown|unrouteable
    |bad)\ sender
    |sender\ (?:is\ )?(?:not\ allowed|blocked|denied|unknown)|envelope\ (?:sender|from)|mail\ from\ (?:domain|address)|(?:adres|domena)\ nadawcy
    |nadawc\w+\ (?:odrzuc|zablokow|nie)"""
)
# The same of our server and our domain: “Helo command rejected: Host not found” speaks of no reader's domain.
OURS = _words(
    r"""\b(?:helo|ehlo)\b|\byour\ (?:domain|host|server|ip)\b|of\ your\ address
    |(?:sending|sender(?:.?s)?|originating)\ (?:domain|host|server|mailbox|account|mx)\b|sender\ (?:rejected|has\b)|blocked\ the\ sender
    |return[- ](?:path|address|mx)|\bmailfrom\b|(?:konto|skrzynka|domena)\ nadawcy|twoj[aeę]\ (?:konto|domen|serwer)"""
)
# A status of policy (X.7.X) is ours to mend, unless these are its words: servers with one status for all say them too.
PERSON_GONE = _words(
    r"""\b(?:user|recipient|mailbox|account|addressee|alias)\ (?:is\ |was\ )?(?:unknown|invalid|not\ found|does\ not\ exist|doesn.t\ exist)
    |\b(?:unknown|no\ such|non-?existent)\ (?:local[- ])?(?:user|recipient|mailbox|account|addressee)
    |\b(?:u[żz]ytkownik|skrzynka|odbiorca|konto)\b[^.;]{0,20}nie\ istnieje|nie\ ma\ (?:tu\ )?takie(?:go|j)\ (?:u[żz]ytkownik|kont|skrzyn|adres|odbiorc)"""
)
MAILBOX_FULL = _words(r"(?:mailbox|inbox|skrzynk\w+)\ (?:\w+\ ){0,2}(?:is\ |jest\ )?(?:full|over\ ?-?quota|pe[łl]n|przepe[łl]nion)")
AUTHENTICATION = _words(
    r"""\b(?:dmarc|dkim|spf|arc)\b|unauthenticated|not\ authenticated|authentication\ (?:check|required|fail|information|results)|sender\ policy
    |sender\ id\b|mismatches\ client\ ip|address\ is\ not\ verified
    |uwierzytelni|autoryzacj\w+\ nadawcy"""
)
LISTED = _words(
    r"""black[- ]?list|block[- ]?list|deny[- ]?list|\b(?:dns|r|u?ri|s)bls?\b|spamhaus|spamcop|barracuda|sorbs|abusix|\breputation\b|(?:is|are|been
    |being)\ (?:block-?)?listed
    |listed\ (?:in|at|by|on)|blocked\ (?:using|by|due|for|because|since)|\b(?:ip|network|client\ host|your\ host|server)\b[^.;]{0,50}\b(?:blocked|banned|denied
    |refused)|part\ of\ their\ network
    |(?:banned|blocked)\ (?:sending\ )?ip|reverse\ dns|\bptr\b|\brdns\b|fcrdns|no\ reverse|czarn[aąe]\w*\ li[sś][tc]|reputacj|adres\ ip\b
    |serwer\w*\ nadaw"""
)
RATE = _words(
    r"""too\ many\ (?:messages|recipients|connections|mails|errors|invalid)|rate\ ?(?:limit|control|d\b)|receiving\ mail\ at\ a\ rate
    |receiving\ mail\ too\ quickly
    |thrott?l|too\ fast|slow\ down|limit\ (?:of\ )?(?:messages|recipients|connections)|(?:sending|daily|hourly)\ (?:limit|quota)|zbyt\ wiele
    |za\ du[żz]o\ (?:wiadomo|po[łl][ąa]cze)"""
)
SPAM = _words(
    r"""\bspam|junk|\bvirus|malware|phish|unsolicited|\bbulk\ (?:mail|email)|content\ (?:reject|filter|den|block|not\ accept)|suspicio|\buce\b
    |niechcian\w+|wirus|z[łl]o[śs]liw"""
)
POLICY = _words(r"""polic(?:y|ies)|polityk|not\ (?:allowed|permitted|authori[sz]ed)|access\ (?:is\ )?denied|administrative(?:ly)?\ (?:prohib|lock
    |den)|regu[łl]amin|zabronion""")
RELAYING = _words(r"relay(?:ing)?\ (?:access\ )?(?:is\ )?(?:denied|not)|not\ (?:permitted|allowed)\ to\ relay|we\ do\ not\ relay|unable\ to\ relay")

ABSENT = _words(
    r"""(?:user|recipient|mailbox|account|address|addressee|local\ part|alias)\ (?:is\ |was\ )?(?:unknown|invalid|not\ (?:found|known|exist|listed
    |recogni[sz]ed|valid))
    |(?:unknown|invalid|no\ such|non-?existent|bad|unrouteable)\ (?:local[- ])?(?:user|recipient|mailbox|address|account|addressee|person|e-?mail
    |destination\ (?:mail)?box)
    |no\ (?:user|mailbox|account|recipient|one)\b[^.;]{0,30}\b(?:here|by\ that|with\ that|of\ that|exist|found)|(?:does\ ?n.t|does\ not|did\ not
    |do\ not)\ (?:exist|have\ an?\ \S+\ account)
    |(?:recipient|address|mailbox|user|account|domain)\b[^.;]{0,30}\b(?:not\ found|n['o]t\ exist|no\ longer\ (?:exists|valid|active|in\ use
    |available|on\ server|here|accepts))
    |not\ a\ (?:known|valid)\ (?:user|recipient|mailbox)|user\ doesn.t\ have|is\ not\ (?:our|a\ local)\ (?:customer|user)|has\ left\ (?:the
    |our)\ (?:company|organi)
    |resolver\.adr\.|recipient\ address\ rejected:\ access\ denied\.?\ ?(?:as\(20\d+\)|\[\w+\.[^]]*outlook\.com)|recipnotfound
    |(?:u[żz]ytkownik\w*|adres\w*|skrzynk\w*|odbiorc\w*|kont\w*)\b[^.;]{0,40}(?:nie\ istnieje|nieznan\w*|nie\ znalezion|nie\ ma|usuni[ęe]t)
    |nie\ ma\ takiego
    |(?:nieznan\w*|nieistniej[ąa]c\w*|b[łl][ęe]dny)\ (?:u[żz]ytkownik|adres|odbiorc|skrzynk|kont)|brak\ (?:takiego\ )?(?:u[żz]ytkownika|konta
    |skrzynki|adresu)"""
)
# Said of anything by others; by Outlook's servers, with this status, of who is not there.
MICROSOFT = _words(r"requested\ action\ not\ taken:\ mailbox\ unavailable")
CLOSED = _words(
    r"""(?:account|mailbox|user|e-?mail|address|recipient|box)\b[^.;]{0,50}\b(?:disabled|inactive|suspended|closed|deactivated|terminated|expired
    |discontinued|frozen|locked|blocked\ permanently)
    |(?:disabled|inactive|suspended|closed|deactivated)\ (?:account|mailbox|user|e-?mail|recipient)|not\ been\ (?:active|used)\ (?:for|in)
    |(?:konto|skrzynka|adres|u[żz]ytkownik)\b[^.;]{0,40}(?:zablokowan|nieaktywn|wy[łl][ąa]czon|zawieszon|zamkni[ęe]t|wygas)"""
)
NOWHERE = _words(
    r"""(?:domain|host)\b[^.;]{0,60}\b(?:not\ found|does\ ?n.t\ exist|does\ not\ exist|unknown|no\ longer\ exists)|(?:unknown|no\ such|unrouteable
    |bad\ destination)\ (?:mail\ )?(?:domain|host)
    |name\ (?:service\ error|or\ service\ not\ known)[^;]{0,80}(?:not\ found|no\ data)?|nxdomain|null\ ?mx|does\ not\ accept\ (?:any\ )?mail(?!\ from)
    |domain\ .{0,60}takes\ no\ mail
    |no\ (?:mx|valid\ mx)\b|(?:domena|domeny)\b[^.;]{0,40}nie\ (?:istnieje|znalezion|przyjmuje)|nie\ istnieje\ domena"""
)
FULL = _words(
    r"""over\ ?-?quota|quota\ (?:is\ )?(?:exceed|full|reached)|(?:exceed|over|out\ of)[^.;]{0,40}(?:quota|storage|disk|mailbox)|(?:mailbox|inbox
    |mail\ ?folder|account|user.s\ mailbox)\ (?:is\ )?(?:almost\ )?full
    |(?:mailbox|storage|disk)\b[^.;]{0,40}\b(?:limit\ exceed|exceeded|is\ over)|out\ of\ storage|not\ enough\ (?:space|storage|room)
    |insufficient\ (?:disk|storage|system\ storage)|no\ (?:free\ )?space
    |przepe[łl]nion|pe[łl]n[aey]\ skrzynk|skrzynk\w+\ (?:jest\ )?(?:pe[łl]n|zape[łl]n)|zape[łl]nion|brak\ (?:wolnego\ )?miejsca
    |limit\w*\ (?:pojemno|miejsca)|przekroczon\w+\ (?:limit|pojemno|quota|rozmiar\ skrzynk)"""
)
THIS_MAIL = _words(
    r"""(?:message|mail|size|e-?mail|body|header)s?\b[^.;]{0,50}\b(?:too\ (?:large|big|long)|exceeds)|(?:exceed\w*|maximum
    |max)[^.;]{0,30}\b(?:message|mail)?\ ?size|smtputf8|8bitmime|bad\ header|malformed
    |non-?ascii|not\ rfc|attachment|line\ too\ long|za\ du[żz]\w+\ (?:wiadomo|list)|wiadomo\w+[^.;]{0,30}za\ du[żz]|za[łl][ąa]cznik"""
)
UNREACHED = _words(
    r"""timed?\ ?-?out|connection\ (?:refused|reset|lost|dropped)|unreachable|retry\ time(?:out)?|could\ not\ (?:connect|be\ reached)|no\ route
    |delivery\ time\ expired|retry\ limit
    |too\ long\ in\ queue|giving\ up|failing\ for\ a\ long\ time|time\ limit|temporar|try\ again\ later|host\ .{0,60}not\ respond|up[łl]yn[ąa][łl]
    |brak\ odpowiedzi|nie\ mo[żz]na\ po[łl][ąa]czy"""
)

# By status alone, where the words say nothing else. The longest that fits is taken.
BY_STATUS: dict[str, Kind] = {
    "5.1.0": Kind.UNKNOWN, "5.1.1": Kind.GONE, "5.1.2": Kind.NO_DOMAIN, "5.1.3": Kind.GONE, "5.1.4": Kind.UNKNOWN, "5.1.6": Kind.GONE,
    "5.1.7": Kind.POLICY, "5.1.8": Kind.POLICY, "5.1.9": Kind.MAIL, "5.1.10": Kind.NO_DOMAIN, "5.1": Kind.UNKNOWN,
    "5.2.0": Kind.UNKNOWN, "5.2.1": Kind.DISABLED, "5.2.2": Kind.FULL, "5.2.3": Kind.MAIL, "5.2.4": Kind.UNKNOWN, "5.2": Kind.UNKNOWN,
    "5.3.1": Kind.FULL, "5.3.4": Kind.MAIL, "5.3": Kind.UNKNOWN,
    "5.4.4": Kind.NO_DOMAIN, "5.4.310": Kind.NO_DOMAIN, "5.4.1": Kind.EXPIRED, "5.4.7": Kind.EXPIRED, "5.4.300": Kind.EXPIRED,
    "5.4.316": Kind.EXPIRED, "5.4": Kind.UNKNOWN,
    "5.5": Kind.UNKNOWN, "5.6": Kind.MAIL, "5.7": Kind.POLICY,
    "4.2.2": Kind.FULL, "4.3.1": Kind.FULL, "4.2": Kind.EXPIRED, "4.6": Kind.MAIL, "4.7": Kind.POLICY, "4": Kind.EXPIRED,
}  # fmt: skip
# These say so little that the words beside them say more.
VAGUE = compiled(r"(?:|[45]\d\d|[45]\.(?:0\.\d+|1\.0|1\.10|1\.\d{3}|2\.0|3\.0|3\.5|4\.0|4\.1|4\.7|5\.\d+)(?:\D.*)?)\Z")
CERTAIN = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"))
# What was said of the address, in this order; of each whether a status that says more is contradicted by it.
ABOUT_ADDRESS: tuple[tuple[re.Pattern[str], Kind], ...] = ((NOWHERE, Kind.NO_DOMAIN), (ABSENT, Kind.GONE), (FULL, Kind.FULL), (CLOSED, Kind.DISABLED))
ABOUT_US = (AUTHENTICATION, LISTED, RATE, SPAM, RELAYING)


def kind(status: str, words: str, *, permanent: bool = True, given_up: bool = False) -> Kind:
    """Why it was not delivered. `given_up`: the status is a passing one (4.x.x), and yet nobody tries any more."""
    if not permanent and not given_up:
        return Kind.PASSING
    words, said = words[:LONGEST], _by_status(status)
    if status == "5.5.0" and MICROSOFT.search(words):
        return Kind.GONE
    if status in ("5.1.7", "5.1.8") or SENDER.search(words) or OURS.search(words):
        return Kind.POLICY
    if status[1:3] == ".7":
        return _of_policy(words)
    ours = any(found.search(words) for found in ABOUT_US)
    if RATE.search(words):
        # Gmail says 5.2.1 of somebody who gets too much at once.
        return Kind.POLICY
    absent = next((one for found, one in ABOUT_ADDRESS if found.search(words)), None)
    if absent is Kind.NO_DOMAIN and given_up:
        # “Host not found, try again”: nobody knows, and perhaps it is our own resolver.
        return Kind.EXPIRED
    if absent and (VAGUE.match(status) or given_up or absent is said):
        return _unless(absent, ours=ours, status=status)
    if ours:
        return said if said in COUNTS and said in HARD and not (SPAM.search(words) or LISTED.search(words)) else Kind.POLICY
    if said in (None, Kind.UNKNOWN, Kind.EXPIRED):
        return _by_words(words, said, given_up=given_up)
    return said


def _of_policy(words: str) -> Kind:
    if not any(found.search(words) for found in ABOUT_US):
        for found, one in ((PERSON_GONE, Kind.GONE), (MAILBOX_FULL, Kind.FULL)):
            if found.search(words):
                return one
    return Kind.POLICY


def _unless(absent: Kind, *, ours: bool, status: str) -> Kind:
    """Words about the address, unless others in the same answer are about us, and the status does not settle it."""
    if not ours or status in CERTAIN:
        return absent
    return Kind.POLICY


def _by_words(words: str, said: Kind | None, *, given_up: bool) -> Kind:
    if THIS_MAIL.search(words):
        return Kind.MAIL
    if said is Kind.EXPIRED or given_up or UNREACHED.search(words):
        return Kind.EXPIRED
    return Kind.POLICY if POLICY.search(words) else Kind.UNKNOWN


def _by_status(status: str) -> Kind | None:
    parts = status.split(".")
    return next((found for upto in range(len(parts), 0, -1) if (found := BY_STATUS.get(".".join(parts[:upto])))), None)


def trouble(status: str, words: str) -> Trouble:
    """What a server that refuses us has against us, as far as it says."""
    words = words[:LONGEST]
    if AUTHENTICATION.search(words) or re.match(r"[45]\.7\.(?:2\d|30|515|516)\Z", status) or SENDER.search(words):
        return Trouble.AUTHENTICATION
    for found, one in ((LISTED, Trouble.LISTED), (RATE, Trouble.RATE), (SPAM, Trouble.SPAM)):
        if found.search(words):
            return one
    return Trouble.OTHER


def said(kind: str) -> str:
    """Why, as a sentence that is looked up in the reader's language."""
    return SAID.get(kind, SAID[Kind.UNKNOWN])
