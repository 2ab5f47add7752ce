"""The words of `mail.decisions`, all folded: those that decide, those that may stand beside them, and those that spoil a decision."""

import re
from enum import StrEnum

from listserv.lazily import compiled


class Answer(StrEnum):
    """What a letter decides."""

    YES = "yes"
    NO = "no"
    UNDO = "undo"
    TRUST = "trust"
    BAN = "ban"
    WITHDRAW = "withdraw"
    # What waits as an application is none: it is an ordinary letter.
    LETTER = "letter"
    OTHER = "other"


def _any(*words: str) -> str:
    """One of these, the longest first: what is taken is never given back."""
    return "(?:" + "|".join(sorted((word for line in words for word in line.split("|")), key=len, reverse=True)) + ")"


def _each(patterns: str, *words: str) -> str:
    """Every word put into a pattern at its star."""
    return "|".join(patterns.replace("*", word) for word in words)


# ---- the words that decide ---------------------------------------------------------------------------------

# With these a yes or no is said; with the verbs below somebody does it. „OK, dzięki” may only mean “I have read it”.
SAID_YES = frozenset({"tak", "yes", "ok", "okay", "okej", "oki", "yep", "yeah", "zgoda"})
NODS = frozenset({"ok", "okay", "okej", "oki"})
SAID_NO = frozenset({"nie", "no", "nope"})
_LET_IN = (
    "pusc|puscic|puscmy|puszczam|puszczamy|przepusc|przepuscic|przepuszczam|przepuszczamy|wpusc|wpuscic|wpuszczam|wpuszczamy"
    "|zatwierdz|zatwierdzam|zatwierdzamy|zatwierdzic|zatwierdzone|przyjmij|przyjmuje|przyjmujemy|przyjmijmy|przyjac|przyjete"
    "|akceptuj|akceptuje|akceptujemy|zaakceptuj|zaakceptowac|akceptacja|publikuj|publikuje|publikujemy|opublikuj|opublikujmy|opublikowac"
    "|niech bedzie|niech juz bedzie|niech idzie|moze byc|mozna przyjac|mozna puscic|mozna opublikowac|mozna wpuscic"
    "|prosze przyjac|prosze puscic|prosze opublikowac|prosze wpuscic|prosze zatwierdzic"
    "|approve|approved|admit|accept|accepted|publish|go ahead|"
) + _each("let * in|let * through", "her", "him", "them", "it")
_KEEP_OUT = (
    "odrzuc|odrzucam|odrzucamy|odrzucic|odrzucmy|odrzucone|odmow|odmawiam|odmawiamy|odmowic|odmowmy|reject|rejected|decline|declined|refuse"
    "|nie zgadzam sie|nie zgadzamy sie|not approved|"
) + "|".join(
    (
        _each("nie *m|nie *my|nie *j|nie *c", "puszcza", "przepuszcza", "wpuszcza"),
        _each("nie *uje|nie *ujemy|nie *owac|nie *uj", "przyjm", "publik", "akcept"),
        "nie zatwierdzam|nie zatwierdzamy|nie zatwierdzac|nie przyjmowac",
        _each("do not *|don't *", "publish", "approve", "admit", "accept", "post", "let her in", "let him in", "let them in", "let it through"),
    )
)
VERBS: dict[Answer, str] = {
    Answer.YES: _any(_LET_IN),
    Answer.NO: _any(_KEEP_OUT),
    Answer.UNDO: _any("cofnij|cofam|cofnac|undo"),
    Answer.TRUST: _any("zaufaj|trust"),
    Answer.BAN: _any("blokuj|zablokuj|zablokowac|blokujemy|zbanuj|block|ban"),
    Answer.WITHDRAW: _any("wycofaj|withdraw"),
}
# A refusal that is its own reason.
OFF_TOPIC = compiled(r"(?:to )?(?:nie na temat|not on topic|off[ -]topic)\b")

