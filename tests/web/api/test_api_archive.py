"""Threads, messages, search, deliveries, digests and figures for programs: what the pages show to the same person, and nothing else."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.resources import folder
from listserv.store.drafts import Draft
from listserv.store.lists import list_by_name
from listserv.store.queue import Incoming, State
from tests.web.api.api_world import admin, app, halina, moderator, owner, programs, token, world  # noqa: F401
from tests.web.world import HIDDEN, HIDDEN_THREAD, LISTS, PRIVATE, PUBLIC, SHOWN, word

# Address, and what each is answered: on the private list, on the public one.
ROWS = (
    # path, member, other, moderator, owner, administrator; then the same on the public list
    ("/lists/{name}/threads", "200 404 200 200 200", "200 200 200 200 200"),
    ("/lists/{name}/threads/{thread}", "200 404 200 200 200", "200 200 200 200 200"),
    ("/lists/{name}/threads/{hidden_thread}", "404 404 200 200 200", "404 404 200 200 200"),
    ("/lists/{name}/threads/999999", "404 404 404 404 404", "404 404 404 404 404"),
    ("/lists/{name}/messages", "200 404 200 200 200", "200 200 200 200 200"),
    ("/lists/{name}/messages/{hash}", "200 404 200 200 200", "200 200 200 200 200"),
    ("/lists/{name}/messages/{hidden}", "404 404 200 200 200", "404 404 200 200 200"),
    ("/lists/{name}/messages/{hash}/raw", "200 404 200 200 200", "200 404 200 200 200"),
    ("/lists/{name}/messages/{hash}/deliveries", "404 404 200 200 200", "404 404 200 200 200"),
    ("/lists/{name}/search?q=jawne{name}", "200 404 200 200 200", "200 200 200 200 200"),
    ("/lists/{name}/digests", "200 404 200 200 404", "200 404 200 200 404"),
    ("/lists/{name}/digests/1", "404 404 404 404 404", "404 404 404 404 404"),
    ("/lists/{name}/report", "200 404 200 200 200", "404 404 200 200 200"),
    ("/lists/{name}/written/aaaaaaaaaaaaaaaaaaaa", "404 404 404 404 404", "404 404 404 404 404"),
    ("/lists/{name}/written/nonsense", "404 404 404 404 404", "404 404 404 404 404"),
    ("/search?q=jawne{name}", "200 200 200 200 200", "200 200 200 200 200"),
    ("/deliveries?message_id=nothing@example.org", "403 403 403 403 404", "403 403 403 403 404"),
    ("/queue", "403 403 403 403 200", "403 403 403 403 200"),
    ("/webhooks", "200 200 200 200 200", "200 200 200 200 200"),
    ("/webhooks/1", "404 404 404 404 404", "404 404 404 404 404"),
)
WHO = ("member", "other", "moderator", "owner", "administrator")


def paths(world, name):
    things = world.things
    return {
        "name": name,
        "thread": things[name, SHOWN].thread,
        "hash": things[name, SHOWN].hash,
        "hidden": things[name, HIDDEN].hash,
        "hidden_thread": things[name, HIDDEN_THREAD].thread,
    }


def test_who_may_what(programs, world):
    wrong = []
    for path, private, public in ROWS:
        for name, row in ((PRIVATE, private), (PUBLIC, public)):
            at = path.format(**paths(world, name))
            for person, status in zip(WHO, row.split(), strict=True):
                answer = programs[person].get(f"/api/v1{at}")
                if answer.status_code != int(status):
                    wrong.append((at, person, answer.status_code, int(status)))
            assert programs["anonymous"].get(f"/api/v1{at}").status_code == 401
    assert wrong == []


def test_nobody_reads_a_word_that_is_hidden_from_them(programs, world):
    for person in ("member", "other", "applicant"):
        for path, _, _ in ROWS:
            for name in LISTS:
                answer = programs[person].get(f"/api/v1{path.format(**paths(world, name))}")
                for state in (HIDDEN, HIDDEN_THREAD):
                    assert word(name, state) not in answer.get_data(as_text=True), (person, path)


def test_what_is_hidden_changes_no_count_of_a_search(programs, world):
    for name in (PUBLIC, PRIVATE):
        for state in (HIDDEN, HIDDEN_THREAD):
            for person in ("member", "other"):
                found = programs[person].ask("GET", f"/search?q={word(name, state)}")
                nothing = programs[person].ask("GET", "/search?q=nigdzieniestoi")
                assert found == nothing | {"suggestions": found["suggestions"]}
                assert word(name, state) not in str(found["suggestions"])
    assert programs["other"].ask("GET", f"/search?q={word(PRIVATE, SHOWN)}")["total"] == 0
    assert programs["member"].ask("GET", f"/search?q={word(PRIVATE, SHOWN)}")["total"] > 0


def test_strangers_at_a_public_archive_read_no_address(programs, world):
    for path in ("/lists/{name}/threads", "/lists/{name}/threads/{thread}", "/lists/{name}/messages", "/lists/{name}/messages/{hash}?html=true", "/search?q=jawne{name}"):
        text = programs["other"].get(f"/api/v1{path.format(**paths(world, PUBLIC))}").get_data(as_text=True)
        assert "people.example.net" not in text, path


def test_all_pages_together_are_the_whole_list_each_once(programs, world):
    member = programs["member"]
    for what, key in (("threads", "id"), ("messages", "hash")):
        whole = [one[key] for one in member.ask("GET", f"/lists/{PRIVATE}/{what}")["items"]]
        seen, after = [], ""
        while True:
            part = member.ask("GET", f"/lists/{PRIVATE}/{what}?limit=1&after={after}")
            seen += [one[key] for one in part["items"]]
            after = part["next"]
            if after is None:
                break
        assert seen == whole and len(set(seen)) == len(seen) > 1
    shown = {one["id"] for one in member.ask("GET", f"/lists/{PRIVATE}/threads")["items"]}
    assert world.things[PRIVATE, HIDDEN_THREAD].thread not in shown


@pytest.mark.parametrize("after", ["x", "WzFd", "W3RydWUsOTIyMzM3MjAzNjg1NDc3NTgwNywxXQ", "W3RydWUsLTkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0"])
def test_a_place_that_no_page_has_said_is_refused(halina, after):
    halina.ask("GET", f"/lists/siecibp/threads?after={after}", 400)


def test_a_thread_with_its_messages(programs, world):
    at = paths(world, PRIVATE)
    thread = programs["member"].ask("GET", f"/lists/{PRIVATE}/threads/{at['thread']}")
    assert thread["count"] == len(thread["messages"])
    single = programs["member"].ask("GET", f"/lists/{PRIVATE}/messages/{at['hash'].lower()}?html=true")
    assert (single["hash"], single["part"], single["parts"]) == (at["hash"], 1, 1)
    assert word(PRIVATE, SHOWN) in single["text"]
    assert single["url"] == f"https://lists.example.org/{PRIVATE}/message/{at['hash']}"


def test_the_bytes_of_a_message_are_a_download(programs, world):
    answer = programs["member"].get(f"/api/v1/lists/{PRIVATE}/messages/{paths(world, PRIVATE)['hash']}/raw")
    assert answer.mimetype == "message/rfc822"
    assert b"Message-ID:" in answer.get_data()
    assert answer.headers["Content-Disposition"].startswith("attachment")


# ---- written ------------------------------------------------------------------------------------------------


def send(program, text="Dzień dobry, mam pytanie o katalogi.", subject="Katalogi", status=202, **more):
    answer = program.open("/api/v1/lists/siecibp/messages", method="POST", json={"subject": subject, "text": text}, **more)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer


def test_a_message_goes_the_way_of_every_mail(site, halina):
    answer = send(halina)

    became = halina.ask("GET", answer.headers["Location"].partition("/api/v1")[2])
    assert (answer.get_data(), became["state"], became["why"]) == (b"", "posted", [])
    single = halina.ask("GET", f"/lists/siecibp/messages/{became['hash']}")
    assert (single["thread_subject"], single["author"]) == ("Katalogi", "Halina Okładka")
    with site.reading() as db:
        assert [row.state for row in db.scalars(select(Incoming))] == [State.POSTED]


def packed(data):
    return base64.b64encode(data).decode()


def test_files_go_along_and_come_back_byte_for_byte(site, halina):
    data = bytes(range(256)) * 3000
    files = [{"name": "źródła.pdf", "type": "application/pdf", "content": packed(data)}, {"name": "a/b/notatki.txt", "content": packed(b"Ala")}]
    answer = halina.open("/api/v1/lists/siecibp/messages", method="POST", json={"subject": "Plik", "text": "W załączniku.", "attachments": files})
    became = halina.ask("GET", answer.headers["Location"].partition("/api/v1")[2])

    shown = halina.ask("GET", f"/lists/siecibp/messages/{became['hash']}")["attachments"]

    assert [(one["name"], one["type"], one["size"]) for one in shown] == [("źródła.pdf", "application/pdf", len(data)), ("notatki.txt", "application/octet-stream", 3)]
    assert halina.get(f"/api/v1/lists/siecibp/messages/{became['hash']}/attachments/{shown[0]['number']}").get_data() == data


def test_an_answer_takes_files_too_and_the_same_is_sent_once(site, halina):
    became = halina.ask("GET", send(halina).headers["Location"].partition("/api/v1")[2])
    at, sent = f"/api/v1/lists/siecibp/threads/{became['thread_id']}/messages", {"text": "Są tutaj.", "to": became["hash"], "attachments": [{"name": "a.txt", "content": packed(b"1")}]}

    again = [halina.open(at, method="POST", json=sent).headers["Location"] for _ in range(2)]
    other = halina.open(at, method="POST", json=sent | {"attachments": [{"name": "a.txt", "content": packed(b"2")}]}).headers["Location"]

    assert again[0] == again[1] != other


@pytest.mark.parametrize(("content", "pointer"), [("nie base64", "#/attachments/0/content"), ("QQ", "#/attachments/0/content"), (7, "#/attachments/0/content")])
def test_what_is_no_base64_is_pointed_at(halina, content, pointer):
    answer = halina.ask("POST", "/lists/siecibp/messages", 422, json={"subject": "Plik", "text": "x", "attachments": [{"name": "a", "content": content}]})
    assert [one["pointer"] for one in answer["errors"]] == [pointer]


def test_more_than_a_mail_to_the_list_may_hold_is_too_large(site, halina):
    with site.writing() as db:
        list_by_name(db, "siecibp").max_size = 200_000
    files = [{"name": "a.bin", "content": packed(b"x" * 150_000)}]

    answer = halina.ask("POST", "/lists/siecibp/messages", 413, json={"subject": "Plik", "text": "x", "attachments": files})

    assert answer["type"].endswith("#too-large") and answer["detail"].startswith("The files have 150000 bytes together; one message to this list has room for ")
    with site.reading() as db:
        assert db.scalars(select(Incoming)).all() == []


def test_the_room_for_files_that_the_guide_tells_is_that_of_a_usual_list(halina):
    files = [{"name": "a.bin", "content": packed(b"x" * 7_600_000)}]

    answer = halina.ask("POST", "/lists/siecibp/messages", 413, json={"subject": "Plik", "text": "x", "attachments": files})

    assert answer["detail"].endswith("one message to this list has room for 7543848.")
    assert "usual 10 MB about\n7.5 MB of files" in (folder("templates").parent / "docs" / "api.md").read_text("utf-8")


def test_twenty_files_are_enough(halina):
    files = [{"name": f"{n}.txt", "content": packed(b"x")} for n in range(21)]
    assert halina.ask("POST", "/lists/siecibp/messages", 422, json={"subject": "Pliki", "text": "x", "attachments": files})["errors"][0]["pointer"] == "#/attachments"


@pytest.mark.parametrize("said", [("Pytanie", "Anonimowo: czy ktoś wie, gdzie są katalogi?"), ("ANONIMOWO", "Czy ktoś wie, gdzie są katalogi?")])
def test_who_asks_to_be_without_a_name_is_not_sent_out_with_it(site, halina, said):
    """By mail it is put without it; what is written here would have gone to everybody under the name."""
    answer = halina.ask("POST", "/lists/siecibp/messages", 422, json={"subject": said[0], "text": said[1]})

    assert "siecibp@lists.example.org" in answer["detail"]
    with site.reading() as db:
        assert db.scalars(select(Incoming)).all() == []


def test_who_may_wish_to_be_without_a_name_says_anyway(site, halina):
    words = {"subject": "Urlop", "text": "Czy ktoś wie, co z urlopem?\n\nProszę nie podawać mojego nazwiska."}

    asked = halina.ask("POST", "/lists/siecibp/messages", 409, json=words)

    assert "siecibp@lists.example.org" in asked["detail"] and "`anyway`" in asked["detail"]
    with site.reading() as db:
        assert db.scalars(select(Incoming)).all() == []
    assert halina.open("/api/v1/lists/siecibp/messages", method="POST", json=words | {"anyway": True}).status_code == 202


def test_a_topic_that_is_not_there_is_said_and_nothing_is_sent(site, halina):
    answer = halina.ask("POST", "/lists/siecibp/messages", 422, json={"subject": "Katalogi", "text": "Gdzie są?", "topic": "lekcjee"})

    assert "lekcjee" in answer["detail"]
    with site.reading() as db:
        assert db.scalars(select(Incoming)).all() == []


def test_an_answer_stands_under_its_question(halina, owner):
    became = halina.ask("GET", send(halina).headers["Location"].partition("/api/v1")[2])
    at = f"/lists/siecibp/threads/{became['thread_id']}"

    answer = owner.open(f"/api/v1{at}/messages", method="POST", json={"text": "Są w szafie.", "to": became["hash"]})

    assert answer.status_code == 202
    question, words = halina.ask("GET", at)["messages"]
    assert (words["answers"]["hash"], words["author"], words["text"].strip()) == (question["hash"], "Alina Zakładka", "Są w szafie.")
    owner.ask("POST", f"{at}/messages", 404, json={"text": "Są w szafie.", "to": "A" * 32})
    owner.ask("POST", f"{at}/messages", 409, json={"text": "WYCISZ"})


def test_the_same_key_sends_once(site, halina):
    first, second = (send(halina, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    third = send(halina)
    assert third.headers["Location"] == first.headers["Location"]  # the same words within the hour
    with site.reading() as db:
        assert len(db.scalars(select(Incoming)).all()) == 1


def test_a_draft_in_the_browser_stays_as_it_is(site, halina):
    from listserv.store.lists import list_by_name
    from listserv.store.people import Address

    with site.writing() as db:
        user = db.scalar(select(Address.user_id).where(Address.email == "halina@example.org"))
        db.add(Draft(user_id=user, list_id=list_by_name(db, "siecibp").id, subject="Szkic", text="Jeszcze nie.", saved_at=site.now()))

    send(halina)

    with site.reading() as db:
        draft = db.scalars(select(Draft)).one()
        assert (draft.subject, draft.text) == ("Szkic", "Jeszcze nie.")


def test_what_became_of_it_is_told_to_nobody_else(halina, owner, admin):
    place = send(halina).headers["Location"].partition("/api/v1")[2]
    for other in (owner, admin):
        other.ask("GET", place, 404)


def test_a_moderated_list_holds_it(site, halina, owner):
    from listserv.store.lists import list_by_name

    with site.writing() as db:
        list_by_name(db, "siecibp").moderate_members = True
    became = halina.ask("GET", send(halina).headers["Location"].partition("/api/v1")[2])
    assert became["state"] == "held" and became["hash"] is None
    assert [one["subject"] for one in owner.ask("GET", "/lists/siecibp/held")["items"]] == ["Katalogi"]


def test_without_the_scope_nothing_is_sent(site, app, network):
    from tests.web.api.api_world import program

    reader = program(app, token(site, "halina@example.org", ("read",)))
    send(reader, status=403)
    send(program(app), status=401)
    with site.reading() as db:
        assert db.scalars(select(Incoming)).all() == []


# ---- deliveries, figures ------------------------------------------------------------------------------------


def test_deliveries_are_told_to_those_who_look_after_it(site, halina, owner, admin):
    became = halina.ask("GET", send(halina).headers["Location"].partition("/api/v1")[2])
    fate = owner.ask("GET", f"/lists/siecibp/messages/{became['hash']}/deliveries")
    assert (fate["state"], set(fate["copies"])) == ("posted", {"sent", "pending", "failed"})
    traced = admin.ask("GET", f"/deliveries?message_id={fate['message_id'].strip('<>')}")["items"]
    assert [one["list"] for one in traced] == ["siecibp"] and traced[0]["events"]
    assert admin.ask("GET", "/queue")["incoming"]["number"] == 0


def test_figures(owner, halina, clock):
    send(halina)
    clock.move(days=1)
    report = owner.ask("GET", "/lists/siecibp/report?first=2026-03-01&last=2026-03-31")
    assert (report["figures"]["posts"], report["figures"]["from"]) == (1, "2026-03-01")
    owner.ask("GET", "/lists/siecibp/report?month=2026-03&first=2026-03-01", 400)
    owner.ask("GET", "/lists/siecibp/report?month=2026-99", 400)


def test_ones_own_digests(site, halina, owner, office, clock):
    from listserv.store.digests import Digest
    from listserv.store.lists import list_by_name
    from listserv.store.members import member_by_key
    from listserv.usecases import digesting, roster
    from listserv.usecases.access import CONSOLE

    with site.writing() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org")
        roster.set_member(db, member, {"delivery": "digest"}, CONSOLE, site.now())
    send(owner)
    clock.move(days=2)
    with site.writing() as db:
        digesting.run_due(db, site.now(), 10)
    with site.reading() as db:
        number = db.scalars(select(Digest.id)).one()

    line = halina.ask("GET", "/lists/siecibp/digests")["items"][0]
    whole = halina.ask("GET", f"/lists/siecibp/digests/{number}")

    assert line["id"] == whole["id"] == number
    assert whole["points"][0]["items"][0]["text"].startswith("Dzień dobry")
    assert whole["made_at"] > (site.now() - timedelta(days=3)).isoformat()
    owner.ask("GET", f"/lists/siecibp/digests/{number}", 404)
