"""Signatures that the HTML of a mail marks and its text does not: the same lines of the text are folded, nothing is lost.

Letters before the names as in test_quotes_polish.py.
"""

import time

import pytest

from listserv.mail.htmlsignatures import set_off
from listserv.mail.parse import parse
from listserv.mail.quotes import letter, reply, split
from tests.mail.test_parse import mail, multipart, part

ANSWER = "Dziękuję, to bardzo pomaga.\n\nMożemy porozmawiać w czwartek."
ANSWER_HTML = "<div>Dziękuję, to bardzo pomaga.</div><div><br></div><div>Możemy porozmawiać w czwartek.</div>"
CARD = "Anna Nowa\nBiblioteka Publiczna w Przykładowie"
CARD_HTML = "<div>Anna Nowa</div><div>Biblioteka Publiczna w Przykładowie</div>"
QUOTE = "W dniu 3.03.2026 o 10:15, Jan Kowalski pisze:\n> Kiedy?\n> Anna Nowa\n> Biblioteka Publiczna w Przykładowie\n"
QUOTE_HTML = f"<div>W dniu 3.03.2026 o 10:15, Jan Kowalski pisze:</div><blockquote>Kiedy?<div class='gmail_signature'>{CARD_HTML}</div></blockquote>"

MARKS = [
    ("S Gmail", '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">{}</div>'),
    ("T Thunderbird", '<div class="moz-signature">{}</div>'),
    ("S Outlook on the web", '<div class="elementToProof" id="Signature">{}</div>'),
    ("S Outlook on a telephone", '<div id="ms-outlook-mobile-signature" dir="auto">{}</div>'),
    ("S Apple", '<div id="AppleMailSignature" dir="ltr">{}</div>'),
    ("R Proton", '<div class="protonmail_signature_block"><div class="protonmail_signature_block-user">{}</div></div>'),
    ("R Yahoo", '<div class="ydp4f1c2d3asignature">{}</div>'),
    ("R Yahoo on a telephone", '<div id="ymail_android_signature">{}</div>'),
    ("T K-9", "<div class='k9mail-signature'>{}</div>"),
    ("T FairEmail", '<div class="fairemail_signature">{}</div>'),
    ("R Zimbra", '<div data-marker="__SIG_PRE__">{}</div>'),
    ("T Roundcube", "<div id='_rc_sig'>{}</div>"),
    ("R Zoho", '<div id="Zm-_Id_-Sgn" data-sigid="1">{}</div>'),
    ("R Spark", '<div name=messageSignatureSection>{}</div>'),
    ("S Samsung", '<div id="composer_signature" dir="auto">{}</div>'),
]


def both(text, html):
    return parse(mail(*multipart("alternative", part("text/plain; charset=utf-8", text), part("text/html; charset=utf-8", html))))


@pytest.mark.parametrize("mark", [mark for _, mark in MARKS], ids=[name for name, _ in MARKS])
@pytest.mark.parametrize("older", [("", ""), (QUOTE, QUOTE_HTML)], ids=["alone", "above a quote"])
def test_lines_that_the_html_calls_a_signature_are_no_reply(mark, older):
    post = both(f"{ANSWER}\n\n{CARD}\n\n{older[0]}", f"{ANSWER_HTML}<br>{mark.format(CARD_HTML)}<br>{older[1]}")

    assert reply(f"{ANSWER}\n\n{CARD}\n\n{older[0]}") == f"{ANSWER}\n\n{CARD}", "without HTML nobody could tell"
    assert post.reply == ANSWER
    assert [piece.text.strip() for piece in split(post.text) if piece.kind == "signature"] == [f"-- \n{CARD}"]


def test_the_text_stays_as_it_came_but_for_the_dashes():
    text = f"{ANSWER}\n\n{CARD}\n\n{QUOTE}"

    post = both(text, f'{ANSWER_HTML}<div class="gmail_signature">{CARD_HTML}</div>{QUOTE_HTML}')

    assert post.text.replace("-- \n", "", 1).strip() == text.strip()


def test_a_signature_below_an_answer_below_a_quote_is_found():
    post = both(f"{QUOTE}\n{ANSWER}\n\n{CARD}\n", f'{QUOTE_HTML}{ANSWER_HTML}<div class="moz-signature">{CARD_HTML}</div>')

    assert post.reply == ANSWER
    assert split(post.text)[-1].text.strip() == f"-- \n{CARD}"


