"""How letters speak of meetings: labels, places, links, seats, zones. Patterns read folded text where nothing else is said."""

from listserv.lazily import compiled

LABELS = {
    "title": r"tytul|temat|nazwa|title|subject|topic",
    "day": r"termin|data|dzien|kiedy|date|day|when",
    "hours": r"godzin[ay]|godz\.?|czas|pora|start|poczatek|time|hours?",
    "end": r"koniec|zakonczenie|do godziny|until|ends?|end time",
    "length": r"czas trwania|dlugosc|trwa|duration|length|lasts",
    "place": r"miejsce|gdzie|adres|sala|lokalizacja|place|where|venue|location|address",
    "url": r"link|odnosnik|adres (?:www|spotkania)|url|dolacz|polaczenie|join",
    "seats": r"miejsc|liczba miejsc|ile miejsc|limit(?: miejsc| osob)?|seats|places|number of seats",
    "text": r"opis|tresc|program|description|details|agenda|text",
}
LABEL = compiled("|".join(f"(?P<{name}>{words})" for name, words in LABELS.items()))
LINE = compiled(r"\s*[*_>•-]*\s*(?P<label>[^\W\d_][\w .()]{1,24}?)[*_]*\s*[:：]\s*[*_]*\s*(?P<value>\S.*)")
LINK = compiled(r"(?:https?://|www\.)[^\s<>\"„”,;)\]]+[^\s<>\"„”.,;:!?)\]]")
SEATS = compiled(
    r"\b(?:(?:liczba |limit |ilosc )?(?:miejsc|osob)(?: jest)?(?: ograniczon\w+)?(?: do)?\s*[:–-]?\s*(?P<a>\d{1,4})\b(?!\s*[.:/]\s*\d)"
    r"|(?:(?:maks(?:ymalnie|\.)?|max\.?|do|up to|limit(?:ed)?(?: to)?|limit)\s+)?(?P<b>\d{1,4})\s+(?:wolnych |free )?(?:miejsc[ae]?|osob\w*|uczestnik\w+"
    r"|seats?|places?|people|participants|spots?)\b)"
)
NO_LIMIT = compiled(r"\b(?:bez limitu|bez ograniczen|nieograniczon\w+|no limit|unlimited|dowoln\w+)\b")
ONLINE = compiled(
    r"\b(?:on-?line|zdalni[ea]|zdaln\w+|w sieci|przez internet|remote(?:ly)?|wirtualni[ea]|(?P<kind>webinar\w*|w?[wv]?ideokonferencj\w+|video ?call)"
    r"|(?:na |on |przez |via |w )?(?:zoom(?:ie|a)?|(?:ms |microsoft )?teams(?:ach)?|google meet|jitsi|clickmeeting|meet))\b"
)
_STOP = r"(?:\n|;|\x00|https?:|www\.|[.!?](?=\s+[^\Wa-z\d_]|\s*$)|\s[–—-]\s|\)(?=\s|$))"
PLACE = compiled(
    r"(?:(?<=[\s,(\x00])|^)(?P<at>[Ww]e?|[Nn]a|[Uu]|[Pp]rzy|[Aa]t|[Ii]n|[Oo]n)\s+"
    r"(?P<where>(?:(?:the|sali|salach|auli|budynku|siedzibie|czytelni|bibliotece|szkole|pracowni|room|our|naszej|naszym|filii|gmachu"
    r"|centrum|library|hall|domu|kawiarni|swietlicy|świetlicy)\b|(?:ul|al|pl)\.|[^\Wa-z_ąćęłńóśźż])[^\n;\x00]{1,160}?)"
    rf"(?={_STOP}|$)"
)
STREET = compiled(
    r"(?:^|(?<=[,\x00\n]))\s*(?P<where>(?:(?:ul|al|pl|os)\.\s|[Ss]al[ai]\s|[Aa]ula\b|[Bb]ibliotek|[Ss]zko[łl]|[Rr]oom\s|[Mm]ain [Hh]all|[Pp]racownia"
    r"|[Cc]zytelnia|MBP|PBW|GBP|SP\s)[^\n;\x00]{0,140})"
)
GOES_ON = compiled(rf"\.[^\n;\x00]*?(?={_STOP}|$)")
POLISH = frozenset({"w", "we", "na", "u", "przy"})
ABBREVIATED = compiled(r"\b(?:ul|al|pl|os|im|nr|św|sw|prof|dr|gen|ks|St|m|p|pok|tel|lok|bud|ok)\.$")
ZONES = {
    r"czasu? (?:polsk\w+|warszawsk\w+|srodkowoeuropejsk\w+)|(?:polish|warsaw) time|\bcest?\b": "Europe/Warsaw",
    r"czasu? (?:londynsk\w+|brytyjsk\w+)|(?:london|uk|british) time|\b(?:gmt|bst)\b": "Europe/London",
    r"czasu? (?:kijowsk\w+|ukrainsk\w+)|ky?iv time": "Europe/Kyiv",
    r"czasu? nowojorsk\w+|new york time|\b(?:eastern time|e[sd]t)\b": "America/New_York",
    r"\butc\b": "UTC",
}
IANA = compiled(r"\b(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic)/[A-Z]\w+(?:/[A-Z]\w+)?\b")
GENERIC = compiled(
    r"(?:zaproszenie|zapraszam(?:y)?|webinar|spotkanie|nowe spotkanie|zebranie|termin(?: spotkania)?|invitation|meeting|new meeting|zapowiedz|ogloszenie|prosba"
    r"|informacja|\(no subject\)|)(?: (?:online|na spotkanie))?"
)
INVITING = compiled(
    r"^(?:(?:serdecznie|uprzejmie|bardzo)\s+)*(?:zapraszam(?:y)?|prosze|prosimy|informuje(?:my)?|please join us|join us|we invite you|you are invited"
    r"|i(?:'d| would) like to invite you|nasze|our|nastepne|kolejne|najblizsze|the next)\b"
    r"(?:\s+(?:serdecznie|wszystkich|wszystkie osoby|panstwa|was|cala siec|everybody|you|all|o udzial|o przybycie|ze|ze zapraszam))*(?:\s+(?:na|do|w|to"
    r"|for|at|o))?\s+"
)
TAIL = compiled(r"(?:[\s,;:.–—(/|-]+|\s(?:w|we|o|od|do|na|dnia|w dniu|odbedzie sie|jest|bedzie|ktore|ze|is|on|at|from|in|will be|takes place|the|i|and|r))+$")
HEAD = compiled(r"^[\s,;:.–—)/|*_-]+")
FAREWELL = compiled(
    r"\s*(?:(?:serdecznie |cieplo )?pozdrawiam|(?:z |serdeczne )?(?:powazaniem|pozdrowieni\w+)|do zobaczenia|dziekuje|best(?: regards| wishes)?[,.]?$"
    r"|kind regards|regards|yours|thanks|see you)\b[^.?]{0,60}$"
)
LONGEST_TITLE, LONGEST_PLACE, LONGEST_TEXT, MOST_SEATS = 200, 300, 20_000, 9_999
