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

_MAIL = "(?:wiadomosc|poczte|mail|mejl|e-?mail|list|message|post|letter)"
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
EVERYTHING_AGAIN = re.compile(
    r"(?:(?:znow|znowu|ponownie) (?:prosze (?:o )?)?(?:wszystko|wszystkie(?: wiadomosci| maile)?)|wszystko (?:znow|znowu|ponownie)|everything again)"
)
UNTIL_FURTHER_NOTICE = "(?:przerw[ae]|pauz[ae]|pause|hold|suspend) (?:do odwolania|until further notice)"
_ABRIDGED = "(?:przeglad|podsumowani|zestawieni|tryb|skrot)"

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
        f"(?:jeden|jedna|one) {_MAIL} (?:dziennie|codziennie|na dzien|(?:a|per) day)",
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
        f"(?:jeden|jedna|one) {_MAIL} (?:tygodniowo|na tydzien|w tygodniu|(?:a|per) week)",
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
        f"(?:jeden|jedna|one) {_MAIL} (?:miesiecznie|na miesiac|w miesiacu|(?:a|per) month)",
        "(?:przeglad )?miesieczny",
        "monthly(?: digest)?",
        "digest monthly",
        "once a month",
        "every month",
    ),
    Kind.EACH: (
        f"kazd[ay](?: {_MAIL})?(?: osobno| oddzielnie| od razu)?",
        "pojedynczo",
        "pojedyncze (?:wiadomosci|maile|listy)",
        "wszystko od razu",
        "(?:bez przegladu|wylacz przeglad|(?:no|turn off) digests?)",
        "wszystkie(?: wiadomosci| maile)?",
        f"(?:each|every)(?: {_MAIL})?",
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

# Said in a sentence.
_SENTENCES = {
    Kind.HELP: (
        r"^jak to dziala|^how does (?:this|it) work|^what (?:are the )?commands\b|^jakie (?:sa )?(?:polecenia|komendy)",
        r"\bco (?:moge|mozna|mam|trzeba) (?:tu |tutaj |do panstwa )?(?:na)?pisac\b|\bwhat can i (?:write|say|do)\b",
        r"\b(?:jak|w jaki sposob)\b.{0,30}\b(?:wypis|zapis|zrezygn|zmieni|ustaw|wlacz|wylacz|przerw|przesta|usun)",
        r"\bhow (?:do|can|could|should|to)\b",
        r"\b(?:prosze o pomoc|potrzebuje pomocy|need (?:some )?help|please help)\b",
    ),
    Kind.RESUME: (
        r"\b(?:wracam|wrocil[ae]m)(?: (?:juz )?(?:z urlopu|z wakacji|do pracy|na liste|do panstwa))?$",
        r"^(?:wracam|wrocil[ae]m) (?:juz )?(?:z urlopu|z wakacji|do pracy|na liste)\b|\bjestem (?:juz )?z powrotem\b",
        r"\b(?:prosze|poprosze|chce|chcial[ae]?bym)\b.{0,20}\b(?:wznow\w*|zakonczenie przerwy|zakonczyc przerwe)\b|^wznow\w{0,4} wysyl",
        r"\b(?:prosze|poprosze) (?:o ponowne|ponownie|znow|znowu) (?:wysyl|przysyl|przesyl|dostarcz)\w+",
        r"^i(?:'m| am) back\b(?! to\b)|\bplease resume\b|^resume (?:my )?(?:mail|delivery|messages)",
    ),
    Kind.WHO: (
        r"\b(?:jakie|jaka|pokaz|pokazcie|sprawdzic|podanie|podac)\b.{0,12}\b(?:mam|moje|moich) ustawie\w+|\bjakie mam ustawienia|\b(?:what are"
        r"|show) (?:me )?my settings",
        r"\bjakim (?:adresem|e-?mailem|mailem) (?:\w+ )?jestem\b",
        r"\b(?:na|pod|z) (?:jaki|jakim|jakiego|ktory|ktorym) (?:adres|adresem|e-?mail|mail|adresu)\w* (?:jestem|dostaje|przychodz)|\b(?:what"
        r"|which) address (?:am i|is mine|do you have)",
        r"^czy (?:ja )?(?:jeszcze |juz )?jestem (?:jeszcze |juz )?(?:zapisan\w|na liscie|na tej liscie)|^am i (?:still )?(?:subscribed|on the list"
        r"|on this list|a member)\b",
        r"\bo (?:liste|spis) (?:uczestnikow|osob|czlonkow)\b|\bkto (?:jest|nalezy) (?:na|do) (?:tej |naszej )?(?:liscie|listy)\b",
        r"\bwho (?:is|are|else is) on (?:the|this) list\b|\blist of (?:members|subscribers)\b",
    ),
    Kind.STATUS: (
        # To have it taken away or mended is another wish, and a human's.
        r"\b(?:co|gdzie|kiedy|czy|dlaczego|czemu)\b(?!.{0,40}\b(?:usun|skasow|popraw|zmien|wycof|edyt))"
        r".{0,30}\b(?:moja|moj|mojej|moim|mojego|moje) (?:wiadomosc|wiadomosci|wiadomoscia|list|listem|mail"
        r"|mailem|post|postem|wpis|wpisem)\b",
        r"\b(?:what (?:happened|about|is)|where|when|why|did|has|is|was)\b.{0,30}\bmy (?:message|post|mail|e-?mail|letter|posting)\b",
        r"\b(?:moja|moj) (?:wiadomosc|list|mail|post|wpis) (?:jeszcze |wciaz |nadal )?(?:sie )?nie (?:dotar|dosz|ukaz|pojawi|zostal)",
        r"\bnie (?:widze|ma|widac) (?:tam |jeszcze |nigdzie )?(?:mojej wiadomosci|mojego (?:listu|maila|mejla|posta|wpisu))\b",
        r"\bwysl[a-z]{2,5}m\b.{0,30}\b(?:wiadomosc|list|maila?|mejla?|posta?)\b.{0,20}\b(?:nie (?:widze|widac|dotar|dosz|pojaw|ukaz)|co sie z|gdzie)",
        r"\bmy (?:message|post|mail|e-?mail|letter) (?:never|hasn't|has not|didn't|did not) (?:appear|arriv|show|go|been)",
        r"\bstatus (?:mojej|moich|mojego|of my)\b",
    ),
    Kind.SIGN_IN: (
        r"\bnie (?:moge|umiem|potrafie|da sie) (?:mi )?(?:sie )?zalogowac\b|\bnie (?:pamietam|mam|znam) hasla\b|\bzapomnial[ae]m (?:\w+ )?hasl[ao]\b",
        r"\b(?:prosze|poprosze)\b.{0,20}\b(?:link|odnosnik|haslo)\w* (?:do (?:logowania|zalogowania|archiwum|konta|strony))",
        r"\b(?:can't|cannot|can not|unable to) (?:log|sign) ?in\b|\bforg[eo]t(?:ten)? my password\b|\b(?:need|send me|want) a? ?(?:sign-?in|log-?in) link\b",
    ),
    Kind.NO_PREVIEW: (
        r"\bbez podgladu (?:moich |przed )|\b(?:nie chce|prosze nie|rezygnuje z|wylaczcie|prosze wylaczyc|wylaczenie) \w{0,12} ?podglad\w*"
        r"|\b(?:don't|do not|no longer) (?:want|need|show|send) (?:me )?(?:any |the )?previews?\b",
    ),
    Kind.PREVIEW: (
        r"\b(?:chce|chcialabym|chcialbym|wole|wolalabym|wolalbym|prosze|poprosze|moge|czy moge|mozna)\b.{0,40}\b(?:zobaczyc|widziec"
        r"|zobaczenie|obejrzec|sprawdzic|podglad)\b"
        r".{0,40}\b(?:przed (?:wyslaniem|wysylka|opublikowaniem|publikacja)|zanim (?:sie |zostanie |pojdzie|wyjdzie|trafi|ja |je |to )?)",
        r"\b(?:show me|i (?:want|would like|'d like|like) to (?:see|check|preview)|let me (?:see|check|preview))\b.{0,40}\bbefore (?:it"
        r"|they|you|sending|posting|my)\b",
        r"\b(?:prosze|poprosze) o podglad\b",
    ),
    Kind.DAILY: (
        r"\b(?:raz dziennie|raz na dzien|codziennie|(?:jedn[ae]|jeden) (?:wiadomosc|maila?|poczte) dziennie|codzienn\w+ przeglad|one (?:mail|e-?mail"
        rf"|message) (?:a|per) day|{_ABRIDGED}\w* (?:co)?dzienn\w+|dzienn\w+ {_ABRIDGED}\w*|daily|once a day|every day)\b",
    ),
    Kind.WEEKLY: (
        rf"\b(?:raz (?:w tygodniu|na tydzien)|jedn[ae] \w+ tygodniowo|co tydzien|tygodniowo|{_ABRIDGED}\w* tygodniow\w+|tygodniow\w+ {_ABRIDGED}\w*|weekly"
        r"|once a week|every week|one (?:mail|e-?mail|message) (?:a|per) week)\b",
    ),
    Kind.MONTHLY: (
        rf"\b(?:raz (?:w miesiacu|na miesiac)|co miesiac|miesiecznie|{_ABRIDGED}\w* miesieczn\w+|miesieczn\w+ {_ABRIDGED}\w*|monthly|once a month"
        r"|every month|one (?:mail|e-?mail|message) (?:a|per) month)\b",
    ),
    Kind.EACH: (
        rf"\b(?:pojedyncze (?:wiadomosci|maile|listy)(?! zamiast)|kazd[ay] {_MAIL}|kazdego (?:maila|mejla|e-?maila|posta)"
        r"|(?<!za )wszystkie (?:wiadomosci|maile|listy)|(?<=do )pojedynczych (?:wiadomosci|maili|listow)"
        rf"|wszystko od razu|(?:every|each) (?:single )?{_MAIL}|all (?:messages|posts|mails))\b",
    ),
}

ALONE = {kind: re.compile("|".join(f"(?:{words})" for words in phrases)) for kind, phrases in _ALONE.items()}
SENTENCES = {kind: re.compile("|".join(f"(?:{words})" for words in phrases)) for kind, phrases in _SENTENCES.items()}

# „Przerwa do Wielkanocy”: an end is named, and no pattern here tells the day. Better to ask than to pause for ever.
UNREADABLE_DAY = re.compile(
    r"\b(?:do|until|till|by|na|przez|for)\b(?! (?:odwolania|mnie|nas|mojego powrotu|powrotu|further notice|i (?:return|am back|come back|say)|panstwa"
    r"|list[ey]|razie|jakis czas|now|a while|the time being|moj|ten|adres|urlop\w*|me|my|panstw\w+)\b)"
)
# How often mail comes is said in many sentences; it is asked for in these.
ASKING = re.compile(
    r"\b(?:prosze|poprosze|prosil[ae]?bym|chce|chcial[ae]?bym|wole|wolal[ae]?bym|przelacz\w*|ustaw\w*|wystarczy mi|wystarczy$|mogl[ao]?bym"
    r"|please|want|like|prefer|rather|is enough$|switch|change|set|send me"
    r"|czy moge|czy mozna|moge|mozna|can i|could i|may i|instead)\b"
)
NEGATION = re.compile(r"\b(?:nie|never|nigdy|don't|dont|do not|not|bez|without|no longer)\b")
SIGN_OFF = re.compile(
    r"(?:pozdr\w*(?: serdecznie)?|(?:serdecznie |goraco )pozdr\w*|z powazaniem|serdecznie|z wyrazami szacunku|wyslane z \w[\w '-]{0,30}"
    r"|sent from \w[\w ]{0,30}|best|kind regards|regards|thanks|thank you|dziekuje|z gory dziekuje|cheers|--)[\s,.!]*"
)
POLITE = re.compile(
    r"^(?:(?:(?:bardzo )?prosze|poprosze|please|dzien dobry|witam|czesc|hello|hi)[\s,:!]+)+|[\s,]+(?:prosze|poprosze|please|pls|plz|(?:z gory )?dziekuje|thanks"
    r"|thank you)$"
)
