"""What stands in posts beside materials and is none: seen in archives, and told apart by names alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import banklinks, banknoise
from listserv.mail.bankfiles import is_material as is_file
from listserv.mail.banklinks import is_material, title_of_link
from listserv.mail.parse import Attachment

NONE = [
    "https://github.com/example/program/issues/128",
    "https://github.com/example/program/pull/35",
    "https://github.com/example/program/commit/fdd77081c4aaa2c79d56eb08516bdb563f9b6a89",
    "https://github.com/example/program/compare/v3.14.0.0...v3.14.1.0",
    "https://github.com/example/program/blob/master/lib/radio.cpp#L150",
    "https://gitlab.com/example/program/-/issues/4",
    "https://github.com/example/program.git",
    "https://stackoverflow.com/questions/50938245/number-of-items",
    "https://dsp.stackexchange.com/a/1993",
    "https://www.mail-archive.com/users@lists.example.org/msg07959.html",
    "https://lists.gnu.org/archive/html/discuss/2018-03/msg00349.html",
    "https://imgur.com/a/k3zcaJT",
    "https://www.amazon.com/StarTech-Dual-Port/dp/B07983NGQH",
    "https://allegro.pl/oferta/gra-planszowa-12345",
    "http://files.example.org/binaries/images/images_003.zip",
    "http://archive.example.org/pool/gcc-4.9_amd64.deb",
    "https://manual.example.org/classuhd_1_1usrp.html",
    "https://example.org/data-privacy",
    "https://example.org/polityka-prywatnosci/",
    "https://sklep.example.org/produkty/rzutnik",
    "https://forum.example.org/t/jak-to-zrobic/870",
    "https://tracker.example.org/browse/MEN-2436",
    "https://example.org/zdjecie-z-lekcji.jpg",
]
SOME = [
    "https://github.com/example/scratch-lekcje",
    "https://github.com/example/scenariusze/blob/main/README.md",
    "https://biblioteka.example.org/pliki/regulamin.pdf",
    "https://drive.google.com/file/d/1pVEcmdE/view",
    "https://kb.example.org/Getting_Started_Guide",
    "https://manual.example.org/page_general.html",
    "https://forum.example.org/zalaczniki/scenariusz.pdf",
    "https://pl.wikipedia.org/wiki/Prawo_autorskie",
]


@pytest.mark.parametrize("url", NONE)
def test_what_belongs_to_a_conversation_is_no_material(url):
    assert not is_material(url)


@pytest.mark.parametrize("url", SOME)
def test_what_can_be_read_and_used_is_one(url):
    assert is_material(url)


def attached(name, type="application/octet-stream", size=90_000):
    return Attachment(number=1, name=name, type=type, size=size, sha256="0" * 64, inline=False)


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("build_output.txt", "text/plain"),
        ("output1027.txt", "text/plain"),
        ("TerminalOutput.txt", "text/plain"),
        ("cmake errors.txt", "text/plain"),
        ("Screenshot from 2019-10-01 12-51-07.png", "image/png"),
        ("Zrzut ekranu 2026-03-02.png", "image/png"),
        ("IMG_20260302.jpg", "image/jpeg"),
        ("noc_block_add.v", "application/octet-stream"),
        ("error2.cpp", "text/x-c++src"),
        ("Makefile", "application/octet-stream"),
        ("Makefile.inc", "application/octet-stream"),
        ("lspci", "application/octet-stream"),
    ],
)
def test_logs_screens_and_pieces_of_programs_are_none(name, type):
    assert not is_file(attached(name, type))


@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("Scenariusz lekcji.docx", "application/octet-stream"),
        ("Plakat na tydzień bibliotek.jpg", "image/jpeg"),
        ("lektury.txt", "text/plain"),
        ("Dzień bez ekranu – screen-free day.png", "image/png"),
        ("Photo contest poster.png", "image/png"),
        ("katalog gier.xlsx", "application/octet-stream"),
        ("labirynt.sb3", "application/octet-stream"),
        ("Output – scenariusz.pdf", "application/pdf"),
    ],
)
def test_documents_posters_and_games_are_some(name, type):
    assert is_file(attached(name, type))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Regulamin wypożyczania czytników", True),
        ("USRP N210", True),
        ("According to this article", False),
        ("Zob. stronę", False),
        ("$ git clone", False),
        ("According", False),
        ("Polecam wszystkim tę stronę", False),
        ("a whole sentence in small letters", False),
    ],
)
def test_words_before_a_link_name_it_or_lead_to_it(words, said):
    assert banknoise.is_label(words) is said


def test_the_name_of_a_page_that_every_site_has_is_no_title():
    assert title_of_link("https://example.org/2026/index.html") == "" and title_of_link("https://example.org/lekcje/README.md") == ""
    assert title_of_link("https://example.org/lekcje/o-prawie-autorskim.html")


def test_the_mark_of_a_list_is_no_part_of_a_title():
    assert banknoise.without_tag("[USRP-users] [UHD] Release") == "Release"
    assert banknoise.without_tag("[nic]") == "[nic]"


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_names_are_told_apart(name, type):
    banknoise.is_file(name, type)
    banknoise.is_link(name, type, name)
    banknoise.is_label(name)


@pytest.mark.parametrize("piece", ["a.", "log_", "/class_", "screen ", "img-", "archive/html/", "L1-"])
def test_no_name_keeps_us_busy(piece):
    started = time.process_time()
    for word in (piece * 500, "/" + piece * 500):
        banknoise.is_file(word, "image/png")
        banknoise.is_link(word, word, word)
        banknoise.is_label(word)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "url",
    [
        "http://router.local/plik.pdf",
        "http://serwer.lan/plik.pdf",
        "http://metadata.google.internal/computeMetadata/v1/x.pdf",
        "http://192.168.1.1/raport.pdf",
        "http://2130706433/raport.pdf",
        "http://[::1]/raport.pdf",
        "http://intranet/raport.pdf",
        "https://user:pass@host.example.net/plik.pdf",
        "https://host.example.net/plik.pdf?token=SECRET123456&x=1",
        "https://host.example.net/plik.pdf?x=1&access_token=abc",
        "https://host.example.net/plik.pdf?key=abc",
        "https://host.example.net/plik.pdf#/x?token=abc",
        "https://host.example.net/doc?id=3&sig=abcdef&se=2026",
        "https://s3.amazonaws.com/b/plik.pdf?X-Amz-Signature=abc&X-Amz-Credential=z",
        "https://host.example.net/plik/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "https://host.example.net/reset-password?u=abcdef",
        "https://host.example.net/confirm/abcdef123",
        "https://host.example.net/magic-login/abc/welcome.pdf",
        "https://host.example.net/zaproszenie?invite=abc123&t=1",
        "https://szkola.example.net/tokenpluginfile.php/abc/1/plik.pdf",
        "https://listy.example.com/r/x3jh4kj5h3k4j5h3k4j5h",
        "https://listy.example.com/r/meeting/abc",
        "https://listy.example.com/siec/me/poczta",
    ],
)
def test_links_within_somebodys_walls_and_with_somebodys_key_are_no_materials(url):
    assert banklinks.links_in(f"Zob. {url}") == []


@pytest.mark.parametrize(
    "url",
    [
        "https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUv/edit?usp=sharing",
        "https://spreadsheets.google.com/ccc?key=0AbCdEfGh",
        "https://www.dropbox.com/scl/fi/abc/plan.pdf?rlkey=xyz&dl=0",
        "https://biblioteka.example.net/zaproszenie.pdf",
        "https://biblioteka.example.net/lekcje/index.php?id=12&strona=2",
    ],
)
def test_links_that_are_shared_by_their_nature_are_materials(url):
    assert len(banklinks.links_in(f"Zob. {url}")) == 1
