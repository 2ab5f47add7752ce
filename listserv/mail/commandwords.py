"""What can be asked of a list, and the words for it that stand alone on a line, Polish and English (`sentencewords` has those of sentences).

All patterns read folded text (lower case, no diacritics).
"""

from enum import StrEnum

from listserv.lazily import compiled


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
    STATUS = "status"
    # No copies and no digests: the archive alone.
    ARCHIVE = "archive"
    # Threads: each post at once, none at all, as the others; and the whole thread, once.
    FOLLOW = "follow"
    MUTE = "mute"
    UNMUTE = "unmute"
    THREAD = "thread"
    # Topics: these too, these alone, all but these, all.
    TOPICS = "topics"
    ONLY_TOPICS = "only-topics"
    NO_TOPICS = "no-topics"
    ALL_TOPICS = "all-topics"
    SEARCH = "search"
    NAME = "name"
    ADDRESS = "address"
    LANGUAGE = "language"
    # Where somebody is, and by whose clock their digests come.
    ZONE = "zone"
    # What is kept about somebody; and to be forgotten, or not after all.
    DATA = "data"
    ERASE = "erase"
    KEEP = "keep"
    # To see each of one's own posts before it goes to the list; or not.
    PREVIEW = "preview"
    NO_PREVIEW = "no-preview"
    # Of digests: only of so many messages; the threads one writes in at once, or in it as all others; as a page, text, parcel.
    AT_LEAST = "at-least"
    OWN_AT_ONCE = "own-at-once"
    OWN_LATER = "own-later"
    DIGEST_FORM = "digest-form"
    # Which topics there are; and a link to sign in by.
    WHICH_TOPICS = "which-topics"
    SIGN_IN = "sign-in"


MODES = frozenset({Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.EACH, Kind.ARCHIVE})

MAIL = "(?:wiadomosc|poczte|mail|mejl|e-?mail|list|message|post|letter)"
MAILS = (
    "(?:wiadomosci|wiadomosciami|poczty|maili|mejli|e-?maili|listow|korespondencji|newslettera|newsletterow|biuletynu|mails?|e-?mails?|messages|posts"
    "|letters|mail)"
)
LIST = (
    "(?:(?:tej|waszej|panstwa|the|this|your|naszej|mailingowej|dyskusyjnej|mailing|all|these|wszystkich|waszych) )*"
    "(?:list[yae]{1,2}(?: (?:mailingow|dyskusyjn|wysylkow|adresow)\\w+| odbiorcow| subskrybentow| adresatow)?|liscie|grupy|subskrypcji|newslettera?|biuletynu?"
    "|bazy(?: (?:danych|adresow\\w*))?|lists?|group)"
)
# As it is typed in haste, too.
UNSUBSCRIBE = "(?:unsub?s?cri?be|unsubsribe|unsubscibe)"
# After a pause, or after fewer.
EVERYTHING_AGAIN = compiled(
    r"(?:(?:znow|znowu|ponownie) (?:prosze (?:o )?)?(?:wszystko|wszystkie(?: wiadomosci| maile)?)|wszystko (?:znow|znowu|ponownie)|everything again)"
)
UNTIL_FURTHER_NOTICE = "(?:przerw[ae]|pauz[ae]|pause|hold|suspend) (?:do odwolania|until further notice)"

