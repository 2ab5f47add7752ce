"""Words with which people choose: numbers and letters by name, all and none, yes and no. All patterns read folded text."""

from listserv.lazily import compiled

_ORDINALS = (
    r"pierwsz\w{1,3}|first|1-?(?:sz[aey]|st)",
    r"drug(?:i|a|ie|iego|iej|im)|second|2-?(?:g[aei]|nd)",
    r"trzeci\w{0,3}|third|3-?(?:ci\w?|rd)",
    r"czwart(?:y|a|e|ego|ej)|fourth|4-?(?:t[aye]|th)",
    r"piat(?:y|a|e|ego|ej)|fifth|5-?(?:t[aye]|th)",
    r"szost\w{1,3}|sixth|6-?(?:t[aye]|th)",
    r"siodm\w{1,3}|seventh|7-?(?:m[aye]|th)",
    r"osm(?:y|a|e|ego|ej)|eighth|8-?(?:m[aye]|th)",
    r"dziewiat\w{1,3}|ninth|9-?(?:t[aye]|th)",
    r"dziesiat\w{1,3}|tenth|10-?(?:t[aye]|th)",
)
_CARDINALS = (
    r"jeden|jedynk\w{1,2}|jedna|one",
    r"dwa|dwojk\w{1,2}|dwie|two",
    r"trzy|trojk\w{1,2}|three",
    r"cztery|czwork\w{1,2}|four",
    r"piec|piatk[aeio]\w?|five",
    r"szesc|szostk\w{1,2}|six",
    r"siedem|siodemk\w{1,2}|seven",
    r"osiem|osemk\w{1,2}|eight",
    r"dziewiec|dziewiatk\w{1,2}|nine",
    r"dziesiec|dziesiatk\w{1,2}|ten",
)
NAMED = tuple(compiled(f"{ordinal}|{cardinal}") for ordinal, cardinal in zip(_ORDINALS, _CARDINALS, strict=True))
LAST = compiled(r"ostatni\w{0,3}|last")
# Beside a choice, and none itself.
FILL = compiled(
    r"(?:i|oraz|tez|takze|rowniez|a|and|also|plus|as|well|potem|pozniej|nastepnie|dalej|then|next|najpierw|firstly|secondly|finally|po|na|w|koncu"
    r"|wreszcie|lastly"
    r"|opcj[aeiou]\w{0,2}|opcji|opc|punkt\w{0,3}|pkt|numer\w{0,2}|nr|no|nos|number|numbers|option|options|item|items|odpowiedzi?|odp|wariant\w{0,2}"
    r"|pozycj\w{1,2}|propozycj\w{1,2}"
    r"|temat\w{0,2}|termin\w{0,2}|choice|choices|answer|answers|letter|litera"
    r"|wybieram|wybralam|wybralbym|wybralabym|wybor|wybieramy|zaznaczam|glosuje|glosujemy|glos|stawiam|typuje|preferuje|popieram|poprosze|prosze"
    r"|bardzo|jestem|za|dla|mnie|nas|moj|moja|moje|moim"
    r"|nasz|nasza|nasze|to|jest|sa|bedzie|by|bylby|bylaby|byloby|zdecydowanie|chcialabym|chcialbym|chce|chetnie|wole|wolalabym|wolalbym|pasuje|pasuja"
    r"|mi|nam|zdaniem|u|wedlug|zaznaczylam|zaznaczylbym"
    r"|interesuje|interesuja|najbardziej|ewentualnie_|tylko|oba|obie|raz|ok|daje|oceniam|ocena|ocene|ocenie"
    r"|i'd|id|i'm|i'll|im|would|like|choose|chose|pick|picking|vote|voting|votes|go|going|with|for|my|our|we|me|us|please|the|is|are|it|it's|its|of"
    r"|on|only|just|definitely|prefer|select"
    r"|take|works|work|suits|suit|best|both|number|them|those|these|interested|in|say|think|give|giving|rate|mark|hello|hi|hej|witam|czesc|dziekuje"
    r"|dziekujemy|dzieki|thanks|thank|you|pozdrawiam|pozdrowienia|serdecznie|regards)"
)
ALL = compiled(
    r"\b(?:wszystki[em]\w?|wszystko|wszystkich|kazd[aey]|calosc|komplet|all(?: of (?:them|the above|these|it))?|everything|every one|each of them"
    r"|all (?:three|four|five|six))\b"
)
NONE = compiled(
    r"\b(?:zad(?:na|ne|nego|nej|en|nym|nych)(?: z (?:nich|powyzszych|tych|podanych))?|nic z tego|none(?: of (?:them|the above|these))?"
    r"|neither(?: of (?:them|these))?|nothing)\b"
)
BUT = compiled(r"\b(?:oprocz|poza|procz|bez|z wyjatkiem|za wyjatkiem|except(?: for)?|but(?: not)?|apart from|other than)\b")
# In front of a choice: it takes the place of an earlier one.
CHANGED = compiled(
    r"^(?:(?:a |to |no |ale )?(?:jednak(?: tylko| to)?|zmieniam(?: zdanie| glos| odpowiedz)?(?: na)?|poprawka|poprawiam(?: na| sie)?)"
    r"|actually|on second thoughts?|i(?: have|'ve)? changed my mind|change(?: (?:it|my (?:vote|answer)))?(?: to)?)\b[\s,.:;–—-]+(?=\S)"
)
# A choice is left open, or taken back.
OPEN = compiled(
    r"\b(?:albo|lub|badz|czy|or|either|chyba|moze|raczej|ewentualnie|maybe|perhaps|rather|probably|possibly|jesli|jezeli|gdyby|gdy|if|unless"
    r"|pod warunkiem|provided|zalezy|depends?|ale|but|jednak|aczkolwiek"
    r"|however|although|choc|chociaz|wlasciwie|actually|pomyl\w*|sorry|instead|zamiast|wait|prawie)\b|\?"
)
NOT = compiled(r"\b(?:nie|ani|not|no|don'?t|never|isn'?t|won'?t|cannot|can'?t|bez|oprocz|poza|except|but)\b")
# What follows is why.
WHY = compiled(
    r"(?:[,;]\s*|\s+[-–—]\s*|\s+|\()(?:bo|poniewaz|gdyz|dlatego|z uwagi|ze wzgledu|because|since|as (?:we|i|it)|due to)\b|[.!](?=\s|$)"
    r"|\s[-–—]\s|\n|\("
)

