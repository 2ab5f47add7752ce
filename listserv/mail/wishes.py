"""Wishes that must not be misread: to leave, to join, to pause. A clause counts only from its first word on.

„Proszę o wypisanie mnie” is one; „nigdy nie prosiłam o wypisanie mnie”, „Marek chce się wypisać” and „I was removed” begin
otherwise. Whatever the table does not know is asked back, never done. All patterns read folded text (lower case, no diacritics).
"""

from listserv.lazily import compiled
from listserv.mail.commandwords import LIST, MAILS, UNSUBSCRIBE, Kind
from listserv.mail.daywords import TIME

# What may stand before a wish.
_LEAD = (
    "dzien dobry|dobry wieczor|witam(?: serdecznie| panstwa)?|czesc|hej|szanown[aeiy] (?:panstwo|pani|panie)|niestety|dlatego(?: tez)?|wiec|zatem|a|i|oraz"
    "|to|ja"
    "|z przykroscia|z zalem"
    "|natomiast|jednak|juz|tylko|teraz|obecnie|ponownie|po raz \\w+|raz jeszcze|jeszcze raz|z gory dziekuje i|w tej sytuacji|przez to|stad"
    "|(?:w zwiazku ze?|z powodu|z uwagi na|ze wzgledu na|na podstawie|zgodnie z|w mysl)(?: \\w+){1,5}?|bardzo|uprzejmie|serdecznie|grzecznie|goraco|pilnie"
    "|hello|hi|good morning|dear \\w+|so|therefore|and|also|hence|unfortunately|sorry|then|thanks|thank you|ok|well|now|but"
)
# (So many at most: where one may also be a word of another, the ways to read them multiply.)
LEAD = rf"(?:(?:{_LEAD})[\s,!]+){{0,6}}"
_ASK = (
    "prosze|poprosze|prosimy|prosil[ae]?bym|(?:chcial[ae]?bym|chce|chcemy|pragne|musze|wole|wolal[ae]?bym)(?: \\w+)?? ?(?:prosic|poprosic)?"
    "|chcial[ae]m (?:prosic|poprosic)|chcial[ae]m(?: sie)?(?= (?:sie |mnie )?(?:wypis|zrezyg|zapis|dolacz)\\w+)(?!.*\\b(?:ale|lecz|jednak)\\b)"
    "|zwracam sie z(?: \\w+)? prosba|(?:mam|kieruje|ponawiam|skladam)(?: \\w+)? prosbe|z prosba|prosba|prosbe"
    "|czy (?:moge|mozna|moglbym|moglabym|mozemy|da sie|jest mozliwe|jest mozliwosc|bylaby mozliwosc|byloby mozliwe)(?: prosic)?"
    "|czy (?:mozecie|moglibyscie|mogl[ao]?bys|moze|moga|mogl[ao]?by|mogliby)|mozna prosic|moge prosic|mozecie|moglibyscie|mogliby"
)
# Words between the asking and what is asked for; none that denies, none that names somebody.
_GAP = (
    "o|mnie|sie|mi|nas|pani|pania|pan|pana|panstwo|panstwa|prosic|juz|jak|najszybsze|najszybciej|pilne|natychmiastowe|niezwlocznie|niezwloczne|teraz|rowniez"
    "|ponowne|ponownie|bardzo|uprzejmie|serdecznie|zrobic|krotka|mala|dluzsza|sobie|moj|mojego|swoj|swojego|ten|tego|adres|adresu|e-?mail|e-?maila|mail"
    "|maila|z|listy|prosze|zatem|wiec|tez|takze"
)
ASK = rf"(?:{_ASK})(?:[\s,:]+(?:{_GAP}))*[\s,:]+"
_PLEASE = (
    "please|pls|kindly|just|can you|could you|would you|will you|can i ask you to|could i ask you to|i ask you to|i want you to|i(?:'d| would) like you to"
    "|i(?:'d| would) be grateful if you could|would it be possible to|is it possible to|i request you to"
)
PLEASE = rf"(?:(?:{_PLEASE})[\s,]+)*"
I_WANT = r"i(?:'d| would| do| really| also)? (?:want|wish|like|love|need|prefer|have decided|ask|request)(?: please)? (?:to )?"
MAY_I = r"(?:can|could|may) i (?:please )?(?:be |get |have )?"

