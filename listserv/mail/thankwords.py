"""The words of thanks, of praise and of courtesy, Polish and English, and what may stand beside them (`mail.thanks`)."""

import re


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# All words folded: lower case, no diacritics. These thank by themselves.
CORE = _words(
    "dziekuje dziekujemy dziekujac dzieki dziekowac podziekowania podziekowanie dzieks dziekowka dziena dzx dzk dziex dziekuwa wdzieczna wdzieczny",
    "wdzieczni wdziecznosc wdzieczne thanks thankyou thx tnx thanx thnx thks tks ty grateful appreciate appreciated merci gracias danke obrigado",
    "grazie",
    # In haste.
    "dziekuej dziekuie dziekue dziekuuje dziekuke dziekujr dzikuje dzeki dziekju dziekujje dziekujue dziekuja dzieuje dziekje dziekki thnaks thansk",
    "tahnks thankss thabks",
)
THANK_YOU = re.compile(r"\b(?:thank|bless)s? (?:you|u|ya|yo|y'all)\b|\bbog zaplac\b")
# What may stand beside them in the same breath.
AROUND = _words(
    "bardzo bardzoo ogromnie serdecznie serdeczne serdeczna najserdeczniej pieknie slicznie goraco wielkie wielki wielka wielgachne ogromne ogromny",
    "ogromna stokrotne stokrotnie tysiackrotne piekne uprzejmie szczerze naprawde jeszcze raz ponownie rowniez tez takze i a oraz z ze calego serca",
    "serduszka duzo mocno cieplo milo wam ci tobie panstwa pani panu paniom panom panie pan panowie panstwu panstwo wszystkim",
    "wszystkie wszystkich wszyscy drodzy drogie drogi droga kochani kochane kochana kolezanki koledzy kolego kolezanko kolezankom kolegom za na to te",
    "ten ta tak tyle taka takie taki wszystko moja moje nasza naszym nasze wasza wasze twoja twoje twoj swoja panska panskie o ach oj ojej skladam",
    "skladamy podziekowac od siebie calym sercem w imieniu swoim wlasnym pozdrawiam",
    "pozdrawiamy pozdrowienia so very much lot lots bunch million tons ton many again for your the this that these all of you u ya everyone everybody",
    "both guys folks team big huge kindly kind really truly it most warmly warm my our heartfelt sincerely greetings regards best",
    "and once more such",
)
# Who wishes, is or sends something says more, unless it is thanks: „chciałabym podziękować”, „jestem wdzięczna”, “I am grateful”.
ACTING = _words("jestem jestesmy chce chcialabym chcialbym chcemy chcielibysmy bym przesylam przesylamy sle i'm am we we're is")
OF_THANKING = _words("podziekowac podziekowania podziekowanie wdzieczna wdzieczny wdzieczni wdziecznosc wdziecznosci grateful appreciated appreciate")
# What somebody thanks for.
FOR = _words(
    "pomoc pomocy odpowiedz odpowiedzi odpisanie informacje informacja informacji info wiadomosc wiadomosci podpowiedz podpowiedzi wskazowki wskazowke",
    "wskazowka rade rady porade porady sugestie sugestia link linki linka linku material materialy scenariusz scenariusze pomysl pomysly inspiracje",
    "inspiracja dzielenie podzielenie sie udostepnienie przeslanie wyslanie nadeslanie wyjasnienie wyjasnienia zaproszenie wsparcie",
    "zaangazowanie trud prace wysilek czas poswiecony zyczliwosc uwage uwagi spotkanie szkolenie webinar prezentacje przypomnienie pamiec komentarz",
    "opinie opinia slowa slowo list maila mejla mail post wpis reakcje zainteresowanie wiedze wiedza doswiadczeniem doswiadczeniami materialami help",
    "helping assistance reply replies answer answers answering replying information tip tips pointer pointers links sharing explanation explanations",
    "clarification response responses responding feedback support work time effort efforts patience materials resource resources suggestion",
    "suggestions idea ideas advice heads up heads-up letting us me know update updates reminder invitation words taking posting writing insight",
    "insights input",
)
# Praise, which may also stand by itself.
PRAISE = _words(
    "super superowo swietne swietna swietny swietnie ekstra rewelacja rewelacyjne rewelacyjna rewelacyjny rewelacyjnie bomba fajne fajny fajna fajnie",
    "wspaniale wspaniala wspanialy cudownie cudowne cudo cenne cenna cenny cennych wartosciowe wartosciowa przydatne przydatna przydatny pomocne",
    "pomocna pomocny szybka szybkie szybki blyskawiczna blyskawiczne wyczerpujaca wyczerpujace obszerna obszerne ciekawe ciekawy ciekawa interesujace",
    "mile mila mily dobre dobra dobry wow piekne piekny piekna bardzo naprawde bezcenne nieoceniona nieocenione przyda przydadza sie rzeczowa",
    "konkretna genialne genialny genialna genialnie kochane kochana jestes jestescie wielka wielki wielcy niezawodna niezawodni niezastapiona",
    "niezastapione niezastapieni niezawodne great nice awesome excellent wonderful cool fantastic lovely brilliant amazing very really so helpful",
    "useful quick fast prompt speedy detailed good valuable kind hard it's thorough comprehensive that's hero lifesaver",
)
GREETING = re.compile(
    r"(?:pani[e]?|panowie|dzien dobry|dobry wieczor|witam(?: serdecznie)?|witajcie|czesc|hej(?:ka)?|szanown[aiy]\w?|drog[aiy]\w?|drodzy"
    r"|kochan[aie]|hello|hi|hey|dear"
    r"|good (?:morning|afternoon|evening))\b"
    r"(?: (?:pani[e]?|pan(?:ie|owie)?|panstwo|panstwu|wszystki(?:m|ch)|all|everyone|everybody|folks|team|kolezanki|koledzy|i|and|there))*"
)
SIGHS = _words("o oj ach och oh ah")
# What is meant for several people would reach one of them only.
TO_ALL = re.compile(
    r"\bwszystkim\b|\bwszyscy\b|\b(?:drodzy|kochani|kolezankom|kolegom)\b|\b(?:everyone|everybody|folks|guys|both)\b|\b(?:thanks|you|to|hi|hello|dear) all\b"
)
CALLED = _words("pani panie pan panu dear hi hello hey drogi droga kochana kochany szanowna szanowny")
# Behind these stands a name, whatever it is.
VOCATIVES = _words("pani panie pan panu dear drogi droga kochana kochany szanowna szanowny")
PEOPLE = _words("panstwo panstwu pani panie kolezanki koledzy kolezanko kolego")
PRAISING = _words("wielka wielki wielcy zachwycona zachwycony pod great helpful useful kind wonderful awesome amazing lovely brilliant nice excellent good")
CLOSING = _words("pozdrawiam pozdrawiamy pozdrowienia pozdr pzdr regards cheers greetings sincerely")
CLOSES = re.compile(
    r"(?:(?:serdecznie |goraco |cieplo |mile )?(?:pozdrawiam|pozdrawiamy|pozdr|pzdr)(?: serdecznie| goraco| cieplo| milo)?|z (?:powazaniem"
    r"|pozdrowieniami)|serdecznosci"
    r"|(?:serdeczne |mile |cieple )?pozdrowienia|z wyrazami (?:szacunku|wdziecznosci)|uklony|(?:milego|dobrego|udanego|spokojnego) (?:dnia"
    r"|weekendu|wieczoru|tygodnia)"
    r"|(?:all the |with )?(?:best|kind|warm|warmest|kindest|many)?(?: wishes| regards)|best|cheers|sincerely|yours(?: truly| sincerely)?|all the best"
    r"|have a (?:nice|great|good|lovely) (?:day|weekend|evening|week)|(?:wyslan[eoay]|sent) (?:z|from|via)\b.{0,50}|(?:uzyskaj|pobierz|get) outlook\b.{0,30})"
)