# ---- what may stand beside them ----------------------------------------------------------------------------

_OBJECT = _any(
    "ja|jego|go(?! ahead)|ich|je|to|tego|te|ta|ten|tej|temu|tym|moja|moj|moje|swoja|ostatnia|te pania|tego pana|pania|pana|te osobe|osobe|osobie"
    "|adres|adresowi|autora|autorowi"
    "|autorke|autorce|nadawce|nadawcy|zgloszenie|wiadomosc|wiadomosci|list|post|wpis|decyzje|decyzja|wszystkich|na liste|do listy|na strone"
    "|do sieci|do nas|do grona|do grupy",
    "her|him|them|it|this|that|the|my|last|person|address|author|sender|post|message|mail|letter|application|decision|in|to|on|list|everybody|all",
)
_WITH_OBJECT = rf"(?: {_OBJECT}(?= ))*"
_PLEASE = _any("bardzo prosze|prosze bardzo|prosze|poprosze|prosimy|please|pls")
_HEARTILY = _any("bardzo|serdecznie|cieplo|goraco|z gory|pieknie|slicznie|najmocniej|very much|a lot|so much|in advance|warmly")
_THANKS = rf"(?:{_any('dziekuje|dziekujemy|dzieki|wielkie dzieki|many thanks|thanks|thank you|thx')}(?: {_HEARTILY}(?= ))*)"
COURTESY = rf"(?:{_PLEASE}|{_THANKS})"
_ASSENT = _any(
    "tak|yes|ok|okay|okej|oczywiscie|jak najbardziej|jasne|pewnie|bardzo chetnie|chetnie|koniecznie|z przyjemnoscia|z radoscia|zgoda|zgadzam sie|zgadzamy sie"
    "|popieram|jestem za|moze isc|moze byc|niech idzie|mozna puscic|mozna przyjac|mozna opublikowac|mozna wpuscic|mozna dodac|w porzadku|dobrze"
    "|super|swietnie",
    "of course|sure|certainly|absolutely|definitely|gladly|by all means|with pleasure|fine|great|good",
)
_DO_IT = _any(
    "dodaj|dodajemy|dodajcie|dodac|dodaje|dopisz|dopisuje|dopiszcie|zapisz|wyslij|wysylamy|wpisz|add|post|send|mozna puscic|mozna przyjac"
    "|mozna opublikowac|mozna dodac"
)
_WELCOME = rf"(?:{_any('zapraszam|zapraszamy|zapros|witam|witamy|welcome')}(?: (?:{_OBJECT}|{_HEARTILY}|aboard)(?= ))*)"
_NO_OBSTACLE = _any(
    "nie ma problemu|nie ma przeszkod|nie ma przeciwwskazan|nie ma zastrzezen|nie mam nic przeciwko|nie mam nic przeciw|nie mamy nic przeciwko"
    "|nie widze przeszkod"
    "|nie widze problemu|nie widze przeciwwskazan|nie mam zastrzezen|nie mam uwag|bez zastrzezen|bez uwag|no problem|no objections|no objection|not a problem"
)
_WHO = _any("nasza|nasz|nasze|moje|dobre|moja|moj|dobra|dobry|nowa|nowy|our|my|a|an|good|new")
_KIND = _any(
    "kolezanka|kolega|bibliotekarka|bibliotekarz|nauczycielka|nauczyciel|znajoma|znajomy|zgloszenie|wiadomosc|pytanie",
    "colleague|librarian|teacher|application|message",
)
# „to kolega z targów”, „ze szkoły podstawowej”, “from our library”: behind a person, one word and perhaps what kind of it.
_PLACE = _any(
    "targow|pracy|szkoly|szkol|biblioteki|bibliotek|filii|liceum|technikum|konferencji|szkolen|szkolenia|spotkan|spotkania|warsztatow|kursu|studiow|sieci"
    "|uczelni|wydawnictwa|fundacji|muzeum|przedszkola|gminy|miasta",
)
_WHICH = _any(
    "podstawowej|sredniej|branzowej|muzycznej|pedagogicznej|publicznej|miejskiej|gminnej|powiatowej|wojewodzkiej|szkolnej|szkolnych|ksiazki",
)
_FROM_WHERE = (
    rf"(?:ze? (?:naszej |naszych |mojej )?{_PLACE}(?: {_WHICH})?"
    r"|(?:from|at) (?:our |my |the )?(?:work|school|library|college|university|conference|network|training|course|workshop))(?= )"
)
_KNOWN = (
    rf"(?:(?:bo |poniewaz |because )?(?:dobrze |osobiscie |i )?{_any('ja znam|go znam|ich znam|znam|znamy|know')}(?: {_OBJECT})?(?= )(?: {_OBJECT}(?= ))*"
    r"(?: (?:osobiscie|dobrze|z konferencji|z pracy|ze szkolen|ze szkolenia|ze spotkania|ze spotkan|z biblioteki|personally|well))?)"
    rf"|(?:(?:bo |poniewaz |because )?(?:to|it is|it's|she is|she's|he is|he's) (?:jest )?(?:{_WHO} )*"
    rf"{_KIND}(?: {_FROM_WHERE})?)"
)
BESIDE_YES = rf"(?:{_NO_OBSTACLE}|{_KNOWN}|{_WELCOME}|(?:{VERBS[Answer.YES]}|{_DO_IT}){_WITH_OBJECT}|{_ASSENT}|{COURTESY})"
_SORRY = _any(
    "to pomylka|pomylka|moja pomylka|pomylilam sie|pomylilem sie|bo sie pomylilam|bo sie pomylilem|przepraszam|to byla pomylka|za szybko"
    "|my mistake|a mistake|mistake|sorry"
)
_RUBBISH = (
    r"(?:(?:bo |because )?(?:to |to jest |it is |it's |this is )?(?:znowu |kolejna |kolejny |znow |a |an |just |again )*"
    + _any("spam|reklama|reklamy|oszustwo|oszust|oszustka|phishing|wyludzenie|scam|fraud|advertisement|advertising|ad|nie na temat|naciagacz|robot|bot")
    + r")|(?:(?:znowu|znow|po raz|juz|ciagle|zawsze|drugi|trzeci|kolejny|raz|again|the|same|third|second|time|thing) )*(?:to samo|the same|same thing|again)"
)
BESIDE: dict[Answer, str] = {
    Answer.YES: BESIDE_YES,
    Answer.UNDO: rf"(?:{_SORRY}|{COURTESY})",
    Answer.TRUST: rf"(?:{_KNOWN}|{COURTESY})",
    Answer.BAN: rf"(?:{_RUBBISH}|{COURTESY})",
    Answer.WITHDRAW: rf"(?:{_SORRY}|{COURTESY})",
}
BEGINS = {answer: compiled(rf"{VERBS[answer]}{_WITH_OBJECT} ") for answer in BESIDE}
GOES_ON = {answer: compiled(f"{beside} ") for answer, beside in BESIDE.items()}
THANKS = compiled(f"{_THANKS} ")


