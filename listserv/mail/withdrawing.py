"""The author of a post that waits takes it back: by the word, or by a clause that says that and nothing else.

„Proszę o wycofanie podręczników” is about books: what is taken back must be the message, or nothing must be named.
"""

import re

from listserv.mail import wishes
from listserv.mail.decisions import Answer, after_greeting, decision
from listserv.mail.folding import fold, plain

LONGEST = 300
# All patterns read folded text.
_LEAD = "(?:(?:jednak|a|ale|przepraszam|sorry|niestety|bardzo|uprzejmie|serdecznie|prosze|please|kindly|w takim razie|to|and|then)[, ]+)*"
_MESSAGE = "(?:wiadomosc|wiadomosci|list|listu|post|posta|postu|wpis|wpisu|mail|maila|message|post|mail|e-?mail|letter)"
_WHAT = f"(?: (?:(?:te|tej|ten|tego|moja|moj|mojej|mojego|ta|my|this|that|the) )*(?:{_MESSAGE}|to|ja|go|it|this|that))"
_AFTER = "(?: (?:jednak|juz|prosze|please|back|z kolejki|z listy oczekujacych|from the queue|dziekuje|thanks|thank you))*"
_TAKE_BACK = (
    "(?:(?:prosze |poprosze |prosba )?o wycofanie|(?:prosze|chce|chcial[ae]?bym|wole|wolal[ae]?bym|musze|prosze mi)(?: (?:jednak|ja|go"
    "|to))* wycofac|wycofac|wycofuje"
    "|wycofajcie|wycofaj|wycofanie"
    "|(?:i(?:'d| would) like to|i want to|i hereby|i|can you|could you)? ?(?:jednak )?(?:withdraw|retract)|take(?= it back$| it back ))"
)
_NOT_SEND = (
    "(?:(?:juz )?nie (?:wysylaj(?:cie)?|wysylac|publikuj(?:cie)?|publikowac|puszczaj(?:cie)?|rozsylaj(?:cie)?|rozsylac)"
    "|(?:do not|don't) (?:send|publish|post|distribute))"
)
# What is not to be published is what waits.
_NOT_PUBLISH = "(?:(?:juz )?nie (?:publikuj(?:cie)?|publikowac|puszczaj(?:cie)?|puszczac)|(?:do not|don't) publish)"
_DELETE = "(?:o usuniecie|usunac|usuncie|usun|skasowac|skasujcie|skasuj|delete|remove)"
WITHDRAWAL = re.compile(f"{_LEAD}(?:{_TAKE_BACK}(?:{_WHAT})?|{_NOT_PUBLISH}|(?:{_NOT_SEND}(?: juz)?|{_DELETE}){_WHAT}){_AFTER}")
CLAUSE = re.compile(r"[,.;:!\n]|\s[–-]\s|\b(?:bo|poniewaz|gdyz|because|since)\b")


def asks_to_withdraw(reply: str) -> bool:
    """Is this a wish to take a held post back? A question or a condition is none."""
    if decision(reply).answer is Answer.WITHDRAW:
        return True
    said = fold(after_greeting(plain(reply).strip())).strip()
    if "?" in said or len(said) > LONGEST or wishes.SUPPOSED.search(WITHDRAWN.sub(" ", said)):
        return False
    clauses = [clause.strip(" \t*_\"'„”()") for clause in CLAUSE.split(said)]
    first = next((clause for clause in clauses if clause and not COURTESY.fullmatch(clause)), "")
    return WITHDRAWAL.fullmatch(first) is not None


# „Cofam” is a doubt elsewhere, and the wish itself here; a mistake is its reason.
WITHDRAWN = re.compile(r"\b(?:wy)?cofa\w*|\bwithdraw\w*|\bpomyl\w+|\bmistake\w*|\baccident\w*")
COURTESY = re.compile(f"(?:{_LEAD[:-1]})?(?:przepraszam|sorry|jednak|prosze|please|bardzo prosze|niestety|tak|ok|yes)")