# Said alone on a line.
_ALONE = {
    Kind.JOIN: (
        f"zapisz(?: sie| mnie)?(?: na {LIST})?",
        f"(?:dolacz(?:am)?|zapisuje sie)(?: (?:do|na) {LIST})?",
        *("subskrybuj[ae]?", "join", "subscribe(?: me)?", "sign (?:me )?up"),
    ),
    Kind.LEAVE: (
        f"(?:wypisz|wypisac)(?: sie| mnie)?(?: z {LIST})?",
        f"(?:o )?wypisanie(?: mnie)?(?: z {LIST})?",
        "wypisuje(?: sie)?",
        f"(?:rezygnuje|rezygnacja)(?: z {LIST})?",
        f"(?:opusc|opuszczam|opuszczenie) {LIST}",
        "(?:od|wy)subskrybuj(?: mnie)?",
        "(?:(?:o )?anulowanie|anuluj) (?:moja |mojej )?subskrypcj[aei]",
        "leave(?: the list)?",
        f"{UNSUBSCRIBE}(?: me)?",
        "cancel (?:my )?subscription",
        "no more (?:e-?mails?|mails?|messages)",
        "sign ?off",
        "stop",
        "remove(?: me)?",
        "opt ?out",
    ),
    Kind.DAILY: (
        "dziennie",
        "codziennie",
        "raz (?:dziennie|na dzien)",
        f"(?:jeden|jedna|one) {MAIL} (?:dziennie|codziennie|na dzien|(?:a|per) day)",
        "(?:przeglad )?(?:dzienny|codzienny)",
        "przeglad",
        "zbiorczo",
        "daily(?: digest)?",
        "(?:set )?digest(?: daily)?",
        "once a day",
        "every day",
    ),
    Kind.WEEKLY: (
        "tygodniowo",
        "co tydzien",
        "raz (?:w tygodniu|na tydzien)",
        f"(?:jeden|jedna|one) {MAIL} (?:tygodniowo|na tydzien|w tygodniu|(?:a|per) week)",
        "(?:przeglad )?tygodniowy",
        "weekly(?: digest)?",
        "digest weekly",
        "once a week",
        "every week",
    ),
    Kind.MONTHLY: (
        "miesiecznie",
        "co miesiac",
        "raz (?:w miesiacu|na miesiac)",
        f"(?:jeden|jedna|one) {MAIL} (?:miesiecznie|na miesiac|w miesiacu|(?:a|per) month)",
        "(?:przeglad )?miesieczny",
        "monthly(?: digest)?",
        "digest monthly",
        "once a month",
        "every month",
    ),
    Kind.EACH: (
        f"kazd[ay](?: {MAIL})?(?: osobno| oddzielnie| od razu)?",
        "pojedynczo",
        "pojedyncze (?:wiadomosci|maile|listy)",
        "wszystko od razu",
        "(?:bez przegladu|wylacz przeglad|(?:no|turn off) digests?)",
        "wszystkie(?: wiadomosci| maile)?",
        f"(?:each|every)(?: {MAIL})?",
        "all",
        "individual (?:messages|mails)",
    ),
    Kind.ARCHIVE: (
        "(?:tylko|samo|wystarczy(?: mi)?) archiwum",
        "(?:czytam|bede czytac) (?:tylko )?(?:w )?archiwum",
        "bez (?:wiadomosci|maili|mejli)",
        "(?:nie przysylaj(?:cie)?|nie wysylaj(?:cie)?) (?:mi )?nic",
        "(?:archive|web) only",
        "only the archive",
        "no mail at all",
    ),
    Kind.PAUSE: ("(?:o )?przerw[ae]", "pauz[ae]", "wstrzymaj", "zawies", "urlop", "pause", "vacation", "suspend", "hold", "nomail", UNTIL_FURTHER_NOTICE),
    Kind.RESUME: (
        "wracam",
        "wrocil[ae]m",
        "wznow",
        "(?:koniec|zakoncz) przerwy?e?",
        "jestem (?:juz )?z powrotem",
        "(?:o )?wznowienie",
        "resume",
        "back",
        "i(?:'m| am) back",
        "unpause",
        "end pause",
    ),
    Kind.HELP: ("pomocy?", "pomoz", "instrukcja(?: obslugi)?", "polecenia", "help(?: me)?", "info", "commands"),
    Kind.WHO: (
        "kto(?: jest na liscie)?",
        "lista uczestnikow",
        "uczestnicy",
        "kim (?:ja )?jestem(?: na (?:tej )?liscie)?",
        "(?:moje )?ustawienia",
        "who(?: is on the list)?",
        "who ?am ?i",
        "members",
        "(?:member list|list members)",
        "(?:my )?settings",
    ),
    Kind.NO_PREVIEW: (
        "bez podgladu(?: przed wyslaniem)?",
        "(?:wylacz|wyloncz|zakoncz) (?:mi )?podglad(?: przed wyslaniem)?",
        "podglad:? (?:nie|off|wylacz|wylaczony|wyl)",
        "(?:no|without) previews?",
        "previews?:? (?:off|no)",
        "(?:turn off|disable|stop) (?:the )?previews?",
        "(?:turn )?(?:the )?previews? off",
    ),
    Kind.PREVIEW: (
        "podglad(?: (?:moich )?(?:wiadomosci|postow))?(?: przed (?:wyslaniem|wysylka))?",
        "podglad:? (?:tak|on|wlacz|wlaczony|wl)",
        "(?:wlacz|wloncz) (?:mi )?podglad(?: przed wyslaniem)?",
        "z podgladem",
        "(?:zawsze )?(?:najpierw|zawsze) podglad",
        "previews?(?: first| my (?:posts|messages|mails?))?",
        "previews?:? (?:on|yes)",
        "(?:turn on|enable) (?:the )?previews?",
        "(?:turn )?(?:the )?previews? on",
    ),
    Kind.WHICH_TOPICS: (
        "obszary(?: tematyczne)?",
        "(?:jakie|ktore) (?:sa |macie |mamy )?(?:tu |tutaj )?obszary(?: tematyczne)?(?: (?:sa|mozna wybrac|do wyboru|ma (?:ta )?lista))?",
        "(?:lista|spis|nazwy) obszarow",
        "(?:the )?topics",
        "(?:what|which) topics(?: are there| do you have| exist| can i (?:choose|follow))?",
        "what are the topics",
        "list (?:of )?topics",
    ),
    Kind.SIGN_IN: (
        "(?:zaloguj(?: mnie)?|logowanie|zalogowanie|log in|login|sign in|signin)",
        "(?:o )?(?:link|odnosnik) do (?:logowania|zalogowania(?: sie)?|archiwum)",
        "(?:a |the )?(?:sign-?in|log-?in) link",
        "(?:nowe )?haslo|(?:new )?password",
    ),
    Kind.STATUS: ("status(?: (?:mojej|moich) (?:wiadomosci|poczty)| mojego listu| of my (?:message|post|mail)s?)?", "moje? wiadomosc[i]?", "my messages?"),
}

