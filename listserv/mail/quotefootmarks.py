"""The marks of what stands below a letter: farewells, signatures, what telephones and scanners add, disclaimers, list footers."""

import re

from listserv.mail.quotewords import any_of

MERE = frozenset({"--", "—", "––", "– –"})
CONTACT = re.compile(r"[^\s@]@[\w-]+\.\w|\bwww\.|https?://|\b(?:tel|kom|fax|faks|mob)\b|\+?\d(?:[ .()-]{0,2}\d){8}", re.IGNORECASE)

# Farewells that say nothing beside: „Dziękuję” and „Miłego dnia” are words to somebody.
_FAREWELLS = any_of(
    r"(?:(?:ser\w+|gor\w+|ciepło|również|z góry dziękuję i|dziękuję i) )?(?:pozdrawiam\w?|pozdrowienia|pozdr|pzdr)(?: (?:ser\w+|gor\w+|ciepło|wszystkich))?",
    *("(?:z )?(?:serdeczny\\w+ |ciepły\\w+ )?pozdrowieni\\w+", "(?:z )?(?:wyrazy|wyrazami) (?:głębokiego )?szacunku", "z (?:poważaniem|szacunkiem)"),
    *("łączę (?:pozdrowienia|wyrazy szacunku|ukłony)", "(?:with )?(?:best|kind|kindest|warm|warmest|many) (?:regards|wishes)", "regards", "rgds", "br"),
    *("(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?", "cheers", "all the best", "best"),
    *("mit (?:freundlichen|besten|herzlichen|lieben) grüßen", "(?:beste|viele|liebe|freundliche|schöne|herzliche) grüße", "mfg", "(?:lg|vg)", "gruß"),
    *("(?:bien |très )?cordialement", "bien à (?:vous|toi)", "(?:un |muchos )?(?:cordial )?saludos?(?: cordiales)?", "atentamente"),
    *("(?:(?:cordiali|distinti|cari|un) )?salut[io]", "(?:met )?vriendelijke groet(?:en)?", "(?:hartelijke )?groet(?:en|jes)", "mvg"),
    *(
        "s (?:pozdravem|úctou)",
        "(?:з повагою|с уважением)",
        "(?:med )?(?:vänliga?|bästa) hälsning(?:ar)?",
        "(?:med )?venlig hilsen",
        "hilsen",
        "[mv]vh",
        "[kv]h",
    ),
)
FAREWELL = re.compile(rf"\W{{0,3}}{_FAREWELLS}\W{{0,6}}$", re.IGNORECASE)
# What stands in names beside words that begin with a capital.
_IN_NAMES = "mgr dr inż hab prof lic ks s o i and und et y e de van von della di da z w we im na nr of the"
IN_NAMES = frozenset(_IN_NAMES.split())
# Four words and a full stop, or what is added below.
SENTENCE = re.compile(r"^P\.?S\b|^(?:\S+ ){3,}\S+[.!?]$")
NAME_WORDS = 6
BESIDE_NAME = re.compile(r"\s{2,}|\t|[,|/<(]")