_ADDRESS = (
    "(?:(?:moj|ten|swoj|nasz|mojego|tego|swojego|naszego) (?:adres|adresu|e-?mail|e-?maila|mail|maila|adres e-?mail|adresu e-?mail)|adres(?:u)? e-?mail"
    r"|mo(?:je|ich) dan(?:e|ych)(?: osobow\w+)?)\b"
)
_TO_LEAVE = "(?:wypisac|wypisywac|usunac|wykreslic|skreslic|wyrejestrowac|wycofac|zrezygnowac|odsubskrybowac)"
_LEAVING = "(?:wypis(?:anie|ane|nie|anei)|wykreslenie|skreslenie|wyrejestrowanie|wypisania|rezygnacj[eai]|usunieci[ea](?= ))"
_DO_LEAVE = "(?:wypisz|wypiszcie|usun|usuncie|wykresl|wykreslcie|skresl|skreslcie)"
_TO_JOIN = "(?:zapisac|dopisac|dodac|dolaczyc|przylaczyc|zarejestrowac)"
_JOINING = "(?:zapisanie|dopisanie|dodanie|przyjecie|dolaczenie|przylaczenie)"
_FROM_LIST = rf"z(?:e)? {LIST}"
_TO_LIST = rf"(?:do|na) {LIST}"
_MORE = "(?:juz|wiecej|dluzej|zadnych|dalszych|kolejnych|takich|tych|tej|mi|nic|do mnie)"
_RECEIVE = "(?:otrzymywac|dostawac|otrzymywania|dostawania|czytac|byc na|nalezec do|uczestniczyc w)"
_SEND = "(?:wysylac|przysylac|przesylac|pisac|wysylania|przysylania|wysylanie|przysylanie)"
_FOR_ME = (
    r"(?:wysylk[ie]|wysylke|wysylanie|wysylania|dostarczanie|dostarczania|wiadomosc\w*|poczt\w|maili?|mejli?|subskrypcj[aei]|subskrypcje"
    r"|prenumerat\w+|korespondencj\w+)"
)

_MAILING = r"(?:wysyl|otrzym|dostar|dostaw|dosta|poczcie|wiadom|mail|mejl|subskr|prenumer|korespond)\w*(?: (?:wiadomosci|poczty|maili|listow|mi))*"
_TIME = r" (?:do|na|przez|od|az)\b"