ALONE = {kind: compiled("|".join(f"(?:{words})" for words in phrases)) for kind, phrases in _ALONE.items()}

# „Przerwa do Wielkanocy”: an end is named, and no pattern here tells the day. Better to ask than to pause for ever.
UNREADABLE_DAY = compiled(
    r"\b(?:do|until|till|by|na|przez|for)\b(?! (?:odwolania|mnie|nas|mojego powrotu|powrotu|further notice|i (?:return|am back|come back|say)|panstwa"
    r"|list[ey]|razie|jakis czas|now|a while|the time being|moj|ten|adres|urlop\w*|me|my|panstw\w+)\b)"
)
NEGATION = compiled(r"\b(?:nie|never|nigdy|don't|dont|do not|not|bez|without|no longer)\b")
SIGN_OFF = compiled(
    r"(?:pozdr\w*(?: serdecznie)?|(?:serdecznie |goraco )pozdr\w*|z powazaniem|serdecznie|z wyrazami szacunku|wyslane z \w[\w '-]{0,30}"
    r"|sent from \w[\w ]{0,30}|best|kind regards|regards|thanks|thank you|dziekuje|z gory dziekuje|cheers|--)[\s,.!]*"
)
POLITE = compiled(
    r"^(?:(?:(?:bardzo )?prosze|poprosze|please|dzien dobry|witam|czesc|hello|hi)[\s,:!]+)+|[\s,]+(?:prosze|poprosze|please|pls|plz|(?:z gory )?dziekuje|thanks"
    r"|thank you)$"
)
