"""The words in which people ask a bank of materials for something, Polish and English; all folded (lower case, no diacritics)."""

from listserv.lazily import compiled


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


REPLY = compiled(r"\s*(?:(?:re|odp|fwd?|pd|dw|aw|sv)\s*:|automatyczna odpowiedz|automatic reply)")
MARK = _words("nr numer numeru numery numerem numerze numerow number numbers no nos # №")
# What a numbered thing is called: in posts it must be said, where numbers are of everything.
THING = _words(
    "material materialu materialy materialow materialem materialami materials pozycja pozycje pozycji plik pliku pliki plikow",
    "scenariusz scenariusza scenariusze scenariuszy scenariuszem prezentacja prezentacje prezentacji konspekt konspektu konspekty konspektow",
    "tutorial tutorialu tutorials poradnik poradnika poradniki item items file files document documents dokument dokumentu dokumenty dokumentow",
    "presentation presentations scenario scenarios",
)
JOINS = _words("i oraz a takze and plus & + , ; /")
ASK = _words(
    "przyslij przyslijcie przyslac przyslanie przeslij przeslijcie przeslac przeslanie wyslij wyslijcie wyslac wyslanie podeslij podeslijcie podeslac",
    "podeslanie nadeslij nadeslac nadeslanie dostac otrzymac pobierz pobrac poprosze prosze prosba prosilabym prosilbym poprosic prosic daj dajcie chce",
    "chcialabym chcialbym chcemy dolacz send get fetch mail email e-mail have receive forward want need order",
)
# What may stand beside them, and nothing else: a word more is about something else.
BESIDE = _words(
    "bardzo uprzejmie czy moge mozna moglabym moglbym moglibysmy jeszcze tez takze rowniez teraz ponownie mi mnie nam do moj ten na adres mailem poczta o z ze",
    "banku te ta to jesli mozna dziekuje dziekujemy dzieki gory raz would like i'd could can",
    "may will you i we please pls kindly also again me us the that over a",
    "copy of from bank by thanks thank advance many in if possible hi hello hey dzien dobry witam czesc hej panstwa panstwo prosze poprosze , : .",
)
GREETING = compiled(
    r"(?:dzien dobry|dobry wieczor|witam|czesc|hej|szanowni panstwo|szanowna pani|szanowny panie|drodzy|hello|hi|hey|good morning|dear)(?: \w+){0,3}[,!.:–-]\s*"
)
GREETED = compiled(
    r"(?:dzien dobry|dobry wieczor|witam|czesc|hej|szanowni panstwo|szanowna pani|szanowny panie|drodzy|hello|hi|hey|good morning|dear)(?: \w+){0,3}"
)
I_USED = compiled(
    r"^(?:uzyt[eoayi]|wykorzystan[eoayi]|skorzystano|used)\b|(?<!nie )(?<!not )\b(?:(?:skorzystal|korzystal|wykorzystal|uzyl|zastosowal|pracowal)"
    r"(?:am|em|ysmy|ismy)|wykorzystuje|korzystam|uzywam"
    r"|(?:i|we)(?:'ve| have)?(?: just| also| already| recently| happily)? (?:used|made use of|taught with|worked with|tried))\b"
)
BETWEEN = _words(
    "dzis dzisiaj wczoraj juz tez rowniez takze ostatnio wlasnie niedawno powodzeniem",
    "na lekcji zajeciach spotkaniu warsztatach tym tygodniu z ze panstwa waszego",
    "banku oparciu wedlug the your today yesterday bardzo chetnie sie w :",
)
# Behind the number stands a place, an occasion or nothing: „z 12 scenariuszy” and “12 pages” are of something else.
THEN = _words(
    "na w we u z ze do podczas przy i oraz bo dzieki dziekuje dziekujemy wczoraj dzis dzisiaj juz dwa trzy razy od jako dla po kiedy gdy",
    "in at with on for during as and today yesterday last this twice thanks thank when from by , ; : ( ) –",
)
UNSURE = compiled(r"\b(?:czy|gdyb\w*|jesli|jezeli|chcial\w*|moze|zamierzam|nie|if|whether|would|could|might|going to|did|not|n't|haven't)\b")

LISTING = compiled(
    r"(?:(?:prosze|poprosze|przyslij|przyslijcie|podaj|podajcie|pokaz|pokazcie|bardzo|please|send|show|give|o|me|us|mi|nam|the|przyslac|przeslac|przeslanie"
    r"|pelna|pelny|cala|caly|whole|full|a) ){0,8}"
    r"(?:list[aey]|wykazu?|spisu?(?: tresci)?|katalogu?|wszystko|wszystkie|calosc|nowosci|nowe|najnowsze|ostatnie|co (?:jest|macie|mamy|nowego)|zawartosc"
    r"|list|index|catalogue|catalog|all|everything|what(?:'s| is)? (?:there|new)|newest|latest|new|contents?)"
    r"(?: (?:materialow|materialy|wszystkich|wszystko|pozycji|banku|bank|w|z|of|the|in|all|materials|items|everything|nowych|prosze|please)){0,8}"
)
HELPING = compiled(
    r"(?:prosze o |poprosze o |please )?(?:pomoc|help|instrukcj\w+|info(?:rmacj\w+|rmation)?|jak (?:to dziala|pytac|zamowic|szukac)"
    r"|how (?:does it work|do i|to)\b.{0,60})"
)
_LEADS = (
    r"(?:czy (?:ktos ma|mamy|macie(?: panstwo)?|jest|sa|maja panstwo|moge prosic o|mozna prosic o)|szukam|szukamy|szukaj|poszukuje|poszukujemy|potrzebuje"
    r"|potrzebujemy|potrzebne|znajdz|prosze o|poprosze o|poprosze|interesuja mnie|interesuje mnie|chcialabym|chcialbym|search(?: for)?|find(?: me)?"
    r"|(?:i am |i'm )?looking for|i need|do you have|is there|are there|please send me|have you got)[ :]+"
)
_OF_WHAT = (
    r"(?:(?:jakies|jakis|jakichs|cos|czegos|any|some|anything|something|list[ey]|wszystkie|wszystkich|materialy|materialow|material|materialu|materials?|pozycje"
    r"|o|na temat|dotyczac\w{1,4}|w temacie|z zakresu|zwiazan\w{1,4} z|dla nas|about|on|concerning|regarding|list of|the|all|for|of) ){0,6}"
)
LEAD = compiled(rf"(?:bardzo )?(?:{_LEADS})?{_OF_WHAT}")
_MANNERS = (
    r"(?:(?:bardzo|uprzejmie|z gory|serdecznie) ){0,3}(?:prosze|dziekuj\w{1,3}|dzieki|pozdrawiam\w{0,2}|please|thanks?|thank you)"
    r"(?: (?:bardzo|panstwu|in advance|you|serdecznie|o (?:pomoc|odpowiedz))){0,4}"
)
MANNERS = compiled(_MANNERS)
TAIL = compiled(rf"[ ,.!–-]\s*{_MANNERS}$")
# Subjects that say nothing of what is looked for.
EMPTY = compiled(
    r"(?:prosba|pytanie|zapytanie|materialy?|materialow|bank(?: materialow)?|do banku(?: materialow)?|szukam|szukaj|dzien dobry|witam|czesc|request|question"
    r"|materials?(?: bank)?|search|hello|hi|\(?(?:brak tematu|no subject|bez tematu)\)?)?"
)
