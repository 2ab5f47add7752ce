"""Mail programs as people use them: what each makes of the same words, and of an answer to somebody else's.

A client takes a `Sheet` and gives the body as a message, and the mark that it puts before the subject of an answer.
"""

import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage
from html import escape

LONGEST_QUOTED = 4_000


@dataclass(frozen=True)
class Quoted:
    """What an answer quotes, and who said it."""

    author: str
    words: str


@dataclass(frozen=True)
class Sheet:
    """What somebody types: their words, and what their mail program adds below or above."""

    words: str
    subject: str
    to: str
    quoted: Quoted | None = None
    files: tuple[tuple[str, bytes], ...] = field(default=())


def _message(name):
    message = EmailMessage(policy=email.policy.SMTP)
    message["X-Mailer"] = name
    return message


def _marked(quoted):
    return "\n".join(f"> {line}".rstrip() for line in quoted.words[:LONGEST_QUOTED].split("\n"))


def _lines(words):
    return "<br>".join(escape(words).split("\n"))


def thunderbird(sheet):
    """Plain text, 8 bit, the quotation below."""
    message, quoted = _message("Mozilla Thunderbird"), sheet.quoted
    quote = f"\n\nW dniu 3.03.2026 o 10:00, {quoted.author} pisze:\n{_marked(quoted)}\n" if quoted else "\n"
    message.set_content(sheet.words + quote, cte="8bit")
    return message, "Re: "


def below(sheet):
    """The same, from somebody who answers below the quotation, as it was done once."""
    message, quoted = _message("Mozilla Thunderbird"), sheet.quoted
    quote = f"W dniu 3.03.2026 o 10:00, {quoted.author} pisze:\n{_marked(quoted)}\n\n" if quoted else ""
    message.set_content(f"{quote}{sheet.words}\n", cte="8bit")
    return message, "Re: "


def outlook(sheet):
    """HTML alone, ISO 8859-2, no quote marks, Odp:."""
    message, quote = _message("Microsoft Outlook 16.0"), ""
    if sheet.quoted:
        quote = (
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
            f"<b>Od:</b> {escape(sheet.quoted.author)}<br><b>Wysłane:</b> wtorek, 3 marca 2026 10:00<br><b>Do:</b> {sheet.to}<br>"
            f'<b>Temat:</b> {escape(sheet.subject)}</p></div><p class="MsoNormal">{_lines(sheet.quoted.words[:LONGEST_QUOTED])}</p>'
        )
    page = f'<html><body><p class="MsoNormal">{_lines(sheet.words)}</p>{quote}</body></html>'
    message.set_content(page.encode("iso-8859-2", "xmlcharrefreplace").decode("iso-8859-2"), subtype="html", charset="iso-8859-2", cte="quoted-printable")
    return message, "Odp: "


def gmail(sheet):
    """Both, base64, gmail_quote."""
    message, quoted = _message("Gmail"), sheet.quoted
    plain, html = sheet.words, f"<div dir=ltr>{_lines(sheet.words)}</div>"
    if quoted:
        line = f"wt., 3 mar 2026 o 10:00 {quoted.author} napisał(a):"
        plain += f"\n\n{line}\n\n{_marked(quoted)}\n"
        html += f'<br><div class="gmail_quote"><div class="gmail_attr">{escape(line)}</div><blockquote class="gmail_quote">{_lines(quoted.words)}</blockquote></div>'
    message.set_content(plain + "\n", cte="base64")
    message.add_alternative(html, subtype="html")
    return message, "Re: "


def telephone(sheet):
    """Apple Mail: quoted-printable, a signature of its own above the quotation."""
    message, quoted = _message("iPhone Mail (22A100)"), sheet.quoted
    quote = f"\n\nWiadomość napisana przez {quoted.author} w dniu 3 mar 2026, o godz. 10:00:\n\n{_marked(quoted)}\n" if quoted else "\n"
    message.set_content(f"{sheet.words}\n\nWysłane z iPhone'a{quote}", cte="quoted-printable")
    return message, "Odp: "


def webmail(sheet):
    """A Polish web mailer: both forms, windows-1250, the quotation in a table of its own making."""
    message, quoted = _message("Poczta w przegladarce"), sheet.quoted
    line = f"Dnia 3 marca 2026 10:00 {quoted.author} napisał(a):" if quoted else ""
    plain = f"{sheet.words}\n\n{line}\n\n{_marked(quoted)}\n" if quoted else f"{sheet.words}\n"
    message.set_content(_fitting(plain), charset="windows-1250", cte="8bit")
    html = f"<div>{_lines(sheet.words)}</div>" + (f"<div>{escape(line)}</div><blockquote>{_lines(quoted.words)}</blockquote>" if quoted else "")
    message.add_alternative(_fitting(html), subtype="html", charset="windows-1250", cte="quoted-printable")
    return message, "Re: "


def english(sheet):
    """Thunderbird of somebody who reads English."""
    message, quoted = _message("Mozilla Thunderbird"), sheet.quoted
    quote = f"\n\nOn 3/3/26 10:00, {quoted.author} wrote:\n{_marked(quoted)}\n" if quoted else "\n"
    message.set_content(sheet.words + quote, cte="quoted-printable")
    return message, "Re: "


def _fitting(text):
    return text.encode("windows-1250", "replace").decode("windows-1250")


POLISH = (thunderbird, outlook, gmail, telephone, webmail, below)


def written_with(client, sheet):
    """The body that this client makes, with the files, and the mark of an answer."""
    message, mark = client(sheet)
    for name, data in sheet.files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message, mark
