"""The words in which people ask a list for something, Polish and English. All patterns read folded text (lower case, no diacritics)."""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What a member can ask for."""

    JOIN = "join"
    LEAVE = "leave"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    EACH = "each"
    PAUSE = "pause"
    RESUME = "resume"
    HELP = "help"
    WHO = "who"


MODES = frozenset({Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.EACH})

_MAIL = "(?:wiadomosc|poczte|mail|mejl|e-?mail|list|message|post|letter)"
_MAILS = "(?:wiadomosci|poczty|maili|mejli|e-?maili|listow|newslettera|biuletynu|mails?|e-?mails?|messages|posts|letters)"
_LIST = "(?:(?:tej|waszej|panstwa|the|this|your|naszej) )?(?:list[yae]|liscie|grupy|subskrypcji|newslettera?|biuletynu?|bazy|mailing list|list|group)"
_ME = "(?:mnie|sie|siebie)"
_MY_ADDRESS = "(?:mnie|moj adres|mojego adresu|moj e-?mail|mojego e-?maila|moj mail|mojego maila)"
_STRIKE = "(?:usunac|usun|usuncie|wykreslic|wykresl|wykreslcie|skreslic|skresl|skreslcie)"
_WYPISZ = "(?:wypisac|wypisz|wypiszcie|wypisujcie|wypisuje|wypisywac)"
_ZAPISZ = "(?:zapisac|zapisz|zapiszcie|zapisuje|dopisac|dopisz|dopiszcie|dodac|dodaj|dodajcie|dolaczyc|przylaczyc)"
_WISH = "(?:want|wish|like|love)"

# Said alone on a line.
_ALONE = {
    Kind.JOIN: ("zapisz(?: sie| mnie)?", "dolacz", "join", "subscribe(?: me)?", "sign (?:me )?up"),
    Kind.LEAVE: ("wypisz(?: sie| mnie)?", "wypisanie", "rezygnuje", "rezygnacja", "leave", "unsubscribe(?: me)?", "sign ?off", "stop", "remove(?: me)?"),
    Kind.DAILY: (
        "dziennie",
        "codziennie",
        "raz dziennie",
        "(?:przeglad )?(?:dzienny|codzienny)",
        "przeglad",
        "daily(?: digest)?",
        "digest(?: daily)?",
        "once a day",
        "every day",
    ),
    Kind.WEEKLY: ("tygodniowo", "co tydzien", "raz w tygodniu", "(?:przeglad )?tygodniowy", "weekly(?: digest)?", "digest weekly", "once a week", "every week"),
    Kind.MONTHLY: (
        "miesiecznie",
        "co miesiac",
        "raz w miesiacu",
        "(?:przeglad )?miesieczny",
        "monthly(?: digest)?",
        "digest monthly",
        "once a month",
        "every month",
    ),
    Kind.EACH: (f"kazd[ay](?: {_MAIL})?", "pojedynczo", "wszystkie(?: wiadomosci| maile)?", f"(?:each|every)(?: {_MAIL})?", "all"),
    Kind.PAUSE: ("przerw[ae]", "pauza", "wstrzymaj", "zawies", "urlop", "pause", "vacation", "suspend", "hold", "nomail"),
    Kind.RESUME: (
        "wracam",
        "wrocil[ae]m",
        "wznow",
        "(?:koniec|zakoncz) przerwy?e?",
        "jestem z powrotem",
        "resume",
        "back",
        "i(?:'m| am) back",
        "unpause",
        "end pause",
    ),
    Kind.HELP: ("pomocy?", "pomoz", "instrukcja", "polecenia", "help(?: me)?", "info", "commands"),
    Kind.WHO: ("kto(?: jest na liscie)?", "lista uczestnikow", "uczestnicy", "who(?: is on the list)?", "members", "(?:member list|list members)"),
}

# Said in a sentence.
_SENTENCES = {
    Kind.HELP: (
        r"\b(?:jak|w jaki sposob)\b.{0,30}\b(?:wypis|zapis|zrezygn|zmieni|ustaw|wlacz|wylacz|przerw|usun)",
        r"\bhow (?:do|can|could|should|to)\b",
        r"\b(?:prosze o pomoc|potrzebuje pomocy|need (?:some )?help|please help)\b",
    ),
    Kind.LEAVE: (
        r"\b(?:o|na) (?:wypisanie|wykreslenie|skreslenie)\b",
        rf"\b(?:wypisanie|usuniecie|wykreslenie|skreslenie|wypisania|usuniecia)\b.{{0,40}}\b(?:{_MY_ADDRESS}|z {_LIST})\b",
        rf"\b{_WYPISZ}\b.{{0,30}}\b(?:{_ME}|{_MY_ADDRESS}|z {_LIST})\b",
        rf"\b{_ME}\b.{{0,20}}\b{_WYPISZ}\b",
        rf"\b{_STRIKE}\b.{{0,20}}\b{_MY_ADDRESS}\b",
        rf"\b{_MY_ADDRESS}\b.{{0,20}}\b{_STRIKE}\b",
        rf"\b(?:rezygnuje|zrezygnowac|rezygnacje|rezygnacji) z (?:dalsze[jg]o? )?(?:{_LIST}|udzialu|otrzymywania|czlonkostwa)\b",
        rf"\bprosze (?:mnie )?{_WYPISZ}$",
        r"\bprzesta\w+\b.{0,20}\b(?:pisac|wysylac|przysylac)\b",
        r"\bunsubscribe\b",
        r"\b(?:remove|delete|take|sign) (?:me|my (?:e-?mail|address)(?: address)?)\b.{0,20}\b(?:from|off)\b",
        r"\bremove me\b|\bopt out\b|\bto be (?:unsubscribed|removed)\b|\bstop sending me\b",
        rf"\b{_WISH} to (?:leave|quit)\b",
        rf"\bleave {_LIST}\b",
    ),
    Kind.JOIN: (
        rf"\b(?:zapisanie|dopisanie|dodanie|przyjecie|dolaczenie)\b.{{0,30}}\b(?:mnie|mojego|do {_LIST}|na {_LIST})\b",
        rf"\b{_ZAPISZ}\b.{{0,30}}\b(?:{_ME}|{_MY_ADDRESS}|do {_LIST}|na {_LIST})\b",
        rf"\b{_ME}\b.{{0,20}}\b{_ZAPISZ}\b",
        r"\bsubscribe me\b|\bplease subscribe\b|\b(?:add|sign) me\b.{0,10}\b(?:to|up)\b",
        rf"\b{_WISH} to (?:join|subscribe)\b",
    ),
    Kind.RESUME: (
        r"\b(?:wracam|wrocil[ae]m|wznow\w*|koniec przerwy|zakonczyc przerwe|zakonczcie przerwe)\b",
        r"\bi(?:'m| am) back\b|\bresume\b",
    ),
    Kind.PAUSE: (
        r"\b(?:o|chce|robie|potrzebuje|zrobic) (?:mala |krotka )?(?:przerwe|zawieszenie|wstrzymanie)\b",
        r"\b(?:wstrzymac|wstrzymaj|wstrzymajcie|zawiesic|zawies|zawiescie)\b",
        r"\b(?:przerw[ae]|urlop|na urlopie)\b.{0,15}\b(?:do|na)\b",
        r"\b(?:pause|suspend|hold)\b.{0,30}\b(?:until|till|for|me|my|mail|delivery|messages)\b",
        r"\bon (?:vacation|holiday|leave) (?:until|till|for)\b",
    ),
    Kind.WHO: (
        r"\bo (?:liste|spis) (?:uczestnikow|osob|czlonkow)\b|\bkto (?:jest|nalezy) (?:na|do) (?:tej |naszej )?(?:liscie|listy)\b",
        r"\bwho (?:is|are|else is) on (?:the|this) list\b|\blist of (?:members|subscribers)\b",
    ),
    Kind.DAILY: (r"\b(?:raz dziennie|raz na dzien|codziennie|przeglad\w* (?:co)?dzienn\w+|dzienn\w+ przeglad\w*|daily|once a day|every day)\b",),
    Kind.WEEKLY: (
        r"\b(?:raz (?:w tygodniu|na tydzien)|co tydzien|tygodniowo|przeglad\w* tygodniow\w+|tygodniow\w+ przeglad\w*|weekly|once a week|every week)\b",
    ),
    Kind.MONTHLY: (
        r"\b(?:raz (?:w miesiacu|na miesiac)|co miesiac|miesiecznie|przeglad\w* miesieczn\w+|miesieczn\w+ przeglad\w*|monthly|once a month|every month)\b",
    ),
    Kind.EACH: (rf"\b(?:kazd[ay] {_MAIL}|wszystkie (?:wiadomosci|maile|listy)|(?:every|each) (?:single )?{_MAIL}|all (?:messages|posts|mails))\b",),
}

ALONE = {kind: re.compile("|".join(f"(?:{words})" for words in phrases)) for kind, phrases in _ALONE.items()}
SENTENCES = {kind: re.compile("|".join(f"(?:{words})" for words in phrases)) for kind, phrases in _SENTENCES.items()}

# A refusal of mail is a wish to leave, unless it says which mail is wanted instead.
NO_MORE_MAIL = re.compile(
    rf"\bnie chce (?:juz |wiecej |dluzej )*(?:otrzymywac|dostawac|byc na|nalezec do)\b.{{0,20}}\b(?:{_MAILS}|{_LIST})\b"
    rf"|\b(?:don't|do not|no longer) (?:want|wish) to (?:receive|get)\b.{{0,20}}\b{_MAILS}\b"
)
# „Przerwa do piątku”: only a calendar could tell the day.
UNREADABLE_DAY = re.compile(r"\b(?:przerw\w{1,3}|urlop\w{0,3}|pauza|pause|vacation|holiday)\W+(?:do|until|till)\b(?! odwolania| further notice)")
# How often mail comes is said in many sentences; it is asked for in these.
ASKING = re.compile(
    r"\b(?:prosze|poprosze|prosil[ae]?bym|chce|chcial[ae]?bym|wole|wolal[ae]?bym|przelacz\w*|ustaw\w*|please|want|like|prefer|switch|change|set|send me)\b"
)
NEGATION = re.compile(r"\b(?:nie|never|nigdy|don't|dont|do not|not|bez|without|no longer)\b")
SUPPOSED = re.compile(r"\b(?:gdyby\w*|jesli|jezeli|if|whether|dlaczego|why|wczoraj|yesterday)\b")
SOMEBODY_ELSE = re.compile(r"\b(?:pani|pania|pana|kolezank\w+|koleg\w+|osob\w+|jego|jej|him|her|them|colleague)\b|@")
MYSELF = re.compile(r"\b(?:mnie|moj\w*|me|my)\b")
SIGN_OFF = re.compile(r"(?:pozdr\w*|z powazaniem|serdecznie|best|kind regards|regards|thanks|thank you|dziekuje|cheers|--)[\s,.!]*")
POLITE = re.compile(r"^(?:(?:bardzo )?prosze|poprosze|please)[\s,:]+|[\s,]+(?:prosze|please|dziekuje|thanks|thank you)$")