_DEVICES = any_of(
    *("iphon", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "motorola", "nokia", "sony", "htc", "blackberry", "windows"),
    *("mobil", "phone", "telefon", "smartfon", "tablet", "urządze", r"\bcell\b", "handy", "portable", "mobiel", "komórk", r"\bapp", "aplikac"),
    *("outlook", "mail", "poczt", "yahoo", "k-9", "thunderbird", "typeapp", "spark", "fairemail", "oneplus", "oppo", "realme", "pixel", r"\bmac\b"),
)
_SENT = any_of(
    *("sent", "wysłan[oaey]", "(?:ta )?wiadomość (?:została )?wysłana", "(?:e-?mail|mail) wysłany", "envoyé", "gesendet", "enviado", "inviato", "verzonden"),
    *("verstuurd", "skickat", "sendt", "отправлено", "надіслано", "odesláno", "odoslané"),
)
_GET = any_of("get", "pobierz", "download", "téléchargez", "holen sie sich", "scarica", "obtener", "získejte", "отримати")
_SCANNED = any_of(
    *(
        "woln[eay] od wirusów",
        "nie zawiera wirusów",
        "virus-free",
        "virenfrei",
        "garanti sans virus",
        "libre de virus",
        "(?:privo di|senza) virus",
        "virusvrij",
    ),
    *("(?:ta|niniejsza) wiadomość.{0,30}(?:sprawdzona|przeskanowana)", "this e-?mail has been (?:checked|scanned)", "diese e-?mail wurde .{0,30}viren"),
    *("(?:informacje|wiadomość) .{0,20}(?:programu?|przez) (?:eset|avast|avg)", "brak wirusów"),
)
FOOTER = re.compile(
    any_of(
        rf"\W{{0,3}}{_SENT}\s.{{0,60}}{_DEVICES}",
        r"[^,;!?]{2,60} (?:zareagował(?:a|\(a\))?|reacted) (?:za pomocą|via|using) gmail",
        r"\W{0,3}sent (?:from|via|with|by|using) [^\s,;!?]+(?: [^\s,;!?]+){0,5}$",
        r"\W{0,3}wysłan[oaey] (?:z|ze|za pomocą|przy użyciu) (?:mojego|mojej|wersji|programu|systemu|aplikacji)\b[^,;!?]{0,40}$",
        rf"(?:\w{{2,12}} )?from (?:my )?{_DEVICES}\S*(?: \S{{1,3}})?$",
        rf"(?:von mein\w+|diese nachricht).{{0,50}}{_DEVICES}.{{0,30}}gesendet",
        rf"\W{{0,3}}{_GET}\s(?:aplikację\s|program\s)?\W{{0,2}}(?:outlook|yahoo|bluemail|spark|thunderbird|poczt)",
        r"(?:proszę|przepraszam) .{0,12}(?:wybacz|zwięzł|za zwięzł)|please excuse my brevity|entschuldigen sie .{0,10}kürze|veuillez excuser ma brièveté",
        r"(?:從我的|从我的|iPhoneから送信|私のiPhone)",
    ),
    re.IGNORECASE,
)
FOOTER_WORDS = 10
SCANNED = re.compile(rf"\W{{0,3}}{_SCANNED}", re.IGNORECASE)
SCANNED_WORDS = 20
# „Proszę wybaczyć moją zwięzłość.” on the same line.
BREVITY = re.compile(r"(?:K-9|Mail)\b.{0,20}\.(?P<excuse>[^.]{5,80}\.?)$")
# What a footer line may be followed or preceded by: its link, a picture, a rule.
BESIDE_FOOTER = re.compile(r"[<\[(]?(?:https?://|www\.)\S+[>\])]?$|\[[^\]]{1,80}\](?:\s?<https?://\S+>)?$|[-_=*]{2,}$|-- ?$", re.IGNORECASE)
LINK = re.compile(r"<?https?://\S+>?")

LIST_RULE = re.compile(r"[_=-]{2,}$")
LIST_FOOTER = re.compile(
    any_of("mailing list", "listinfo", "/mailman", r"\blists?\.", "lista dyskusyjna", "wypisa", "unsubscribe", r"google\s?groups", "grup google"),
    re.IGNORECASE,
)

