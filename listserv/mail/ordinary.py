"""„To nie zgłoszenie”: a moderator says that what came as an application is an ordinary letter."""

import re

from listserv.mail.folding import fold

# All patterns read folded text (lower case, no diacritics).
# „To nie zgłoszenie”, said of what came as one: at the very beginning, and alone up to a comma or a full stop.
IT_IS_NONE = re.compile(
    r"(?:(?:nie|no)\b[\s,.:;–-]*)?(?:(?:ale|alez|prosze(?: panstwa)?|przeciez|actually|sorry|hm+)\b[\s,]*)?(?:"
    r"(?:(?:to|ten list|ta wiadomosc|this|that|it|this letter|this message)\s+)?(?:po prostu\s+)?"
    r"(?:nie (?:jest |bylo |byla )?(?:(?:to|zadne|zadna|wcale|w ogole|chyba) )*(?:zgloszenie\w*|prosba o (?:dopisanie|zapisanie|przyjecie|dolaczenie))"
    r"|(?:is|was)(?:n'?t| not| no) (?:an? |really an? )?application|isn't (?:an? )?application|not (?:an? )?application|no application"
    r"|zadne zgloszenie)"
    r"|(?:that|this|it)(?:'s| is) (?:not an|no|just a letter, not an|a letter, not an) application"
    r"|to (?:jest )?(?:tylko |po prostu )?(?:zwykl[yae] )?(?:list|wiadomosc|pytanie|mail),?(?: a)? nie zgloszenie"
    r"|to (?:jest )?(?:tylko |po prostu )?zwykl[yae] (?:list|wiadomosc|pytanie|mail)"
    r"|(?:this|that|it)(?:'s| is) (?:just |only )?an? ordinary (?:letter|message|question|mail)"
    r"|(?:just )?an? (?:letter|question|message), not an application"
    r")[\"'”»)*_]*(?=[ \t]*(?:$|[.,;:!–—\n-]))"
)
# Anywhere near the beginning it is a thought at least, and never a question to the applicant, nor a yes or a no.
PERHAPS = re.compile(
    r"\bnie (?:jest |bylo |wyglada na )?(?:(?:to|zadne|chyba|wcale) )*(?:jest )?zgloszenie\b|\bzadne zgloszenie\b"
    r"|\b(?:not|no|n't) (?:an? |really an? |look(?:s)? like an? )?application\b"
)
NEITHER = re.compile(
    r"\?|\bspam|\breklam|\bban\b|blokuj|\bblok|\busun|\bodrzuc|\bodmow|\bkasuj|\breject|\bdelete|\bjunk"
    r"|\btylko (?:na|dla|do|w)\b|\bktor|\bchyba|\bmoze\b|\bperhaps|\bmaybe"
)
# How far into a reply these are looked for, and how far behind them what spoils them.
LOOK_AHEAD, BEHIND = 120, 60


def speaks_of_it(said: str) -> bool:
    """Do the first words say, ask or wonder whether it is an application at all? Then they are no question to whoever applied."""
    folded = fold(said[:LOOK_AHEAD])
    return PERHAPS.search(folded) is not None or IT_IS_NONE.match(folded) is not None


def is_letter(said: str) -> bool:
    """„To nie zgłoszenie, odpiszę sama” says so; „to nie zgłoszenie, tylko spam” and „czy to nie zgłoszenie?” do not."""
    begins = IT_IS_NONE.match(fold(said))
    return begins is not None and NEITHER.search(fold(said[: begins.end() + BEHIND].split("\n\n")[0])) is None