def made_of(said: str, *patterns: re.Pattern[str]) -> bool:
    """Are these words (one blank behind each) the first of the patterns, and then the last of them over and over? What is taken is never given back."""
    at = 0
    for pattern in patterns[:-1]:
        found = pattern.match(said, at)
        if found is None:
            return False
        at = found.end()
    while at < len(said) and (found := patterns[-1].match(said, at)):
        at = found.end()
    return at == len(said)


REFUSES = compiled(rf"{VERBS[Answer.NO]}\b(?:[ \t]+{_OBJECT}\b)*")
LETS_IN = compiled(rf"{VERBS[Answer.YES]}\b")

# ---- after a no --------------------------------------------------------------------------------------------

BECAUSE = compiled(r"(?:bo|poniewaz|gdyz|dlatego ze|because|since)\b[\s,:]*")
REASON = compiled(r"(?:bo|poniewaz|gdyz|dlatego|z powodu|niestety|because|since|due to|sorry|unfortunately)\b")
_NOT = r"(?:nie|not|n't|never|cannot|nigdy)"
_LETTING = (
    r"(?:o?pub?lik\w*|puszcz\w*|pusc\w*|przepu(?:sc|szcz)\w*|wpu(?:sc|szcz)\w*|przyjm\w*|przyja\w*|przyje\w*|za?akcept\w*|akcept\w*|zatwierdz\w*"
    r"|doda[jcmn]\w*|dopis\w*"
    r"|zapros\w*|zaprasz\w*|witam\w*|approv\w*|admit\w*|accept\w*|publish\w*|allow\w*|welcome|let|add|post it|go ahead|go through)"
)
# A refusal whose reason says that it is fine, or that somebody has not decided, refuses nobody.
LETS = compiled(rf"\b{_LETTING}\b")
NEGATED = compiled(
    rf"(?:\b{_NOT}|n't)(?: (?:moge|mozemy|mozna|bedziemy|bede|chcemy|chce|wolno|nalezy|powinnismy|da sie|jest|sa|be|to|can|will|do))?(?: \w+owac"
    rf"| sie)? {_LETTING}\b"
)
CONTRADICTS = compiled(
    r"\b(?:tak|yes|ok|okay|okej|cofn\w+|cofam|undo|zauf\w+|ufam|trust|blok\w+|zablok\w+|zban\w+|ban|block|wycof\w+|withdraw|usun\w*|kasuj|skasuj"
    r"|delete|zgod\w*|zgadz\w+"
    r"|dobrze|dobra|dobry|dobre|super|jasne|pewnie|oczywiscie|porzadku|spoko|fine|good|great|sure|alright|all right|zart\w*|joke|kidding"
    r"|pomyl\w+|mistake|cancel|anuluj"
    r"|niech|ale|lecz|jednak|but|however|albo|lub|or|chyba|raczej|moze|mozliwe|maybe|perhaps|probably|mysle|sadze|wydaje|uwazam|hm+"
    r"|wlasciwie|actually|mozna|da rady|dam|damy|zdaze|zdazylam|zdazylem|czasu|moge|mozemy|musze|musimy|chce|wiem|wiemy|rozumiem|pamietam|mialam"
    r"|mialem|bylam|bylem"
    r"|widze|widzialam|widzialem|znam|znamy|mam|jestem|bede|wroce|wracam|ide|czytam|czytalam|czytalem|przeczyt\w+|przejrz\w+|sprawdz\w+"
    r"|dostal\w+|otrzymal\w+|decyd\w+|zdecyd\w+"
    r"|zastan\w+|zapyt\w+|zapytaj\w*|spyt\w+|pytam|pytaj\w*|pogad\w+|poczek\w+|czek\w+|wstrzym\w+|zostaw\w*|chwil\w+|moment\w*|zaraz|jutro"
    r"|pojutrze|dzis|dzisiaj|wieczorem"
    r"|pozniej|potem|teraz|jeszcze|narazie|na razie|urlop\w*|zwolnieni\w+|wyjezdzie|wyjezdzam|nieobecn\w+|poza biurem|bylo mnie|ma mnie|kto|ktos"
    r"|czemu|dlaczego|po co"
    r"|przeciw\w*|sprzeciw\w*|zastrzez\w*|przeszk\w+|problem\w*|uwag\w*|objection\w*|worries|rush|pospiech\w*|spiesz\w+|otwiera|otworzyc|dziala"
    r"|zapomn\w+|zapomin\w+|gniewaj|mow"
    r"|wait|hold|later|tomorrow|tonight|today|now|yet|check|ask|asking|decide|decides|unsure|not sure|idea|clue|think|know|away|vacation|holiday"
    r"|out of office|in the office"
    r"|soon|next week|she|he|i|i'll|i'd|i've|she's|he's|it's (?:ok|okay|fine|good)|ignore|keep|leave|never mind|nevermind)\b"
)
# „Przykro mi”, “I am sorry” are none of that.
HARMLESS = compiled(r"\b(?:i'm|i am|we are|we're) (?:sorry|afraid)\b|\bjest ok(?=\.? ?\d)")
KNOWS_THEM = compiled(
    r"\bto (?:jest )?(?:\w+ )?(?:kolezank|koleg|bibliotekark|bibliotekarz\b|znajom)"
    r"|\b(?:nie|not)(?: (?:jest|to|an?|zad\w+|is|this))* (?:reklam\w*|spam\w*|oszust\w*|phishing\w*|ad|advert\w*|scam)\b"
)
# „To do Aliny” hands it on: read before folding.
HANDED_ON = compiled(r"\b(?:do|dla|for|to|ask|niech) [A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]+(?:y|i|ę|a)?[.! ]*$")
NUMBER = compiled(r"\d|of\b")

