"""The words in which people ask a list for something in a sentence, Polish and English. All patterns read folded text (lower case, no diacritics)."""

from listserv.lazily import compiled
from listserv.mail.commandwords import MAIL, Kind

_ABRIDGED = "(?:przeglad|podsumowani|zestawieni|tryb|skrot)"

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
        rf"\b(?:pojedyncze (?:wiadomosci|maile|listy)(?! zamiast)|kazd[ay] {MAIL}|kazdego (?:maila|mejla|e-?maila|posta)"
        r"|(?<!za )wszystkie (?:wiadomosci|maile|listy)|(?<=do )pojedynczych (?:wiadomosci|maili|listow)"
        rf"|wszystko od razu|(?:every|each) (?:single )?{MAIL}|all (?:messages|posts|mails))\b",
    ),
}

SENTENCES = {kind: compiled("|".join(f"(?:{words})" for words in phrases)) for kind, phrases in _SENTENCES.items()}
# How often mail comes is said in many sentences; it is asked for in these.
ASKING = compiled(
    r"\b(?:prosze|poprosze|prosil[ae]?bym|chce|chcial[ae]?bym|wole|wolal[ae]?bym|przelacz\w*|ustaw\w*|wystarczy mi|wystarczy$|mogl[ao]?bym"
    r"|please|want|like|prefer|rather|is enough$|switch|change|set|send me"
    r"|czy moge|czy mozna|moge|mozna|can i|could i|may i|instead)\b"
)
