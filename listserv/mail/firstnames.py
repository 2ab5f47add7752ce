"""First names that people call each other by, Polish and English, in the forms in which they stand alone in a letter.

Not complete, and it need not be: a name that is not known here makes of thanks a post.
"""

from collections.abc import Collection

from listserv.mail.folding import fold


def _names(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Folded. Of these the last letter goes where another ending comes: Zosia, Zosiu; Ewa, Ewo, Ewie.
IN_A = _names(
    "zofia zosia anna ania anka aneta ewa ewka halina hala halinka maria marysia maryska marysienka katarzyna kasia kaska malgorzata malgosia gosia goska",
    "agnieszka aga barbara basia baska krystyna krysia elzbieta ela elka teresa terenia joanna asia aska jolanta jola jolka danuta danka danusia irena",
    "irenka monika magdalena magda madzia dorota dorotka grazyna grazynka bozena bozenka beata beatka renata urszula ula ulka iwona iwonka janina hanna",
    "hania aleksandra ola olenka sylwia marta martusia marzena justyna paulina karolina natalia patrycja wioletta lucyna edyta weronika dominika ilona",
    "alicja wanda helena stanislawa jadwiga jadzia zuzanna zuza julia julka kinga izabela iza sabina mirka miroslawa bogumila boguslawa kamila emilia",
    "klaudia ewelina celina cecylia regina henryka kazimiera wieslawa stefania antonina tosia olga oliwia gabriela gabrysia lidia felicja genowefa lucja",
    "honorata bernadeta bernadetta zenona anita klara laura nina eliza adriana angelika marianna ludmila kuba basienka",
)
IN_ELSE = _names(
    "marek marcin mateusz maciej michal mariusz miroslaw piotr pawel jan janusz jacek jakub jaroslaw jerzy jozef adam andrzej artur bartosz bogdan boguslaw",
    "damian daniel dariusz dominik edward filip franciszek grzegorz henryk hubert ireneusz kamil karol kazimierz konrad krystian krzysztof lech leszek",
    "lukasz marian norbert patryk przemyslaw radoslaw rafal robert roman ryszard sebastian slawomir stanislaw stefan sylwester szymon tadeusz tomasz",
    "waldemar wiktor wieslaw witold wladyslaw wojciech zbigniew zdzislaw zygmunt zenon tomek jurek krzysiek krzys wojtek grzesiek bartek jarek slawek",
    "darek romek janek staszek leszek mietek zbyszek andrzejek piotrek pawelek michalek",
)
# These take no endings: „Robię” is no Rob.
AS_THEY_ARE = _names(
    "sara linda susanna patricia sandra emma olivia sophia amanda melissa deborah rebecca lisa",
    "bob alice john mary james robert michael william david richard joseph thomas charles chris christopher daniel matthew anthony mark steven paul andrew",
    "joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon",
    "benjamin samuel gregory alexander patrick frank raymond jack dennis jerry tyler aaron jose henry adam douglas nathan peter zachary kyle walter ethan",
    "jeremy harold keith christian roger noah gerald terry sean austin carl arthur lawrence dylan jesse jordan bryan billy bruce gabriel joe logan alan",
    "juan jennifer elizabeth susan jessica karen nancy betty margaret ashley kimberly emily michelle carol amy angela shirley brenda pamela nicole",
    "samantha katherine christine debra rachel carolyn janet catherine heather diane ruth julie kelly joyce virginia victoria lauren kate tom tim jim",
    "mike dave steve dan rob bill ben matt nick tony andy greg jeff ralf ralph hans fritz jan thiemo ladislav florian geert guenter martin",
)
ENDINGS = ("", "a", "o", "u", "y", "i", "ie", "iu", "e", "ze", "ku", "owi", "em", "im")


def is_one(word: str) -> bool:
    """Is this a first name, in whatever form?"""
    return fold(word) in FORMS


def is_of(word: str, names: Collection[str]) -> bool:
    """Is it one of these people's names, in whatever form: Regał, Regale, Okładko?"""
    folded = fold(word)
    own = [fold(part) for name in names for part in name.replace("-", " ").split() if len(part) > 2]
    return any(folded == part or _forms_of(part) & {folded} for part in own)


def _forms_of(name: str) -> frozenset[str]:
    stems = {name[:-1]} if name.endswith("a") else {name, name[:-2] + "k"} if name.endswith("ek") else {name}
    kept = {stem for stem in stems if len(stem) > 2}
    # „Ewa” is short: its stem is no word by itself.
    made = {stem + ending for stem in kept for ending in ENDINGS if ending or not name.endswith("a")}
    return frozenset(made | {name, name[:-1] + "o" if name.endswith("a") else name})


FORMS = frozenset().union(*(_forms_of(name) for name in IN_A | IN_ELSE)) | AS_THEY_ARE | {"olu", "ulu", "elu", "mario", "piotrze"}
