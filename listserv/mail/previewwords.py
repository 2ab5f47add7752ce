"""What authors say of a post of theirs that waits: send it, or do not. Nothing else may be said beside a yes."""

import re

from listserv.mail import commands, decisions, thanks
from listserv.mail.doors import TRIM
from listserv.mail.folding import fold, plain

# Folded, without what stands around it: „OK, ale popraw datę” sends nothing.
_POLITE = r"(?:prosze|poprosze|please|dziekuje|dziekuje bardzo|dzieki|thanks|thank you)"
_GOOD = (
    r"(?:(?:jest |wszystko |calosc )?(?:ok|dobrze|super|w porzadku|swietnie)|(?:to )?wyglada (?:dobrze|ok|super|swietnie)"
    r"|(?:it |that )?looks? (?:good|fine|great|ok)|no dobrze|no dobra)"
)
SENDS = re.compile(
    rf"(?:(?:tak|yes|ok|okay|okej|jasne|zgoda|sure|super|swietnie|great|dobra|{_GOOD})(?:[\s,.!–-]+|$))*(?:(?:prosze|please)[\s,]+)?"
    r"(?:(?:wyslij(?:cie)?|wyslac|wysylaj(?:cie)?|wysylamy|mozna wysylac|moze isc|opublikuj|publikuj|send|publish|post|go ahead)"
    r"(?: (?:to|it|teraz|now|do wszystkich|na liste|to the list|to (?:all|everybody)))*)?"
    rf"(?:[\s,.!]*{_POLITE})*"
)
# „Nie, jeszcze poprawię” is a no here, where a no loses nothing; „Nie, nie mam uwag, wyślij” is neither.
PLAIN_NO = re.compile(r"(?:nie|no)\s*(?:[,.!–-]|$)")
SENDING = re.compile(
    r"(?<!nie )\b(?:wysyl|wysl|publik|opublik|send\b|post\b|go ahead|ok\b|okej\b|dobrze|dobra\b|super|swietnie|w porzadku|fine|good|great|looks|wyglada"
    r"|zostaw|moze isc)"
)
DROPS = re.compile(
    r"(?:nie,? ?)?(?:nie wysylaj(?:cie)?|nie publikuj|don't send|do not send|cofnij|undo|usun|skasuj|delete|anuluj|cancel|rezygnuje|wycofaj|withdraw|stop)"
    r"(?: (?:to|it|tego))?"
)
# „STOP” and „Nie teraz” say that nothing may go out now, and not whether it is to wait or to come back.
WAITS = re.compile(r"nie teraz|jeszcze nie|not now|not yet|zaczekaj|czekaj|wait")


def first_line(reply: str) -> str:
    """The first line of a reply, folded, without greeting and without what stands around it."""
    lines = _lines(reply)
    return fold(lines[0]).strip(TRIM) if lines else ""


def _lines(reply: str) -> list[str]:
    return [line for line in decisions.after_greeting(plain(reply).strip()).split("\n") if line.strip()]


def says_send(reply: str, author: str = "") -> bool:
    """Is this a yes, and nothing but a yes? `author`: whose name below it is a signature."""
    first, below = first_line(reply), _lines(reply)[1:]
    if not first or "?" in reply or not SENDS.fullmatch(first) or re.fullmatch(rf"(?:{_POLITE}[\s,.!]*)+", first):
        return False
    return not below or thanks.is_signed(below, author) or thanks.says_only_thanks("\n".join(below), author)


def says_no(reply: str) -> bool:
    """Is the post not to go out? Whatever comes with it: the letter that says so brings the words back."""
    first = fold(plain(reply).strip().partition("\n")[0]).strip(TRIM)
    if DROPS.fullmatch(first) and "?" not in first:
        return True
    if "?" in first or SENDING.search(first) or WAITS.fullmatch(first):
        return False
    if PLAIN_NO.match(first):
        return True
    return decisions.decision(reply).answer is decisions.Answer.NO or commands.asks_to_withdraw(reply)