# How a clause that is a wish begins.
BEGINNINGS: dict[Kind, tuple[str, ...]] = {
    Kind.LEAVE: (
        rf"{ASK}{_LEAVING}\b",
        rf"{ASK}{_TO_LEAVE}(?: juz| prosze)?(?: mnie| sie| {_ADDRESS}|(?= {_FROM_LIST})|(?<!usunac)$)",
        rf"{ASK}wypis(?= {_FROM_LIST})",
        rf"(?:{ASK}opuscic|opuszczam) {LIST}",
        rf"{ASK}(?:anulowanie|anulowac|zakonczenie|zakonczyc) (?:mojej |moja )?(?:subskrypcj[aei]|prenumerat[aey])\b",
        rf"(?:nie wyrazam|(?:wy)?cofam|wycofuje) zgod[ey] na (?:dalsze )?(?:otrzym|wysyl|przesyl|przysyl|dostawa)\w+(?: (?:mi|mnie|do mnie))?"
        rf"(?: {_MORE})* (?:{MAILS}|{LIST})(?!\w)",
        rf"nie chce(?: {_MORE})* tego(?: {_MORE})* (?:dostawac|otrzymywac)|nie chce(?: {_MORE})+ (?:dostawac|otrzymywac)(?: {_MORE})*(?=$|[,.;(])",
        rf"(?:{_ASK})(?: \w+)?? (?:mnie|sie|{_ADDRESS})(?: (?:panstwo|pani|pan|juz|prosze))?,? {_TO_LEAVE}\b",
        rf"(?:prosze,? )?(?:mnie )?{_DO_LEAVE}(?: prosze)? (?:mnie|{_ADDRESS})\b|(?:prosze,? )?mnie {_DO_LEAVE}\b",
        rf"wypisuje sie(?: {_FROM_LIST}|$)",
        rf"(?:rezygnuje|{ASK}zrezygnowac|skladam rezygnacje)(?: z)? (?:dalszego |dalszej )?(?:{LIST}|udzialu|otrzymywania|dostawania|czlonkostwa"
        rf"|uczestnictwa)(?: (?:tych|tej|dalszych|w|na|od panstwa|sieci|{MAILS}|{LIST}|z))*\b",
        rf"{ASK}(?:o )?(?:nic |wiecej )*(?:przestac|zaprzestanie|zaprzestac|nie)(?: {_MORE})* {_SEND}(?: {_MORE}| {MAILS})*(?!\w)",
        rf"nie (?:chce|chcial[ae]?bym|zycze sobie|potrzebuje)(?: {_MORE})*(?: {_RECEIVE})?(?: {_MORE})* (?:{MAILS}|{LIST})(?!\w)",
        rf"{PLEASE}(?:{UNSUBSCRIBE}|remove|delete|take|drop|get) (?:me|my (?:e-?mail )?address|my e-?mail|this (?:e-?mail )?address)\b(?! (?:a|an|the|some)\b)",
        rf"{PLEASE}(?:{UNSUBSCRIBE}$|(?:take|remove|delete) my name (?:off|from) {LIST})",
        rf"{PLEASE}(?:sign me off|opt me out|cancel (?:my|this) subscription|stop (?:all )?(?:these|those|your) {MAILS})\b",
        rf"(?:{I_WANT}|{MAY_I})(?:unsubscribe|opt out|be (?:unsubscribed|removed|taken off)|unsubscribed|removed|stop receiving|(?:leave"
        rf"|quit) {LIST}(?! of\b))",
        rf"{PLEASE}stop (?:sending|mailing|e-?mailing)(?: me)?(?: any| more| any more| these| this| those| your| such| {MAILS})*(?!\w)",
        rf"i (?:no longer|don't|do not)(?: any ?longer| really)? (?:want|wish)(?: any more)?(?: to (?:receive|get))?(?: any more| any| these| this| those"
        rf"| your| such| more)* (?:{MAILS}|{LIST})",
    ),
    Kind.JOIN: (
        rf"{ASK}{_JOINING}(?: mnie| nas| {_ADDRESS}|(?= {_TO_LIST})|$)",
        rf"{ASK}{_TO_JOIN}(?: mnie| sie| {_ADDRESS}|(?= {_TO_LIST})|$)",
        rf"(?:zglaszam|wyrazam) (?:chec|wole) (?:przystapienia|dolaczenia|zapisania sie)(?= {_TO_LIST})",
        rf"(?:{_ASK})(?: \w+)?? (?:mnie|sie|{_ADDRESS})(?: (?:panstwo|pani|pan))?,? {_TO_JOIN}\b",
        rf"(?:prosze,? )?(?:zapisz|zapiszcie|dopisz|dopiszcie|dodaj|dodajcie) (?:mnie|{_ADDRESS})\b",
        rf"{PLEASE}(?:subscribe me\b|subscribe$|(?:add|sign) me(?: up| to {LIST}|$)|add my (?:e-?mail )?address to {LIST})",
        rf"(?:{I_WANT}|{MAY_I})(?:join|subscribe|be added to) ?(?:{LIST}|to {LIST}|$)",
    ),
    Kind.PAUSE: (
        rf"{ASK}(?:przerwe|przerwy|pauze)(?: (?:w|we) {_MAILING})?(?={_TIME}|$|,)",
        rf"{ASK}(?:wstrzymanie|zawieszenie|wstrzymac|zawiesic|zatrzymac|zatrzymanie|przerwanie)(?: (?:mi|mnie|mojej|moich|mojego|moja"
        rf"|dla mnie))*(?: {_FOR_ME}\b|(?={_TIME}|$|,))",
        rf"(?:wstrzymaj|wstrzymajcie|zawies|zawiescie) (?:mi )?{_FOR_ME}",
        rf"(?:robie|potrzebuje) (?:\w+ )?(?:przerwe|przerwy)(?={_TIME}|$|,)",
        rf"(?:jestem|bede|ide|jade|wyjezdzam|przebywam) (?:\w+ )?na (?:urlop(?:ie)?|wakacje|wakacjach|zwolnieniu)(?={_TIME})",
        rf"{PLEASE}(?:pause|suspend|hold)(?: (?:me|my|all|the|list|delivery|mails?|e-?mails?|messages|posts|subscription|it))*(?: (?:until|till|for|from)\b|$)",
        rf"{I_WANT}(?:a |take a |have a )?(?:pause|break)\b",
        r"(?:i(?:'m| am|'ll be| will be) )?(?:away )?on (?:vacation|holiday|leave) (?:until|till|for)\b",
    ),
}
WISHES = {kind: compiled(f"{LEAD}(?:{'|'.join(f'(?:{begin})' for begin in begins)})") for kind, begins in BEGINNINGS.items()}
# „Proszę nie wysyłać mi nic do 15 sierpnia” is a pause, without a day it is a farewell.
NOT_NOW = compiled(
    rf"{LEAD}(?:{ASK}(?:mi )?(?:nic )?(?:nie|przestac|zaprzestanie)(?: {_MORE})* {_SEND}|{PLEASE}(?:don't|do not|stop) (?:send(?:ing)?|mail(?:ing)?))\b"
)
# Before the wish a length of time may stand.
TIME_FIRST = compiled(rf"\A(?:{TIME.pattern}),? (?=(?:bardzo |uprzejmie )?prosze\b|please\b)")

