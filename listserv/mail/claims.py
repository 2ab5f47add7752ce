"""What somebody who was asked says of a message: „tak, to moja”.

That gives an address into their account: so it is said in known words, with nothing beside them.
"""

from listserv.lazily import compiled
from listserv.mail import decisions
from listserv.mail.decisions import BETWEEN, WORD
from listserv.mail.decisionwords import COURTESY, made_of
from listserv.mail.folding import fold

# All patterns read folded words with one blank behind each.
_THING = r"(?:wiadomosc|wiadomosci|list|listu|post|posta|wpis|wpisu|mail|maila|zgloszenie|zgloszenia|message|letter|post|mail|it)"
_FROM = r"(?:z|ze|from) (?:pracy|domu|telefonu|komorki|biblioteki|szkoly|innego adresu|drugiego adresu|prywatnego adresu|work|home|my phone|another address)"
_WROTE = rf"(?:ja )?(?:to |ja )*(?:pisalam|pisalem|napisalam|napisalem|wyslalam|wyslalem)(?: to| ja)?(?: {_FROM})?"
_SENT = rf"i (?:wrote|sent) (?:it|this|that)(?: {_FROM})?"
_MINE = (
    rf"(?:to )?(?:jest )?moj[ae]?(?: {_THING})?|to (?:bylam |bylem )?ja|{_WROTE}|potwierdzam(?: to| ze to moja(?: {_THING})?)?"
    rf"|(?:it's|it is|that's|that was|it was|this is) (?:me|mine|my {_THING})|mine|{_SENT}|i confirm|confirmed"
)
_COURTESIES, _MORE = compiled(f"{COURTESY} "), compiled(f"(?:{_MINE}|{COURTESY}) ")
_SAID_MINE, _SAID_YES = compiled(rf"(?:(?:tak|yes) )?(?:{_MINE}) "), compiled(r"(?:tak|yes) ")


def claims(reply: str) -> bool:
    """Does somebody who was asked whether they wrote a message say so: TAK, „tak, to moja”, and nothing else?"""
    said = _words(reply)
    return made_of(said, _SAID_MINE, _MORE) or made_of(said, _SAID_YES, _COURTESIES)


def _words(reply: str) -> str:
    """What was said, as words; nothing where there is more than words and commas."""
    said = fold(decisions.bare(reply))
    if BETWEEN.sub("", WORD.sub("", said)) or decisions.ELLIPSIS.search(said):
        return ""
    return "".join(f"{word} " for word in WORD.findall(said))