# Two of these in one paragraph make a disclaimer; nobody writes so to friends.
LEGAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"poufn\w+|zastrzeżon\w+|\bconfidential|vertraulich|confidentiel|confidencial|riservat|vertrouwelijk|důvěrn|конфіденційн",
        r"(?:przeznaczon\w+|skierowan\w+|adresowan\w+)[^.]{0,60}adresat|(?:intended|solely)[^.]{0,60}(?:recipient|addressee|individual|use of)"
        r"|uso esclusivo|usage exclusif|uso exclusivo|ausschließlich für|bestemd voor|určen\w* pouze",
        r"(?:nie jest\w+|not)[^.]{0,50}(?:adresatem|odbiorcą|intended recipient|addressee)|nicht der (?:richtige|beabsichtigte)|non (?:siete|è) il destinatario"
        r"|n['’]êtes pas (?:le |son )?destinataire|no es (?:el|su) destinatario|niet de (?:geadresseerde|beoogde)",
        r"przez pomyłkę|omyłkow|pomyłkow|in error|by mistake|irrtümlich|par erreur|por error|per errore|ten onrechte|omylem|помилково",
        r"usunięci|usunąć|trwale|\bdelete\b|destroy|löschen|détruire|eliminar|cancellar|verwijder",
        r"rozpowszechnia|kopiowani|ujawnian|udostępniani|disclos|dissemin|distribut|copying|weitergabe|diffusion|divulga|diffus|verspreid",
        r"zabronion|zakazan|prohibited|untersagt|interdit|prohibid|vietat|verboden|zakázán",
        r"\brodo\b|\bgdpr\b|rozporządzeni\w+ [^.]{0,60}2016/679|ochron\w+ danych|danych osobowych|administrator\w* (?:\w+ ){0,3}danych|data protection",
        r"\bart\. ?6\b|klauzul\w+ (?:informacyjn|rodo)|podstaw\w+ prawn\w+ przetwarzan|przetwarza\w+ (?:\w+ ){0,3}dane"
        r"|inspektor\w* ochrony|prywatności|privacy policy",
        r"(?:wiadomość|e-?mail|korespondencja)\b[^.]{0,60}mo(?:że|gą) zawierać|\b(?:message|e-?mail)\b[^.]{0,60}may contain",
        r"kapitał\w* zakładow|sąd\w* rejonow|\bKRS\b|\bNIP\b|\bREGON\b|registered (?:office|in england)|handelsregister",
    )
)
# One of these is in every disclaimer: asked first, because most last paragraphs are none.
_LEGAL_HINTS = (
    "poufn adresat pomyłk omyłk rodo dane danych krs nip regon środowisk drukow zastrzeż confiden intended error environment gdpr protection registered print "
    "vertraulich irrt umwelt destinat geadresseerde riservat důvěrn конфіденц"
)
LEGAL_HINTS = _LEGAL_HINTS.split()
GREEN = re.compile(
    r"(?:zanim|przed) (?:wydrukuj|wydrukowaniem|wydrukiem|drukowaniem)[^.]{0,60}(?:środowisk|wiadomo|konieczn|niezbędn|e-?mail)"
    r"|chroń środowisko|pomyśl o (?:środowisku|lesie)"
    r"|consider the environment|think before (?:you )?print|denken sie an die umwelt|pensez à l['’]environnement",
    re.IGNORECASE,
)


def is_name(line: str) -> bool:
    """A person's name, perhaps with a title before it; a single word may be written small."""
    words = line.strip(" \t*_,.–—-").split()
    if not 0 < len(words) <= NAME_WORDS or line.endswith(("!", "?", ":", ";")):
        return False
    return words[0][0].isalpha() and (len(words) == 1 or all(_is_in_name(word.rstrip(".,")) for word in words))


def is_full_name(line: str) -> bool:
    """A name of several words, whatever stands beside it, and no answer in capitals."""
    name = BESIDE_NAME.split(line, maxsplit=1)[0]
    return " " in name and not name.isupper() and is_name(name)


def _is_in_name(word: str) -> bool:
    return word.lower() in IN_NAMES or (word[:1].isupper() and word.replace("-", "").replace("'", "").replace("’", "").isalpha())


def is_footer(line: str) -> bool:
    """A line that a telephone, a virus scanner or an app has put below."""
    if FOOTER.match(line) is None:
        return SCANNED.match(line) is not None and len(line.split()) <= SCANNED_WORDS
    said = LINK.sub("", line) if "http" in line else line
    excuse = BREVITY.search(said)
    return len((said[: excuse.start("excuse")] if excuse else said).split()) <= FOOTER_WORDS


def is_legal(paragraph: str) -> bool:
    """A disclaimer, a data protection clause, a company's register entry, a plea for trees."""
    small = paragraph.lower()
    if not any(hint in small for hint in LEGAL_HINTS):
        return False
    return GREEN.search(paragraph) is not None or sum(pattern.search(paragraph) is not None for pattern in LEGAL) > 1
