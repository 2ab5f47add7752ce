"""Answers to a digest as mail programs write them: made from the digest's own parts, in the shape of each program."""

import email
import email.policy
import re
import textwrap
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from listserv.mail.html import to_text

WHO, ADDRESS = "Sieć BP", "siecibp@lists.example.org"


@dataclass
class Quoted:
    """What stands in the reader's editor: the digest's lines, perhaps shortened, with their words between them or above."""

    lines: list[str]
    html: str


def text_of(digest):
    return digest.mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def page_of(digest):
    return digest.mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def only(lines, first, last):
    """The lines from the last one with these words to the next with those: what is left when the rest was deleted."""
    begin = max(n for n, line in enumerate(lines) if first in line)
    end = next(n for n, line in enumerate(lines) if n >= begin and last in line)
    return lines[begin : end + 1]


def marked(lines, width=74):
    """Quoted with >, wrapped as programs do."""
    out = []
    for line in lines:
        out += [f"> {piece}".rstrip() for piece in textwrap.wrap(line.strip(), width)] or [">"]
    return "\n".join(out)


def between(lines, answers, mark=marked):
    """The quotation with answers below the lines that hold these words: {words: answer}."""
    out, left = [], []
    for line in lines:
        left.append(line)
        for words, answer in answers.items():
            if words in line:
                out += [mark(left), "", answer, ""]
                left = []
    return "\n".join([*out, mark(left)] if left else out)


def _mail(text, html=None):
    message = EmailMessage(policy=email.policy.SMTP)
    message.set_content(text, cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def _paragraphs(words, tag="div"):
    return "".join(f"<{tag}>{escape(line) or '<br>'}</{tag}>" for line in words.split("\n"))


def as_page(lines):
    """Lines that are left of an HTML digest, as its editor has them."""
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def gmail(words, lines, page=None):
    said = f"śr., 4 mar 2026 o 07:00 {WHO} <{ADDRESS}> napisał(a):"
    page = page or as_page(lines)
    html = (
        f'<div dir="ltr">{_paragraphs(words)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(said)}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{page}</blockquote></div>'
    )
    return _mail(f"{words}\n\n{said}\n\n{marked(lines)}\n", html)


HEAD = {
    "Od": f"{WHO} <{ADDRESS}>",
    "Wysłane": "środa, 4 marca 2026 07:00",
    "Do": "Irena Czytelna <irena@example.org>",
    "Temat": "Sieć BP, środa: 3 wątki, 4 wiadomości",
}


def outlook(words, lines, page=None):
    """Outlook on a computer: a line, a header block, nothing marked; its text is made from its HTML."""
    head = "\n".join(f"{name}: {value}" for name, value in HEAD.items())
    block = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in HEAD.items())
    html = (
        f'<div class="WordSection1">{_paragraphs(words, "p")}<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{block}</p></div>{page or as_page(lines)}</div>'
    )
    return _mail(f"{words}\n\n{head}\n\n" + "\n\n".join(line.strip() for line in lines) + "\n", html)


def outlook_web(words, lines, page=None):
    head = "\n".join(f"{name}: {value}" for name, value in HEAD.items())
    block = "<br>".join(f"<b>{name}:</b> {escape(value)}" for name, value in HEAD.items())
    html = (
        f'<div class="elementToProof">{_paragraphs(words)}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        f'<div id="divRplyFwdMsg" dir="ltr">{block}<div>&nbsp;</div></div><div>{page or as_page(lines)}</div>'
    )
    return _mail(f"{words}\n________________________________\n{head}\n\n" + "\n".join(line.strip() for line in lines) + "\n", html)


def apple(words, lines, page=None):
    said = f"Wiadomość napisana przez {WHO} <{ADDRESS}> w dniu 4 mar 2026, o godz. 07:00:"
    html = f'<div>{_paragraphs(words)}<br><blockquote type="cite"><div>{escape(said)}</div><br class="Apple-interchange-newline">{page or as_page(lines)}</blockquote></div>'
    return _mail(f"{words}\n\n> {said}\n> \n{marked(lines)}\n", html)


def thunderbird(words, lines, page=None):
    """Below the quotation or between its lines as well; text alone."""
    return _mail(f"{words}\n\nW dniu 4.03.2026 o 07:00, {WHO} pisze:\n{marked(lines, 72)}\n")


def wp(words, lines, page=None):
    said = f"Dnia 4 marca 2026 07:00 {WHO} < {ADDRESS} > napisał(a):"
    html = (
        f'<div>{_paragraphs(words, "p")}</div><div><br></div><div>{escape(said)}</div>'
        f'<blockquote style="margin-left:5px;padding-left:5px;border-left:2px solid #ccc">{page or as_page(lines)}</blockquote>'
    )
    return _mail(f"{words}\n\n{said}\n" + "\n".join(line.strip() for line in lines) + "\n", html)


def onet(words, lines, page=None):
    said = f"W dniu 2026-03-04 07:00:00 użytkownik {WHO} <{ADDRESS}> napisał:"
    return _mail(f"{words}\n\n{said}\n{marked(lines)}\n")


def html_alone(words, lines, page=None):
    """A telephone's program that sends no text beside its HTML."""
    made = EmailMessage(policy=email.policy.SMTP)
    made.set_content(gmail(words, lines, page).get_body(("html",)).get_content(), subtype="html", cte="quoted-printable")
    return made


CLIENTS = {f.__name__: f for f in (gmail, outlook, outlook_web, apple, thunderbird, wp, onet, html_alone)}
# Those whose users can answer between the lines, because what is quoted is marked.
MARKING = {
    "gmail": f"śr., 4 mar 2026 o 07:00 {WHO} <{ADDRESS}> napisał(a):\n\n",
    "apple": f"> Wiadomość napisana przez {WHO} <{ADDRESS}> w dniu 4 mar 2026, o godz. 07:00:\n> \n",
    "thunderbird": f"W dniu 4.03.2026 o 07:00, {WHO} pisze:\n",
    "onet": f"W dniu 2026-03-04 07:00:00 użytkownik {WHO} <{ADDRESS}> napisał:\n",
}


def whole(client, words, digest):
    """An answer above the whole digest: the HTML form where the program shows that."""
    page = page_of(digest)
    # Programs make the text beside their HTML from what they show.
    lines = text_of(digest).split("\n") if client in ("thunderbird", "onet") else to_text(page).split("\n")
    return CLIENTS[client](words, lines, re.sub(r"(?s)^.*?<body[^>]*>|</body>.*$", "", page))


def inline(client, digest, answers, last=None):
    """Answers between the lines of the digest's text; `last`: what stands below all."""
    said = MARKING[client] + between(text_of(digest).split("\n"), answers)
    return _mail(f"{said}\n{last or ''}\n")