def test_lines_broken_otherwise_links_and_pictures_are_the_same_signature():
    text = f"{ANSWER}\n\n*Anna Nowa*\nBiblioteka Publiczna\nw Przykładowie, ul. Długa 1 <https://mapa.example/dluga>\n[image: Logo]\nwww.biblioteka.example\n<http://www.biblioteka.example>\n"
    html = (
        f'{ANSWER_HTML}<div class="gmail_signature"><b>Anna Nowa</b><br>Biblioteka Publiczna w Przykładowie, <a href="https://mapa.example/dluga">ul. Długa 1</a>'
        '<br><img alt="Logo" src="x"><br><a href="http://www.biblioteka.example">www.biblioteka.example</a></div>'
    )

    assert both(text, html).reply == ANSWER


def test_a_farewell_above_the_signature_goes_with_it_and_is_passed_on():
    post = both(f"{ANSWER}\n\nPozdrawiam,\n\n{CARD}\n", f'{ANSWER_HTML}<div>Pozdrawiam,</div><div class="gmail_signature">{CARD_HTML}</div>')

    assert post.reply == ANSWER
    assert letter(post.text) == f"{ANSWER}\n\nPozdrawiam,"


def test_a_farewell_with_a_name_is_known_without_the_mark_and_stays_as_it_is():
    text = f"{ANSWER}\n\nPozdrawiam\nAnna Nowa\n"

    post = both(text, f'{ANSWER_HTML}<div class="gmail_signature">Pozdrawiam<br>Anna Nowa</div>')

    assert "--" not in post.text
    assert post.reply == ANSWER


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (f"{ANSWER}\n", f'<div class="gmail_signature">{ANSWER_HTML}</div>'),
        ("Dzień dobry,\n\nproszę o zapisanie mnie na listę.\n\nAnna Nowa\n", '<div>Dzień dobry,</div><div id="Signature">proszę o zapisanie mnie na listę.<br><br>Anna Nowa</div>'),
        (f"{ANSWER}\n\nAnna\n\nPS Sala 12.\n", f'{ANSWER_HTML}<div class="gmail_signature">Anna</div><div>PS Sala 12.</div>'),
        (f"{ANSWER}\n\nAnna Nowa z biblioteki\n", f'{ANSWER_HTML}<div class="gmail_signature">Anna Nowa</div>'),
        (f"TAK\n\nAnna Nowa\n\n{QUOTE}", f'<div class="gmail_signature">TAK<br><br>Anna Nowa</div>{QUOTE_HTML}'),
    ],
    ids=["all of it", "all but the greeting", "something below", "another line", "the answer too"],
)
def test_what_somebody_wrote_within_their_signature_stays(text, html):
    assert both(text, html).text.strip() == text.strip()


def test_a_name_at_the_top_is_no_signature_and_the_one_below_is():
    text = "Anna\n\njuż odpowiadam: w czwartek o dziesiątej.\n\nAnna\n"

    assert both(text, '<div>Anna</div><div>już odpowiadam</div><div class="gmail_signature">Anna</div>').reply == "Anna\n\njuż odpowiadam: w czwartek o dziesiątej."


def test_a_signature_in_older_mail_is_not_looked_for_in_the_answer():
    text = f"{ANSWER}\n\n{QUOTE}"

    assert both(text, f"{ANSWER_HTML}{QUOTE_HTML}").text.strip() == text.strip()


def test_a_signature_of_its_own_dashes_gets_no_others():
    text = f"{ANSWER}\n\n-- \n{CARD}\n"

    assert both(text, f'{ANSWER_HTML}<pre class="moz-signature">-- \n{CARD}</pre>').text.strip() == text.strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n" * 25_000, '<div class="gmail_signature">' + "a" * 3_000 + "</div>"),
        ("a\n" * 25_000, '<div class="gmail_signature">a<br>a</div>' * 10_000),
        ("a\n" * 25_000, '<div class="ignature">a</div>' * 100_000),
        ("-- \na\n" * 8_000, '<div class="gmail_signature">a<br>a</div>' * 100),
        ("x <" * 16_000, "<" * 1_000_000 + "ignature" * 100_000),
        ("x\n", '<div class="signature" ' + 'class="a" ' * 200_000),
    ],
    ids=["letters", "many", "near misses", "dashes", "brackets", "attributes"],
)
def test_no_signature_keeps_us_busy(text, html):
    begun = time.process_time()

    made = set_off(text, [html])

    assert time.process_time() - begun < 1
    assert made.replace("-- \n", "") == text.replace("-- \n", "")


def test_the_armour_of_a_letter_signed_within_its_text_is_no_part_of_what_was_said():
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nMam dwa scenariusze.\n\n- -- \nAnna\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCAAdFiEE\n=abcd\n-----END PGP SIGNATURE-----\n"
    )

    assert reply(text) == "Mam dwa scenariusze."
    assert "".join(piece.text for piece in split(text)) == text


def test_an_armour_that_never_ends_hides_no_words():
    assert reply("Proszę:\n-----BEGIN PGP SIGNATURE-----\nto nie podpis\n") == "Proszę:\n\nto nie podpis"