# Something in the sentence that makes it a doubt, a condition, a story, or somebody else's wish.
SUPPOSED = compiled(
    r"\b(?:gdyby\w*|jesli|jezeli|o ile|chyba|powinn\w+|zastanawia\w+|ewentualnie|kiedys|w przyszlosci|byc moze|dlaczego|czemu|po co|kto|pomyl\w+|anuluj\w*"
    r"|odwoluje|(?:wy)?cofam(?! zgod)|zaluj\w+"
    r"|if|unless|whether|why|who|maybe|perhaps|might|should i|thinking|wonder\w*|mistake\w*|accident\w*|ignore|cancel my request|someday)\b|(?<!czy )\bmoze\b"
)
TOLD = compiled(
    r"\b(?:wczoraj|przedwczoraj|rok temu|tydzien temu|kiedys|(?:na|do|od)?pisal\w*|(?:po)?prosil(?!\w*bym\b|\w*by\b)\w*|mowil\w*|powiedzial\w*|klikn\w+"
    r"|wypisal\w*|usunal\w*|usune[lt]\w*"
    r"|(?<!\bo )wypisan[aeoy]\w?|usuniet[aeoy]\w?|zostal\w*|mowi|pisze|twierdzi|brzmi|napis\w?|napisane|stopk\w+|slowo|zdanie|rozmysl\w+"
    r"|yesterday|last (?:week|month|year)|ago|asked|told|said|says|wrote|writes|was|were|been|someone|somebody|footer|the word)\b"
)
# Less mail is not no mail.
FEWER = compiled(
    r"\b(?:tylu|tyle|az|tak (?:wielu|duzo|czesto)|zalacznik\w*|spamu?|reklam\w*|so many|that many|that often|attachments?|spam|html|duplicates?|podwojn\w+"
    r"|dwa razy)\b"
)
SOMEBODY_ELSE = compiled(
    r"\b(?:pani[aą]?|pana|kolezan\w+|koleg\w+|osob[aeyi]?|jego|jej|ja|ich|go|meza|zony|zone|corki|syna|mamy|taty|szefow\w+|szefa|dyrektor\w*|pracowni\w+|him"
    r"|her|them|colleague\w*|wife|husband|boss"
    r"|mother|father|friend)\b|@"
)
MYSELF = compiled(rf"\b(?:mnie|sie|mi|me|my (?:e-?mail|address|mail)|i|{_ADDRESS})\b|\bmoj(?:ego)? (?:adres|e-?mail|mail)")
_LIST_NAMED = rf"(?:{_FROM_LIST}|{_TO_LIST}|(?:from|off|off of|to) {LIST})"
_OWN = rf"[\s,]*(?:(?:mnie|sie|mi|me|stad|prosze|please|up|{_ADDRESS})\s*)*"
_WHY = "bo|poniewaz|gdyz|z powodu|w zwiazku|ze wzgledu|z uwagi|od|dziekuje|i dziekuje|z gory|pozdrawiam|because|since|thank\\w*|asap|any ?more|now"
# What may follow a wish: the list, and why.
REST = compiled(
    rf"{_OWN}(?:{_LIST_NAMED})?(?:[\s,]+(?:\w+owej|\w+yjnej|odbiorcow|subskrybentow|uczestnikow|adresatow|mailing|jak najszybciej|prosze|please|panstwa|”))*"
    rf"(?:$|\s*[,;(–—].*|\s-.*|[\s,]+(?:{_WHY})\b.*)"
)
# A list is called by its name: „z listy Sieć BP”. These lists are others.
_OTHER_LISTS = "obecnosci|gosci|oczekuj|rezerwow|prelegent|mowc|na|warsztat|szkole|zadan|zakup|plac|as|of|for|in|at|w|how|jak|because"
NAMED = compiled(rf"{_OWN}{_LIST_NAMED}(?: (?!(?:{_OTHER_LISTS})\w*\b)[\w.+-]+(?:@[\w.-]+)?){{1,4}}(?:$|\s*[,;(–—].*)")

