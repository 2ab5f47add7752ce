"""First names by which readers may be greeted, as registers write them: rarer ones beside those that letters are signed with."""

from listserv.mail.firstnames import AS_THEY_ARE, IN_A, IN_ELSE
from listserv.mail.folding import fold
from listserv.mail.htmlguard import names

MORE = names(
    "ada adela adelajda agata agnes albina aldona alfreda alina alojza amelia anastazja andzelika angela aniela antonia apolonia arleta arletta asta",
    "augusta aurelia barbara benita bernarda bianca bianka blanka bogna boguslawa boleslawa bronislawa brygida celestyna czeslawa dagmara dagna dalia",
    "daria debora delfina diana dobroslawa domicela donata dorota edyta eleonora elwira ernestyna erika eugenia euzebia ewelina fabiola faustyna",
    "felicyta florentyna franciszka fryderyka gabriela gertruda gizela gloria halszka hanka hermina hilda iga ignacja ilona inga inka irmina iryna",
    "ivanna jaga jagna jagoda jana janka jaroslawa jasmina jola jolenta jowita judyta juliana julianna julita justyna kaja kalina kama karina karola",
    "kasandra katia katja klaudyna klementyna konstancja kornelia krystiana ksenia larysa laura lena leokadia leona leonia leslawa letycja liana",
    "liliana lilia lilianna liliana lilla linda liwia lucja lucjana ludwika luiza lidka lubomila maja malwina malina marcela marcelina margareta",
    "margerita mariana marietta mariola mariska marlena marlenka marta martyna maryla maryna matylda melania melissa michalina mila milena mina mira",
    "miranda mirella mirela mileva mona nadia nadzieja natasza nel nela nelly nikola nika nikol nikoletta nikolina nora norberta oktawia oksana oleksandra",
    "olena olha otylia ofelia pamela patrycja pelagia petra pola polina rachela radomila radoslawa rebeka rita roksana romana romualda rozalia roza",
    "rozalinda ruta ryszarda sabrina salomea samanta sandra sara selena serafina seweryna sonia stefka stella sybilla sylwana sylwestra swietlana",
    "tamara tatiana teodora teodozja tekla tina urszulka walentyna waleria wanessa wera weronika wiesia wiktoria wilhelmina wiola wioleta wirginia",
    "wladyslawa yana yulia zaneta zdzislawa zlata zoja zosia zuzia zyta",
    "adrian albert albin aleksander aleksy alan alfons alfred alojzy amadeusz anatol andrij antoni antek ambrozy apolinary arkadiusz armand arnold",
    "august augustyn aureliusz beniamin bernard bohdan boleslaw borys bronislaw brunon bruno cezary cyprian cyryl czeslaw dawid dominik dionizy",
    "dymitr dobroslaw edgar edmund eligiusz emil emilian erazm ernest erwin eryk eugeniusz euzebiusz fabian felicjan feliks ferdynand florian fryderyk",
    "gabriel gaspar gerard gniewomir gustaw gracjan hektor herbert hieronim hilary hipolit igor ignacy iwo iwan izydor jakob jaremi jaromir jeremi",
    "jeremiasz jedrzej joachim jonasz jozef julian juliusz justyn kajetan kacper kalikst karol kasper kaspar klaudiusz klemens konstanty kornel kosma",
    "krystyn krzesimir ksawery kuba kwiryn leon leonard leopold leslaw lew longin lubomir lucjan ludwik maksym maksymilian makary manfred marceli",
    "maurycy melchior mikolaj mieczyslaw mieszko milosz miron modest mykola narcyz nataniel nikodem oktawian oleg olaf olgierd oleksandr oliwier",
    "oliwer oskar oswald pankracy paschal patryk pius przemek racibor rajmund remigiusz roch rudolf romuald rufin ryszard samuel saturnin sergiusz",
    "serhij seweryn sergiusz sobieslaw sylwan sylwin szczepan szczesny taras teodor teofil tobiasz tymon tymoteusz tytus ulryk urban waclaw walenty",
    "walerian waldek wasyl wawrzyniec wenanty wilhelm wincenty wit witalis wlodzimierz wlodek wolodymyr xawery yuriy zachariasz zbyszko zdzich ziemowit",
    "ian owen liam lucas leo lewis luke oscar simon stuart colin duncan fiona gillian hazel heather isla ivy jane jean joan lily lucy margaux megan molly",
    "nigel penelope philip phoebe poppy rosie ruby sophie theo tessa trevor una ursula alison audrey beatrice bridget charlotte chloe claire daisy eleanor",
    "ella ellen eve faith florence freya grace hannah harriet holly imogen jasmine jemima josephine abigail alfie archie arlo callum dominic ewan felix",
    "finn gareth geoffrey gordon graham harry howard hugh isaac ivan jake jasper jude keir kieran leon malcolm marcus mario max miles neil nathaniel",
    "anne marie pierre jacques luc claude francois jeanne camille lea hugo jules louis elise sophie klaus jurgen wolfgang dieter heike birgit sabine petra",
    "uwe bernd stefan katja anja silke giulia giovanni marco luca matteo francesca chiara paolo carlos juan luis miguel pedro lucia carmen ines pilar",
)
KNOWN = IN_A | IN_ELSE | AS_THEY_ARE | MORE


def is_first(word: str) -> bool:
    """Is this a first name, as it stands in a register?"""
    return fold(word) in KNOWN