# ---- around it ---------------------------------------------------------------------------------------------

GREETING = compiled(
    r"(?:dzien dobry|dobry wieczor|czesc|witam|witajcie|hej|szanown\w+|drog\w+|hello|hi|hey|dear|good (?:morning|afternoon|evening))\b"
    r"[^.,!?:\n]{0,40}(?:[,.!:]+\s*|\n\s*)"
)
SIGN_OFF = compiled(
    r"pozdr|z powazaniem|serdecznie\b|z wyrazami|best\b|kind regards|regards|cheers|yours|sincerely"
    # „Dziękujemy za zgłoszenie, lista jest pełna” is a reason.
    r"|(?:z gory )?(?:dziekuj\w*|dzieki|thanks|thank you)(?: (?:bardzo|serdecznie|z gory|i pozdrawiam|a lot|very much|in advance))?[ .,!]*(?:\n|$)"
)
FAREWELL = compiled(
    r"(?:^|(?<=[\n.,;!–—-])|(?<=[\n.,;!–—-] ))[ \t]*(?:i )?(?:serdecznie pozdr|pozdr|z powazaniem|z wyrazami|lacze (?:wyrazy|pozdr)|(?:milego"
    r"|dobrego|spokojnego) dnia|usciski"
    r"|serdecznosci|best(?: regards| wishes)?[,.!\n]|(?:kind |warm |with )?(?:kind |best )?regards|cheers|yours\b|sincerely)"
)
# What offices put below every letter: nobody has written it now.
SMALL_PRINT = compiled(
    r"(?m)^[ \t*]*(?:(?:niniejsza|ta) wiadomosc (?:e-mail |email |moze |jest przezn|zawiera|oraz)|informujemy, ze administrator"
    r"|administratorem (?:panstwa )?danych|klauzula (?:rodo|informacyjna)"
    r"|this (?:e-?mail|message|communication) (?:and any|is (?:confidential|intended)|may contain|contains)|zanim wydrukujesz|please consider the environment"
    r"|(?:wyslan[eoay]|wyslano) (?:z|ze)\b|sent from\b|get outlook for|pobierz (?:aplikacje )?outlook)"
)
# Nothing of this stands in a salutation, a farewell or below a name.
DANGER = compiled(
    r"\?|\b(?:nie|not|never|nigdy|no|ale|but|jednak|however|tak|yes|ok|okej|ps|p\.? ?s|nope|zart\w*|zartuj\w*|joke|kidding|czek\w+|poczek\w+"
    r"|zaczek\w*|wait|hold|stop|usun\w*|kasuj|skasuj|wyrzuc|delete"
    r"|discard|remove|cof\w+|undo|zauf\w+|trust|blok\w*|zablok\w*|ban|block|wycof\w+|withdraw|odrzu\w+|odmow\w*|odmaw\w+|reject|refuse|decline"
    r"|spam\w*|reklam\w*|oszust\w*|phishing|scam|fraud"
    r"|wlasciwie|actually|pomyl\w+|mistake|jutro|dzis|dzisiaj|pozniej|potem|later|tomorrow|chyba|raczej|moze|maybe|perhaps|hm+|chwil\w+|zaraz"
    r"|moment|pytanie|question|pilne|urgent|uwaga"
    r"|wstrzym\w*|jeszcze|publik\w+|opublik\w+|pus[cz]\w*|przyjm\w*|anuluj|cancel|zmien\w+|musz\w+|wiem|prosze|jesli|jezeli|if|unless|katastrofa"
    r"|odpada|wykluczone|przenigdy|hola)\b|n't\b"
)
_NAMES = """
    ada adam adrian adriana agata agnieszka ala alan albert aleksander aleksandra alfred alicja alina alojzy amanda amelia ana anastazja andrzej
    andzelika aneta angelika ania anita anna antoni antonina ariel arkadiusz artur asia barbara bartek bartlomiej bartosz basia beata benedykt
    bernadetta bernard blanka bogdan bogdana boguslaw boguslawa bogumil bogumila bozena bronislaw bronislawa cecylia celina cezary czeslaw czeslawa
    dagmara damian daniel danuta daria dariusz dawid diana dominik dominika donata dorota edward edyta ela eleonora eliza elzbieta emil emilia ernest
    ewa ewelina fabian feliks felicja filip franciszek franciszka gabriel gabriela genowefa gerard gosia grazyna grzegorz gustaw halina hanna helena
    henryk henryka hubert ida iga ignacy igor ilona ines inga irena ireneusz iwona iza izabela jacek jadwiga jagoda jakub jan janina janusz jaroslaw
    jerzy joanna jolanta jozef jozefa julia julian julianna juliusz justyna kacper kaja kamil kamila karina karol karolina kasia katarzyna kazimiera
    kazimierz kinga klara klaudia konrad kornelia krystian krystyna krzysztof krzys kuba laura lech lena leokadia leon leszek lidia liliana lucja
    lucyna ludwik ludwika lukasz maciej maciek magda magdalena maja malgorzata malwina marcel marcelina marcin marek maria marian marianna mariola
    mariusz marlena marta martyna marzena mateusz matylda michal michalina mieczyslaw mikolaj milena milosz miroslaw miroslawa monika natalia nadia
    nikola nina norbert ola olga oliwia oskar patrycja patryk paulina pawel pelagia piotr piotrek przemek przemyslaw rafal regina renata robert
    roksana roman romana rozalia ryszard sabina sandra sebastian seweryn slawomir sonia stanislaw stanislawa stefan stefania sylwester sylwia szymon
    tadeusz tamara teodor teresa tomasz tomek urszula wacek waclaw waldemar walenty wanda weronika wieslaw wieslawa wiktor wiktoria wioletta witold
    wladyslaw wladyslawa wlodzimierz wojciech wojtek zbigniew zdzislaw zdzislawa zenon zofia zosia zuzanna zygmunt zyta alice amy andrew ann anne
    anthony barbra ben betty bob brian carol caroline catherine charles charlotte chris christine christopher claire david deborah elizabeth emily
    emma eric frank gary george grace helen henry jack james jane janet jean jennifer jessica jim joan joe john joseph judith julie karen kate
    kathleen keith kevin linda lisa louise lucy margaret mark martin mary matthew michael mike nancy nicholas nick oliver pat patricia patrick paul
    peter philip rachel rebecca richard roger rose ruth sam samuel sarah scott sharon simon sophie stephen steve steven sue susan thomas tim tom tony
    victoria walter wendy william
"""
NAMES = frozenset(_NAMES.split())
