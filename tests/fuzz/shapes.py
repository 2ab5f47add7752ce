"""Mutations that keep the shape of what they bend: fields, parts, lines, tags. Raw bytes alone break off at the first line of a header."""

import base64
import quopri
import random
import re
from collections.abc import Callable, Sequence

FIELDS = (
    *("From", "To", "Cc", "Reply-To", "Sender", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Type", "Content-Transfer-Encoding"),
    *("Content-Disposition", "Content-ID", "Content-Language", "MIME-Version", "Return-Path", "Received", "Auto-Submitted", "Precedence", "X-Failed-Recipients"),
    *("List-Id", "List-Unsubscribe", "X-Loop", "X-Original-From", "X-Autoreply", "Authentication-Results", "Delivered-To", "Errors-To"),
)
REPORT_FIELDS = (
    *("Final-Recipient", "Original-Recipient", "Action", "Status", "Diagnostic-Code", "Reporting-MTA", "Remote-MTA", "Feedback-Type", "Original-Rcpt-To"),
    *("Removal-Recipient", "Original-Mail-From", "X-Failed-Recipients", "Return-Path", "Subject", "From", "To", "Content-Type"),
)
BOUNCE_FIELDS = (*REPORT_FIELDS, *REPORT_FIELDS, *FIELDS)
PEOPLE = (
    *("Anna Zakładka <anna@example.org>", "=?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?= <a@example.org>", "=?iso-8859-2?b?v/Px?=", "=?x?y?z?=", "=?utf-8?b?", "<>", '"', "(("),
    *("g: a@example.org, b@example.org;", '"A" <"a b"@example.org>', "a@[1.2.3.4]", "łukasz@żółw.example", "a at example.org (Jan Regał)", "Jan via L <l@example.org>"),
    *("MAILER-DAEMON <>", "Mail Delivery System <MAILER-DAEMON@example.org>", "r+abcdefghijklmnop@example.org", "l-bounces@example.org", "rfc822; a@example.org"),
    *("utf-8; \\x{142}@example.org", "utf-8; \\x{d800}\\x{110000}x@example.org", "=?utf-16?b?2AA=?= <a@b.example>", "=?utf-7?q?+2AA-?= <a@b.example>"),
)
SUBJECTS = (
    *("Re: Odp: AW: [x] y", "Re[2]: x", "=?utf-8?q?Za=C5=BC?= =?utf-8?b?w7M=?=", "Undelivered Mail Returned to Sender", "Automatic reply: x", "failure notice", "Read: x"),
    *("Nieobecność: x", "complaint about message from 1.2.3.4", "Report domain: example.org", "x" * 80, "wypisz"),
)
DATES = ("Tue, 3 Mar 2026 10:15:00 +0100", "Tue, 99 Foo 99999 99:99:99 +9999", "3 Mar 26 10:15 EST", "1 Jan 0001 00:00 +2359", "31 Dec 9999 23:59:59 -2359", "2026-03-03 10:15")
IDS = ("<a@b>", "<a@b> <c@d>\r\n <e@f>", "a@b", "<>", "<a b@c>", "Your message of Tuesday <a@b>")
TYPES = (
    *("text/plain; charset=utf-8", "text/html; charset=iso-8859-2", "text/plain; format=flowed; delsp=yes", "text/plain; charset=utf-7", "text/html; charset=iso-2022-jp"),
    *("multipart/mixed; boundary=b", "multipart/alternative; boundary=b", "multipart/related; boundary=b", "multipart/digest; boundary=b", "multipart/signed; boundary=b"),
    *('multipart/report; report-type=delivery-status; boundary="b"', "multipart/report; report-type=feedback-report; boundary=b", "message/rfc822", "message/delivery-status"),
    *("message/feedback-report", "message/partial; id=1", "application/ms-tnef; name=winmail.dat", "application/octet-stream; name*0*=utf-8''a%C5; name*1=b", "text/calendar"),
)
ENCODINGS = ("base64", "quoted-printable", "7bit", "x-uuencode", "binary", "Base64 (x)")
DISPOSITIONS = ("attachment; filename=a.exe", 'inline; filename="=?utf-8?q?=C5?="', "attachment; filename*=utf-8''%FF%2F", "inline", 'attachment; filename="../\x7f"')
STATUSES = ("5.1.1", "4.2.2", "5.7.1 (x)", "smtp; 550 5.1.1 user unknown", "smtp; 452 full", "failed", "delayed", "delivered", "abuse", "opt-out", "5.0.0")
OTHERS = (
    *("auto-replied", "auto-generated", "bulk", "list", "pl, en", "1.0", "<l.example.org>", "<https://example.org/unsubscribe/abcdefghijklmnop>", ";", "yes"),
    *("mx.example.org; spf=pass smtp.mailfrom=a@b; dkim=fail (x) header.d=c", "mx.example.org; dmarc=pass header.from=(", "from x by y; Tue, 3 Mar 2026 10:15:00 +0100"),
)
VALUES = (*PEOPLE, *SUBJECTS, *DATES, *IDS, *TYPES, *ENCODINGS, *DISPOSITIONS, *STATUSES, *OTHERS)
FITTING = {
    **dict.fromkeys(("From", "To", "Cc", "Reply-To", "Sender", "Return-Path", "X-Failed-Recipients", "X-Original-From", "Delivered-To", "Errors-To"), PEOPLE),
    **dict.fromkeys(("Final-Recipient", "Original-Recipient", "Original-Rcpt-To", "Removal-Recipient", "Original-Mail-From"), PEOPLE),
    **dict.fromkeys(("Message-ID", "In-Reply-To", "References", "Content-ID"), IDS),
    **dict.fromkeys(("Action", "Status", "Diagnostic-Code", "Feedback-Type"), STATUSES),
    "Subject": SUBJECTS,
    "Date": DATES,
    "Content-Type": TYPES,
    "Content-Transfer-Encoding": ENCODINGS,
    "Content-Disposition": DISPOSITIONS,
}
LINES = (
    *("> a", ">> b", ">", "", " ", "-- ", "--", "_____", "-----", "```", ">From x", "JK> y", "\t", "* * *", "Anna Nowa", "tel. 22 555 01 01", "https://example.org"),
    *("W dniu 3.03.2026 o 10:15, Jan Regał pisze:", "Dnia 3 marca 2026 10:15 Jan <a@b.example> napisał(a):", "On 3 March 2026 at 10:15, Jan <a@b.example> wrote:"),
    *("Wiadomość napisana przez Jan w dniu 3 mar 2026, o godz. 10:15:", "---- Użytkownik Jan napisał ----", "Am 3.3.2026 um 10:15 schrieb Jan:", "Le 3 mars 2026, Jan a écrit :"),
    *("Od: Jan <a@b.example>", "Wysłane: 3 marca 2026 10:15", "Do: x", "Temat: y", "From: Jan", "Sent: Tuesday", "To: x", "Subject: y", "*From:* a", "-----Original Message-----"),
    *("Początek przekazywanej wiadomości:", "________________________________", ">>> Jan 2026-03-03 10:15 >>>", "2026-03-03 10:15 GMT+01:00 Jan", "słowoOd: Jan <a@b.example>"),
    *("Sent from my iPhone", "Wysłane z iPhone'a", "Wolne od wirusów. www.avast.com", "Pozdrawiam,", "Z poważaniem", "Jan", "Treść jest poufna i tylko dla adresata, proszę usunąć."),
    *("_______________________________________________", "Lista mailing list", "You received this message because you are subscribed to the group", "a <", "b>:", "news:abc"),
)
ORDERS = (
    *("wypisz", "wypisz mnie", "Proszę o wypisanie mnie z listy", "zapisz", "proszę nie wysyłać mi wiadomości", "przerwa", "przerwa do 15.08", "do 31.12.2099", "na 3 tygodnie"),
    *("na 999 lat", "do piątku", "do końca lutego", "do 29 lutego", "until 1st of May", "wracam", "codziennie", "co tydzień", "raz w miesiącu", "każda osobno", "pomoc", "kto", "status"),
    *("unsubscribe", "stop", "leave", "please remove me", "I don't want these mails", "I want to", "pause", "vacation until Friday", "resume", "daily", "weekly", "help", "who am i"),
    *("tak", "nie", "yes", "no", "ok", "blokuj", "cofnij", "zaufaj", "wycofaj", "undo", "ban", "trust", "withdraw", "bo", "ale", "jeśli", "?", "!", "...", ",", ";", ":", "(", "„", "”", '"'),
    *("Dzień dobry,", "Proszę", "please", "bardzo", "mnie", "się", "z listy", "the list", "panią Annę", "him", "wczoraj", "nigdy", "Pozdrawiam", "dziękuję", "thanks", "to nie ja", "-", "–"),
    *("Subject: stop", "Subject: Re: stop", "\n", "\n\n", "> ", "\u200b", "\u00a0", "\u00ad", "İ", "ﬁ", "ＳＴＯＰ", "\u0301", "ß", "٣"),
)
_TAGS = (
    "a abbr b base big blockquote body br button caption center col colgroup dd details div dl dt embed em font form frameset h1 head hr html i iframe "
    "image img input isindex li link listing map marquee math meta mi mglyph nobr noembed noframes noscript object ol option p param plaintext pre q ruby rp rt "
    "s script select span style sub summary svg foreignObject desc title table tbody td template textarea tfoot th thead tr tt u ul video wbr xmp o:p x"
)
TAGS = _TAGS.split()
ATTRIBUTES = (
    *('href="javascript:alert(1)"', "href='http://example.com/a?b&c'", "href=//x", 'href="&#1;jav&#9;ascript:x"', "href=data:text/html,x", "href=mailto:a@b.example", "href=cid:x"),
    *("src=http://t.example/x.gif", 'src="cid:a@b"', "src=CID:%22x", "srcset=x", "onerror=alert(1)", "ONCLICK='x'", "background=http://x", 'alt="<b>"', "alt='\"'", "title=`", "id=x"),
    *("style='color:red'", 'style="background:url(http://x)"', "style='width:expression(1)'", "style='position:fixed'", 'style="font:12px/1 a;c\\olor:red"', "style='font-family:\"a;b'"),
    *("class=gmail_quote", "class='gmail_quote x'", "width=99999", "colspan=-1", "type=cite", "bgcolor=#fff", "text=white", "dir=rtl", "/", "=", "\x00", "xlink:href=x", "align=x onload=y"),
)
MARKUP = (
    *("<!--", "-->", "--!>", "<!>", "<![CDATA[", "]]>", "<?x", "</", "<", ">", "&lt;", "&#60;", "&amp;lt;", "&", "&#0;", "&nbsp", "\x00", "\u2028", "www.bank.example", "http://a.example"),
    *("</p>", "</br>", "</div></div>", "</table>", "<table><a>", "<a><table><a>", "<svg><style>", "<math><mi><table>", "<select><table>", "<noscript><p title=\"</noscript><img src=x>\">"),
    *("<p><b a=1></p>", "<pre>\n\n", "<textarea>\n", "<plaintext>", "<xmp>", "<body bgcolor=black text=white>", "<title><a>", "<form><p>", "\u202e", "a@b.example"),
)
Bend = Callable[[bytearray, random.Random], bytes]


def encoded(words: Sequence[str]) -> tuple[bytes, ...]:
    """As bytes."""
    return tuple(word.encode() for word in words)


def chunks(data: bytes, cut: bytes, rnd: random.Random, words: Sequence[bytes]) -> list[bytes]:
    """Cut at a pattern; some of the pieces doubled, moved, dropped or written over."""
    pieces = [piece for piece in re.split(b"(?=" + cut + b")", data) if piece] or [b""]
    for _ in range(rnd.randint(1, 6)):
        at, other = rnd.randrange(len(pieces) + 1), rnd.randrange(len(pieces) + 1)
        length = rnd.choice((0, 1, 1, 2, 5))
        piece = rnd.choice(([rnd.choice(words)], [rnd.choice(words)], pieces[other : other + length], []))
        pieces[at : at + rnd.choice((0, 0, 1, length))] = piece
        if len(pieces) > 2_000:
            break
    return pieces


def bent_lines(data: bytes, rnd: random.Random, words: Sequence[bytes], glue: Sequence[bytes] = (b"\n",)) -> bytes:
    """A text with lines changed; some of them are quoted once more, broken, joined or indented."""
    lines = [piece.strip(b"\n") if rnd.random() < 0.9 else piece for piece in chunks(data, b"\n", rnd, words)]
    first, last = sorted((rnd.randrange(len(lines) + 1), rnd.randrange(len(lines) + 1)))
    mark = rnd.choice((b"", b"", b"> ", b">", b"  ", b"| "))
    return b"".join(piece + rnd.choice(glue) for piece in (*lines[:first], *(mark + line for line in lines[first:last]), *lines[last:]))


def bent_letter(data: bytes, rnd: random.Random) -> bytes:
    """A letter with quotes and signatures."""
    return bent_lines(data, rnd, encoded(LINES))


def bent_order(data: bytes, rnd: random.Random) -> bytes:
    """A letter that asks for something: words beside words."""
    if rnd.random() < 0.4:
        return b" ".join(rnd.choice(encoded(ORDERS)) for _ in range(rnd.randint(1, 12)))
    if rnd.random() < 0.7:
        return b"".join(chunks(data, rb"\s", rnd, tuple(b" " + word for word in encoded(ORDERS))))
    return bent_lines(data, rnd, encoded(ORDERS), (b"\n", b" ", b", ", b". "))


def tag(rnd: random.Random) -> bytes:
    """An opening or closing tag with attributes, or something like one."""
    if rnd.random() < 0.3:
        return rnd.choice(encoded(MARKUP))
    attributes = "".join(f" {rnd.choice(ATTRIBUTES)}" for _ in range(rnd.choice((0, 0, 1, 1, 2, 4))))
    return f"<{rnd.choice(('', '', '/'))}{rnd.choice(TAGS)}{attributes}{rnd.choice(('>', '>', '>', '/>', ''))}".encode()


def bent_html(data: bytes, rnd: random.Random) -> bytes:
    """A page with tags changed."""
    return b"".join(chunks(data, b"<", rnd, tuple(tag(rnd) for _ in range(8))))


def field(rnd: random.Random, names: Sequence[str]) -> bytes:
    """A field of a header, mostly with a value that fits it."""
    name = rnd.choice(names)
    values = rnd.choices(FITTING.get(name, OTHERS) if rnd.random() < 0.8 else VALUES, k=rnd.choice((1, 1, 1, 2)))
    colon, between = rnd.choice((":", ": ", ": ", " : ", ":\r\n ")), rnd.choice((" ", ", ", "; "))
    return f"{name}{colon}{between.join(values)}".encode()


def part(rnd: random.Random, names: Sequence[str], depth: int = 0) -> bytes:
    """A part made from nothing: a few fields, and a text, a page, a report, or parts."""
    head = [field(rnd, names) for _ in range(rnd.randint(0, 5))]
    if not depth:
        head += [field(rnd, (name,)) for name in ("From", "To", "Subject", "Date", "Message-ID") if rnd.random() < 0.7]
        rnd.shuffle(head)
    if depth < 3 and rnd.random() < 0.4:
        mark = b"b" * (depth + 1)
        kind = rnd.choice((b"mixed", b"alternative", b"related", b"report; report-type=delivery-status", b"report; report-type=feedback-report", b"digest"))
        head.append(b"Content-Type: multipart/" + kind + b'; boundary="' + mark + b'"')
        parts = b"".join(b"--" + mark + b"\r\n" + part(rnd, names, depth + 1) + b"\r\n" for _ in range(rnd.randint(1, 4)))
        return b"\r\n".join(head) + b"\r\n\r\n" + parts + rnd.choice((b"--" + mark + b"--\r\n", b"--" + mark, b""))
    body = rnd.choice((bent_letter, bent_html, bent_report))(b"", rnd)
    wrap = rnd.choice((None, None, base64.encodebytes, quopri.encodestring))
    if wrap:
        head.append(b"Content-Transfer-Encoding: " + (b"base64" if wrap is base64.encodebytes else b"quoted-printable"))
    head.append(b"Content-Type: " + rnd.choice((b"text/plain", b"text/html", b"message/delivery-status", b"message/rfc822", b"message/feedback-report")))
    return b"\r\n".join(head) + b"\r\n\r\n" + (wrap(body) if wrap else body)


def bent_report(data: bytes, rnd: random.Random) -> bytes:
    """Blocks of a report."""
    return b"\r\n\r\n".join(b"\r\n".join(field(rnd, REPORT_FIELDS) for _ in range(rnd.randint(1, 6))) for _ in range(rnd.randint(1, 3)))


def bent_mail(data: bytes, rnd: random.Random, names: Sequence[str] = FIELDS) -> bytes:
    """A mail with fields, lines or parts changed, put into another one, or made from nothing."""
    way = rnd.random()
    if way < 0.15:
        return part(rnd, names)
    if way < 0.25:
        kind = rnd.choice((b"message/rfc822", b"text/plain", b"text/rfc822-headers"))
        return field(rnd, names) + b"\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: " + kind + b"\r\n\r\n" + data + b"\r\n--q--\r\n"
    fresh = [b"\r\n" + rnd.choice((field(rnd, names), rnd.choice(encoded(LINES)), b"--b", b"--b--", b"", tag(rnd), rnd.choice(encoded(VALUES)))) for _ in range(8)]
    if way < 0.4:
        head, blank, body = data.partition(b"\r\n\r\n")
        return b"".join(chunks(head, b"\n", rnd, fresh)) + blank + body
    return b"".join(chunks(data, b"\n", rnd, fresh))


def bent_bounce(data: bytes, rnd: random.Random) -> bytes:
    """A bounce with fields, lines or parts changed."""
    return bent_mail(data, rnd, BOUNCE_FIELDS)


# What lies between two of these is meant many times over.
MANY = b"\0"
LONGEST_UNIT = 60
LARGE = 100_000


def repeated(data: bytes, rnd: random.Random) -> bytes:
    """Something short in it is to be repeated: what takes quadratic time shows."""
    at = rnd.randrange(len(data) + 1)
    end = at + rnd.randint(1, LONGEST_UNIT)
    before, after = rnd.choice(((data[:at], data[end:]), (b"", b"")))
    return before + MANY + data[at:end] + MANY + after


def grown(data: bytes) -> bytes:
    """The same with the repetition carried out."""
    before, _, rest = data.partition(MANY)
    unit, _, after = rest.partition(MANY)
    return before + unit * (LARGE // len(unit)) + after if unit and data.count(MANY) == 2 else data


BENT: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "mail": bent_mail,
    "quotes": bent_letter,
    "html": bent_html,
    "bounces": bent_bounce,
    "commands": bent_order,
}

SEEDS = 80
# What took too long once, to be grown; it would make large mails.
FOUND: dict[str, tuple[bytes, ...]] = {"html": (b"<b \0 \0>", b"<br\0\n\0>")}


def seeds(target: str) -> list[bytes]:
    """Where to begin: made by the same rules, always the same."""
    rnd, found = random.Random(target), [*FOUND.get(target, ())]
    if target in ("mail", "bounces"):
        return found + [part(rnd, FIELDS if target == "mail" else BOUNCE_FIELDS) for _ in range(SEEDS)]
    return found + [BENT[target](BENT[target](b"", rnd), rnd) for _ in range(SEEDS)]


def as_mail(target: str, data: bytes) -> bytes:
    """A mail that holds what broke a target, for tests/mails."""
    if target in ("mail", "bounces"):
        return data
    kind, body, subject = ("html" if target == "html" else "plain"), data, b"x"
    if target == "commands" and data.startswith(b"Subject:"):
        subject, _, body = data.removeprefix(b"Subject:").partition(b"\n")
    head = b"From: Jan <jan@example.org>\r\nDate: Tue, 3 Mar 2026 10:15:00 +0100\r\nMessage-ID: <broke@example.org>\r\nMIME-Version: 1.0\r\n"
    told = b"Content-Type: text/" + kind.encode() + b"; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + b"Subject: " + subject.strip() + b"\r\n" + told + base64.encodebytes(body)