# Where a sentence begins anew; what hangs on the clause before it does not.
CLAUSE = compiled(
    r"\s*(?:[,;(]|\s[-–—]+(?=\s)|\b(?:ale|wiec|dlatego|stad|but|so)\b|\b(?:i|oraz|and)\b(?= (?:\w+ )?(?:prosze|chcial[ae]?bym|z przykroscia|z zalem"
    r"|i'd|i would|please)\b))\s*(?!(?:ze|zeby|aby|by|azeby|iz|czy|ktor\w+|zebym|abym|that|to|which|who)\b)"
)

_ERASE = "(?:usuniecie|usunac|skasowanie|skasowac|wymazanie|wymazac)"
_ERASURE = "(?:usuniecia|usuniecie|skasowania|skasowanie|wymazania|wymazanie)"
_DATA = r"(?:(?:wszystkich |wszystkie )?(?:moich|moje|swoich|swoje|mych)(?: wszystkich| wszystkie)? dan(?:ych|e)(?: osobow\w+)?|mo(?:jego|je) konta?)"
_MY_DATA = "(?:all )?(?:of )?my (?:personal )?(?:data|account|information)"
# „Proszę o usunięcie moich danych osobowych z Państwa bazy”: to be forgotten is more than to leave.
FORGET = compiled(
    rf"{LEAD}(?:(?:zadam|domagam sie|wnosze o|zadamy) (?:\w+ )??{_ERASURE} {_DATA}|(?:prosze|chce|zadam)(?: mnie)? zapomniec(?: o)? mnie|prosze mnie zapomniec"
    rf"|{ASK}(?:o )?{_ERASE}(?: (?:mi|prosze))* {_DATA}|(?:prosze,? |bardzo prosze )?(?:usun|usuncie|skasuj|skasujcie|wymaz|wymazcie)(?: prosze)? {_DATA}"
    rf"|{PLEASE}(?:delete|erase|remove) {_MY_DATA}|{I_WANT}(?:you to )?(?:delete|erase|remove) {_MY_DATA}"
    rf"|{I_WANT}(?:have )?{_MY_DATA}(?: to be)? (?:deleted|erased|removed))\b"
)
FROM_A_LIST = compiled(r"\bz(?:e)? (?:\w+ )?(?:list[yae]\b|liscie|grupy|subskryp|newsletter)|\bfrom (?:the|this|your) (?:mailing )?list\b")
POSTS_TOO = compiled(r"\b(?:i|oraz|wraz z|razem z|and|with) (?:wszystki\w+ |all )?(?:of )?(?:moj\w+ |my )?(?:wiadomosci\w*|wpis\w*|post\w*|messages|mails)\b")
# „Nie chcę maili, ale chcę zaglądać do archiwum”
_LOOKS = r"(?:zaglad\w+|zajrz\w+|czyta\w+|przeglada\w+|korzysta\w+|dostep\w*|read\w*|access\w*|brows\w+|look\w*|keep\w*)"
ARCHIVE_ONLY = compiled(rf"(?=.*\b{MAILS}(?!\w))(?=.*\b(?:nie|bez|zadnych|no|not|don't|stop|without)\b).*\b{_LOOKS}\b.{{0,40}}\b(?:archiw\w+|archives?)\b")
NO_LOOKING = compiled(rf"\b(?:nie|not|don't)(?: \w+)?? {_LOOKS}\b")
THE_ARCHIVE = compiled(r"\b(?:archiw\w+|archives?)\b")


