"""The words that mail programs put around what they quote, by what they mean; tests/mail/test_quotes_polish.py says how each form is known.

Where structure alone can tell, the modules that read quotes ask no words; these are for programs that do not mark the lines.
"""


def any_of(*phrases: str) -> str:
    """An expression for any of these."""
    return "(?:" + "|".join(phrases) + ")"


_PL = ("napisa[łl][ao]?", "napisa[łl]/a", "napisa[łl][ /(-]{1,2}a[)/]?", "pisze", "pisał[a]?")
_DE_FR_ES_IT_NL = ("schrieb", "schreibt", "(?:a )?écrit", "escribi[óo]", "escreveu", "(?:ha )?scritto", "scrive", "schreef", "geschreven")
_OTHERS = ("skrev", "kirjoitti", "пишет", "писал[аи]?", "написала?", "пише", "написав", "написала", "napsala?", "píše", "írta", "a scris", "έγραψε", "yazdı")
WROTE = any_of("wrote", "writes", "said", "sent", *_PL, *_DE_FR_ES_IT_NL, *_OTHERS)
WROTE_WHOLE = any_of(
    r"napisał\(a\)", r"napisal\(a\)", r"написал\(а\)", r"написав\(-ла\)", r"napsal\(a\)", "写道", "寫道", "写到", "さんは書きました", "のメール"
)

# How an attribution begins: with a word, or (weaker) with a date or a day of the week.
BEGINNINGS = any_of(
    *("On", "At", "In message", "Quoting", "W dniu", "Dnia", "U[żz]ytkownik", "Wiadomość napisana przez", "Wiadomość od", "Cytowanie", "Cytuję"),
    *("We? (?:poniedział|wtor|śr|sr|czwart|piąt|piat|sobot|niedziel)\\w{1,4},?", "W wiadomości", "W liście"),
    *("Am", "Le", "El", "Il", "In data", "Em", "Op", "Den", "P[åa]", "Dne", "Citando", "В", "Від", "在"),
)
DAYS = any_of(
    *("pon", "wt", "śr", "sr", "czw", "pt", "pią", "sob", "niedz", "ndz", "nd"),
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "нд"),
)

# ----- Original Message -----, and what stands in its place.
OLDER_MAIL = any_of(
    *(r"\b(?:original|forwarded|reply)\s(?:message|appointment)", r"forwarded by", r"oryginalny\slist"),
    *(r"(?:oryginalna|pierwotna|przekazana|przesłana|przekazywana)\swiadomość", r"wiadomo[śs][ćc]\s(?:oryginalna|przekazana|przesłana|pierwotna)"),
    *(r"treść\s(?:oryginalnej|przekazanej|przekazywanej)\swiadomości", r"(?:ursprüngliche|weitergeleitete|original)[- ]?nachricht"),
    *(r"(?:message|courriel)\s(?:d'origine|original|initial|transféré|transmis)", r"(?:mensaje|correo)\s(?:original|reenviado)"),
    *(r"mensagem\s(?:original|encaminhada|reencaminhada)", r"messaggio\s(?:originale|inoltrato)"),
    *(r"(?:oorspronkelijke?|origineel|doorgestuurd)\sbericht", r"(?:původní|přeposlaná)\szpráva", r"(?:opprinnelig|videresendt)\smelding"),
    *(r"(?:исходное|пересылаемое|перенаправленное)\sсообщение", r"(?:початкове|оригінальне|переслане|перенаправлене)\sповідомлення"),
    *(r"(?:ursprungligt|vidarebefordrat|oprindelig|videresendt)\smedd?el\w+", r"alkuperäinen\sviesti", "原始邮件", "原始郵件", "转发邮件"),
)
FORWARD_BEGINS = any_of(
    *("begin forwarded message", "początek (?:przekazywanej|przekazanej) wiadomości", "anfang der weitergeleiteten"),
    *("début du message (?:réexpédié|transféré)", "inicio del mensaje reenviado", "inizio (?:del )?messaggio inoltrato"),
    *("begin doorgestuurd bericht", "začátek přeposílané zprávy", "початок листа, що пересилається"),
)

LABELS = {
    "from": (
        "from od von de van da fra från lähettäjä от від nadawca absender expéditeur mittente remitente afzender feladó odesílatel odosielateľ",
        "发件人 寄件者 差出人",
    ),
    "date": (
        "sent date wysłane wysłano data gesendet datum envoyé enviado enviada fecha inviato verzonden sendt dato skickat",
        "отправлено дата надіслано odesláno odoslané lähetetty päiväys 发送时间 寄件日期 日期 送信日時",
    ),
    "to": ("to do an à a para aan til till кому komu pour per adresat odbiorca empfänger destinatario ontvanger vastaanottaja", "收件人 收件者 宛先"),
    "copy": ("cc bcc dw udw kopia kopie copie copia kopi копия копія", "抄送 副本"),
    "subject": ("subject temat betreff objet sujet asunto assunto oggetto onderwerp emne ämne тема předmět predmet aihe", "主题 主旨 件名"),
    "more": ("reply-to importance ważność priority priorytet attachments załączniki załącznik wichtigkeit sensitivity", ""),
}
# Of the labels above those that say no mere date: a person heads a table of facts with „Data”.
SENT = any_of(
    *("sent", "wysłan[eo]", "data wysłania", "gesendet", "envoyé", "enviad[oa]", "inviato", "verzonden", "sendt", "skickat", "отправлено", "надіслано"),
    *("odesláno", "odoslané", "lähetetty", "发送时间", "寄件日期", "送信日時"),
)
LONGER_LABELS = {
    "od kogo": "from",
    "от кого": "from",
    "від кого": "from",
    "data wysłania": "date",
    "date d'envoi": "date",
    "enviado el": "date",
    "enviada em": "date",
    "inviato il": "date",
    "kopia do": "copy",
    "do wiadomości": "copy",
    "reply to": "more",
    "odpowiedz do": "more",
    "antwort an": "more",
}
