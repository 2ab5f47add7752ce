"""In which language is this written? Told by the small words that every sentence needs, and by the letters."""

import re
from collections.abc import Iterable

CHARACTERS_READ = 5000
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
POLISH_LETTERS = frozenset("ąęłńśźżćĄĘŁŃŚŹŻĆ")
# Words that both languages know (to, do, no, on, a, i, my, by, we, ten, or) are left out.
_POLISH = """
    w z ze się sie na nie że jest są jak ale czy dla od po przez tylko już juz tak tym oraz lub albo bo mnie mi nas nam pan pani państwo panstwo
    dzień dzien dobry proszę prosze dziękuję dziekuje pozdrawiam witam cześć czesc jestem mam chcę chce bardzo która który ktora ktory co gdzie
    kiedy będzie bedzie było bylo może moze można mozna listy biblioteki bibliotece wypisz zapisz przerwa wracam pomoc oczywiście oczywiscie
    zapraszam zapraszamy ponieważ poniewaz więc wiec tego tej ich jego jej przy pod nad kto
"""
_ENGLISH = """
    the and of is are you for with this that have has not please would like from your hello dear thanks thank regards i'm i've i'd it's be was
    were will can could should an at as or if but what how when where who there here they their our us it he she his her him yes don't in me
    join list hi all any am about which because unsubscribe subscribe help so just best library work
"""
POLISH, ENGLISH = frozenset(_POLISH.split()), frozenset(_ENGLISH.split())
# Three small words in a hundred may stand in any language.
LEAST_SHARE = 12


def guess(text: str) -> str:
    """`pl`, `en`, or nothing where it cannot be told."""
    words = WORD.findall(text[:CHARACTERS_READ].replace("’", "'"))
    polish = _count(words, POLISH) + sum(1 for word in words if not POLISH_LETTERS.isdisjoint(word) and word.lower() not in POLISH)
    english = _count(words, ENGLISH)
    if polish == english or max(polish, english) * LEAST_SHARE < len(words):
        return ""
    return "pl" if polish > english else "en"


def _count(words: Iterable[str], known: frozenset[str]) -> int:
    return sum(word.lower() in known for word in words)
