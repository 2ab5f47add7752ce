"""HyperKitty's links: where they lead, and to whom they tell nothing."""

import re

import pytest

from listserv.store.lists import list_by_name
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, hidden, letters, link_in, member, signed_in, stranger  # noqa: F401

HERE = "siecibp@lists.example.org"


def led(reader, path, **more):
    """Where a link leads to; its status where it does not lead on."""
    answer = reader.get(path, **more)
    return answer.headers["Location"] if answer.status_code == 301 else answer.status_code


@pytest.mark.parametrize("base", ["/archives", "/hyperkitty"])
@pytest.mark.parametrize("end", ["", "/"])
def test_messages_threads_lists_and_months_lead_to_ours(member, archive, base, end):
    old, message, reply = f"{base}/list/{HERE}", archive.hashes["question"], archive.hashes["answer"]
    thread = f"/siecibp/thread/{archive.threads['lekcje']}"

    assert led(member, f"{old}/message/{reply}{end}") == f"/siecibp/message/{reply}"
    assert led(member, f"{old}/thread/{message}{end}") == thread
    assert led(member, f"{old}/thread/{message}{end}?sort=thread") == thread
    assert led(member, f"{old}/thread/{message}{end}?sort=date") == f"{thread}?flat=1"
    assert led(member, f"{old}{end}") == led(member, f"{old}/latest{end}") == "/siecibp/"
    assert led(member, f"{old}/2026/3{end}") == led(member, f"{old}/2026/03{end}") == led(member, f"{old}/2026/3/14{end}") == "/siecibp/month/2026-03"
    assert led(member, f"{base}{end}") == led(member, f"{base}/list{end}") == "/"


def test_where_they_lead_there_is_a_page(member, archive):
    old = f"/archives/list/{HERE}"

    for rest in (f"/message/{archive.hashes['answer']}/", f"/thread/{archive.hashes['question']}/", "/", "/2026/3/"):
        assert member.get(led(member, old + rest)).status_code == 200, rest


def test_a_posts_place_in_a_thread_has_the_name_that_it_had_there(member, archive):
    page = member.page(f"/siecibp/thread/{archive.threads['lekcje']}")

    for which in ("question", "answer"):
        assert len(re.findall(f'id="{archive.hashes[which]}"', page)) == 1


def test_what_a_message_carries_leads_to_the_message(member, archive):
    message = f"/message/{archive.hashes['answer']}"

    assert led(member, f"/archives/list/{HERE}{message}/attachment/4/karty%20pracy.pdf") == f"/siecibp{message}"


@pytest.mark.parametrize("address", ["SieciBP@Lists.Example.ORG", "siecibp%40lists.example.org", "siecibp@lists.example.org."])
def test_an_address_is_read_as_mail_programs_read_it(member, archive, address):
    assert led(member, f"/archives/list/{address}/message/{archive.hashes['answer'].lower()}/") == f"/siecibp/message/{archive.hashes['answer']}"


def test_a_list_is_found_under_its_old_domain_and_its_old_name(member, site, archive):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"alias": "bibliotekarze@old.example.net"}, CONSOLE, site.now())
    there = f"/siecibp/message/{archive.hashes['answer']}"

    for address in ("bibliotekarze@old.example.net", "Bibliotekarze@OLD.example.net", "siecibp@old.example.net", "siecibp@older.example.net"):
        assert led(member, f"/archives/list/{address}/message/{archive.hashes['answer']}/") == there, address
    assert led(member, f"/archives/list/bibliotekarze@older.example.net/message/{archive.hashes['answer']}/") == 404