def forgets(sentence: str) -> bool:
    """Does somebody ask for their data to be erased, and not only to be off a list?"""
    if SUPPOSED.search(sentence) or TOLD.search(sentence) or FROM_A_LIST.search(sentence):
        return False
    return any(FORGET.match(clause) for clause in clauses(sentence))


def archive_only(sentence: str) -> bool:
    """No mail, and the archive all the same?"""
    supposed = SUPPOSED.search(sentence) or TOLD.search(sentence)
    return not supposed and ARCHIVE_ONLY.match(sentence) is not None and not NO_LOOKING.search(sentence)


def clauses(sentence: str) -> list[str]:
    """Where a wish may begin: the sentence, and what stands after each of its commas."""
    starts = [0, *(found.end() for found in CLAUSE.finditer(sentence))]
    return [TIME_FIRST.sub("", sentence[at:].lstrip(", ")) for at in starts if sentence[at:].strip()]


def wished(sentence: str) -> Kind | None:
    """To leave, to join or to pause, where a sentence asks for that and for the writer alone."""
    if SUPPOSED.search(sentence) or TOLD.search(sentence) or FEWER.search(sentence):
        return None
    for clause in clauses(sentence):
        kind = _begins(clause)
        # Whoever speaks of the archive in the same breath may wish to keep it.
        if kind and not (kind is Kind.LEAVE and THE_ARCHIVE.search(sentence)):
            return kind
    return None


def _begins(clause: str) -> Kind | None:
    for kind, pattern in WISHES.items():
        found = pattern.match(clause)
        if found and (kind is Kind.PAUSE or _own(found[0], clause[found.end() :])):
            return kind
    return None


def _own(wish: str, rest: str) -> bool:
    """Is it about the writer? Where nobody is named, nobody may be named in what follows."""
    if MYSELF.search(wish) or MYSELF.match(rest.lstrip()):
        return REST.fullmatch(rest) is not None or NAMED.fullmatch(rest) is not None
    return REST.fullmatch(rest) is not None and SOMEBODY_ELSE.search(rest) is None