YES = compiled(
    r"(?:(?:no|o|oh|well|ja|i|i'm|my|we|jestem|jestesmy|say|vote|glosuje)[\s,]+)*"
    r"(?:tak|yes|yep|yeah|yup|aye|jasne|oczywiscie|pewnie|pewno|zgoda|zgadzam sie|zgadzamy sie|popieram|popieramy|jak najbardziej|zdecydowanie tak"
    r"|absolutnie tak|jestem za|za|ok|okej|okay|oki|sure"
    r"|of course|absolutely|definitely|certainly|agreed?|i agree|in favou?r|all for it|chetnie|z przyjemnoscia|potwierdzam|with pleasure|gladly|\+1"
    r"|👍)(?![\w-])"
)
NO = compiled(
    r"(?:(?:no|oj|niestety|unfortunately|sadly|ja|i|i'm|we|jestem|jestesmy|raczej_|say|vote|glosuje)[\s,]+)*"
    r"(?:nie|no|nope|nah|przeciw|przeciwko|jestem przeciw|against|definitely not|absolutely not|certainly not|of course not|not for me|not at all"
    r"|i disagree|disagree|odpada|w zadnym razie|stanowczo nie"
    r"|zdecydowanie nie|absolutnie nie|raczej_nie|i don't agree|-1|👎)(?![\w-])"
)
ABSTAINS = compiled(
    r"\b(?:nie wiem|nie mam zdania|bez zdania|trudno (?:mi )?powiedziec|wstrzymuj\w+|obojetn\w+|wszystko jedno|i don'?t know|no opinion|don'?t know"
    r"|not sure|hard to say|abstain\w*|no preference|don'?t mind|undecided)\b"
)
# „Nie mam nic przeciwko” is no no.
NO_NO = compiled(
    r"\bnie m(?:am|amy) nic przeciw|\bnie widze przeszkod|\bno (?:problem|objections?)|\bwhy not|\bczemu nie|\bdlaczego nie|\bnie mog"
    r"|\btak i nie|\byes and no|\bbrak przeciwwskazan"
)
POLITE = compiled(
    r"dziekuj\w+|dzieki|thanks|thank|you|pozdrawiam\w*|pozdrowienia|serdecznie|regards|best|kind|cheers|prosze|please|bardzo|oczywiscie|jak|najbardziej"
    r"|zdecydowanie|jasne|of|course|definitely|absolutely|sure"
)
# In what follows a no.
YES_INSIDE = compiled(r"\b(?:tak|yes|za|chetnie|zgoda|agree)\b")