def test_of_two_lists_of_one_name_each_keeps_its_links(app, site, archive):
    reader = signed_in(app, site, "zofia@example.org")
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "gazetka"), {"alias": "siecibp@other.example.net"}, CONSOLE, site.now())

    assert led(reader, "/archives/list/siecibp@other.example.net/") == "/gazetka/"
    assert led(reader, f"/archives/list/siecibp@other.example.net/message/{archive.hashes['letter']}/") == f"/gazetka/message/{archive.hashes['letter']}"
    assert led(reader, f"/archives/list/siecibp@other.example.net/message/{archive.hashes['answer']}/") == f"/siecibp/message/{archive.hashes['answer']}"
    assert led(reader, f"/archives/list/siecibp@lists.example.org/message/{archive.hashes['letter']}/") == 404


def test_a_stranger_learns_nothing_of_what_is_hidden(stranger, archive):
    def shown(path):
        answer = stranger.get(path)
        return answer.status_code, re.sub(r'name="form" value="[0-9a-f]+"', "", answer.text.replace(path, ""))

    stranger.get("/sign-in")  # the cookie of the first form
    nothing = shown("/archives/list/niczego@lists.example.org/")
    hash_here, hash_nowhere = archive.hashes["answer"], "A" * 32

    for rest in ("/", "/latest", "/2026/3/", "/2026/13/", f"/message/{hash_here}/", f"/message/{hash_nowhere}/", f"/thread/{hash_here}/", "/thread/x/"):
        assert shown(f"/archives/list/{HERE}{rest}") == nothing, rest
    assert nothing[0] == 404


def test_a_public_archive_answers_strangers(stranger, archive):
    old = "/hyperkitty/list/gazetka@lists.example.org"

    assert led(stranger, f"{old}/thread/{archive.hashes['letter']}/") == f"/gazetka/thread/{archive.threads['gazetka']}"
    assert led(stranger, f"{old}/message/{archive.hashes['answer']}/") == 404


def test_after_signing_in_the_reader_gets_there(app, site, archive, stranger):
    old = f"/archives/list/{HERE}/thread/{archive.hashes['question']}/?sort=date"
    page = stranger.page(old, 404)
    stranger.post("/sign-in", data={"form": hidden(page, "form"), "next": hidden(page, "next"), "email": "ewa@example.org"})
    entered = stranger.send(link_in(letters(site)[-1][1]))

    assert entered.headers["Location"] == old
    assert led(stranger, old) == f"/siecibp/thread/{archive.threads['lekcje']}?flat=1"


def test_the_name_of_a_joined_thread_leads_to_where_it_went(member, site, archive, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        late = seeds.thread(db, mlist, "Za późno", now).say("Jan", "jan@example.org", "x", message_id="late@example.org")
        late.thread_id = archive.threads["lekcje"]
        old = f"/archives/list/{HERE}/thread/{late.hash}/"

    assert led(member, old) == f"/siecibp/thread/{archive.threads['lekcje']}"


def test_head_is_answered_like_get_and_nothing_else_is(member, archive):
    path = f"/archives/list/{HERE}/message/{archive.hashes['answer']}/"

    head = member.head(path)
    assert (head.status_code, head.headers["Location"], head.data) == (301, f"/siecibp/message/{archive.hashes['answer']}", b"")
    assert member.head("/archives/list/niczego@lists.example.org/").status_code == 404
    assert member.post(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    ["list/x/", "list/@/", "list/siecibp@/", "list/%00@x/", "list/a@b@c/message/x/", "list/%FF@x/", f"list/{HERE}/0000/0/", f"list/{HERE}/20261/1/"]
    + [f"list/{HERE}/message/{'A' * 31}%00/", f"list/{HERE}/message/..%2f..%2fx/", f"list/{HERE}/thread/{'a' * 4000}/", f"list/{HERE}/nothing/", "lists/"],
)
def test_strange_old_links_are_no_pages(member, archive, path):
    assert member.get(f"/archives/{path}").status_code == 404


@pytest.mark.parametrize("name", ["archives", "hyperkitty"])
def test_no_list_takes_the_name_of_an_old_address(db, now, name):
    from listserv.errors import Invalid

    with pytest.raises(Invalid, match="would collide"):
        administration.create_list(db, administration.NewList(name, "x"), CONSOLE, now)
