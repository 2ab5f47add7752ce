"""Has somebody who leaves said why? The bare wish, a greeting and a word of thanks are no reason."""

import re

from listserv.mail import commandlines, commands, sentences
from listserv.mail.commandwords import POLITE, SIGN_OFF
from listserv.mail.folding import fold, plain

LONGEST = 1_500
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
QUOTED = re.compile(r"(?m)^\s*>.*$")
# All patterns read folded text.
WHY = re.compile(
    r"\b(?:bo|poniewaz|gdyz|dlatego|z powodu|w zwiazku z[e]?|ze wzgledu|z uwagi|odchodze|przechodze|zmieniam prace|nie pracuje"
    r"|za duzo|zbyt (?:duzo|wiele|czesto)"
    r"|because|since i|due to|as i|i(?:'m| am) (?:retiring|leaving|changing)|too (?:many|much|often)|no longer (?:work|need))\b"
)
COURTESY = re.compile(
    r"(?:(?:bardzo |serdecznie |z gory |many )?(?:dziekuj\w+|dzieki|thanks|thank you)\b.{0,40}|dzien dobry.{0,30}|dobry wieczor|witam.{0,20}"
    r"|szanowni panstwo|hello.{0,20}|hi.{0,20}|dear .{0,30}"
    r"|(?:tak|yes|ok|okej|potwierdzam|i confirm|confirmed|to ja|it was me|zgadza sie)\b.{0,30}|(?:prosze|please)(?: o potwierdzenie| confirm)?.{0,12})"
)
FEW_WORDS = 3


def reason(reply: str) -> str:
    """What somebody wrote beside the wish to leave, with the wish, word for word; empty where that is nothing."""
    text = QUOTED.sub("", plain(reply)).strip()
    lines = text.split("\n")
    ended = next((at for at, line in enumerate(lines) if SIGN_OFF.fullmatch(fold(line).strip())), len(lines))
    said = "\n".join(lines[:ended]).strip()
    return said[:LONGEST] if any(_says_why(sentence) for sentence in SENTENCE.split(said)) else ""


def _says_why(sentence: str) -> bool:
    folded = POLITE.sub("", " ".join(fold(sentence).split())).strip(sentences.TRIM)
    if not folded or COURTESY.fullmatch(folded) or commandlines.read(sentence):
        return False
    if WHY.search(folded):
        return True
    return len(folded.split()) >= FEW_WORDS and not commands.commands(sentence)
