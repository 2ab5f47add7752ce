"""Writing in the browser, without a script: the page, its buttons, and what becomes of what was sent."""

import email
import email.policy
import io
import re

import pytest
from sqlalchemy import select

from listserv.store.archive import Message, Thread
from listserv.store.drafts import Draft, DraftFile, Written
from listserv.store.lists import list_by_name
from listserv.store.moderation import Held, HeldState
from listserv.store.people import Address
from listserv.store.queue import Incoming, State, raw_bytes
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.web.readers import app, archive, hidden, letters, member, signed_in, stranger, words  # noqa: F401

NEW = "/siecibp/new"


def fill(browser, path, **fields):
    """Fill the form in and press a button (the one that sends, unless a field names another)."""
    html = browser.get(path).get_data(as_text=True)
    kept = {name: hidden(html, name) for name in ("form", "key", "to", "address")}
    data = {name: value for name, value in kept.items() if value} | fields
    return browser.post(path, data=data, content_type="multipart/form-data")


def rows(site, model):
    with site.reading() as db:
        return db.scalars(select(model).order_by(model.id)).all()


def newest_mail(site):
    with site.reading() as db:
        message = db.scalars(select(Message).order_by(Message.id.desc())).first()
        return email.message_from_bytes(raw_bytes(db, message.raw_id), policy=email.policy.default), message


def test_a_new_topic_is_archived_put_on_its_way_and_told_of_at_once(member, site):
    answer = fill(member, NEW, subject="Nowa książka", text="Kto ją **zna**?", topic="lekcje")

    assert answer.status_code == 303
    told = member.page(answer.headers["Location"])
    mail, message = newest_mail(site)
    assert "Sent" in words(told) and "The list has 3 people" in words(told)
    assert f"/siecibp/thread/{message.thread_id}#m{message.id}" in told
    assert "Nowa książka" in member.page(f"/siecibp/thread/{message.thread_id}")
    assert (mail["From"], mail["To"]) == ("Ewa Fiszka <ewa@example.org>", "siecibp@lists.example.org")
    assert mail["Message-ID"].endswith("@lists.example.org>")
    assert mail.get_body(("plain",)).get_content().splitlines() == ["Kto ją **zna**?"]
    assert "<strong>zna</strong>" in mail.get_body(("html",)).get_content()
    with site.reading() as db:
        assert db.get(Thread, message.thread_id).topic.slug == "lekcje"
    assert [row.state for row in rows(site, Incoming)] == [State.POSTED]
    assert rows(site, Draft) == []


def test_an_answer_is_threaded_by_all_that_mail_programs_look_at(member, site, archive):
    path = f"/siecibp/thread/{archive.threads['lekcje']}/reply"
    answer = fill(member, f"{path}?to={archive.hashes['question']}", text="Ja też.")

    assert answer.status_code == 303
    mail, message = newest_mail(site)
    assert (mail["Subject"], message.thread_id) == ("Re: Scenariusze lekcji", archive.threads["lekcje"])
    with site.reading() as db:
        above = db.get(Message, message.parent_id)
        assert above.hash == archive.hashes["question"]
        assert mail["In-Reply-To"] == f"<{above.message_id}>"
        assert mail["References"].split() == [f"<{ref}>" for ref in (*above.refs.split(), above.message_id)]
    second = fill(member, f"{path}?to={message.hash}", text="I ja.")
    assert second.status_code == 303
    mail, last = newest_mail(site)
    assert mail["References"].split() == [f"<{ref}>" for ref in (*message.refs.split(), message.message_id)]
    assert (last.parent_id, last.thread_id) == (message.id, message.thread_id)


def test_an_answer_that_names_no_message_goes_to_the_last_word(member, site, archive):
    fill(member, f"/siecibp/thread/{archive.threads['lekcje']}/reply", text="Na koniec.")

    _, message = newest_mail(site)
    with site.reading() as db:
        assert db.get(Message, message.parent_id).author == "Zofia Lektura"


def test_words_without_marks_are_one_plain_part(member, site):
    fill(member, NEW, subject="Zwykły list", text="Pierwsza linia\ndruga linia\n\nhttps://example.org/x")

    mail, _ = newest_mail(site)
    assert mail.get_content_type() == "text/plain"


def test_who_asks_to_be_without_a_name_is_not_sent_out_with_it(member, site):
    answer = fill(member, NEW, subject="Pytanie", text="Anonimowo: czy ktoś wie, co z urlopem?")

    assert answer.status_code == 400 and "siecibp@lists.example.org" in answer.get_data(as_text=True)
    assert "co z urlopem" in answer.get_data(as_text=True)
    assert rows(site, Incoming) == []


@pytest.mark.parametrize("last", ["Proszę nie podawać mojego nazwiska.", "Wolałabym pozostać anonimowa.", "Please do not show my name."])
def test_who_may_wish_to_be_without_a_name_is_asked_and_may_send_it_with_it(member, site, last):
    words = {"subject": "Urlop", "text": f"Czy ktoś wie, co z urlopem?\n\n{last}"}

    asked = fill(member, NEW, **words)

    assert asked.status_code == 409 and 'name="named"' in asked.get_data(as_text=True) and "co z urlopem" in asked.get_data(as_text=True)
    assert rows(site, Incoming) == []
    assert fill(member, NEW, named="1", **words).status_code == 303
    assert [mail.state for mail in rows(site, Incoming)] == [State.POSTED]


def test_the_same_form_sent_twice_is_posted_once(member, site):
    html = member.page(NEW)
    data = {"form": hidden(html, "form"), "key": hidden(html, "key"), "subject": "Raz", "text": "Tylko raz."}

    answers = [member.post(NEW, data=data) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(rows(site, Incoming)) == len(rows(site, Written)) == 1
    assert rows(site, Draft) == []


def test_the_same_words_in_a_new_form_are_taken_for_the_back_button(member, site, clock):
    first = fill(member, NEW, subject="Wstecz", text="Te same słowa.")
    again = fill(member, NEW, subject="Wstecz", text="Te same słowa.")

    assert again.headers["Location"] == first.headers["Location"]
    assert len(rows(site, Incoming)) == 1 and rows(site, Draft) == []
    fill(member, NEW, subject="Wstecz", text="Inne słowa.")
    clock.move(hours=2)
    fill(member, NEW, subject="Wstecz", text="Te same słowa.")
    assert len(rows(site, Incoming)) == 3


def test_nobody_finds_out_by_anothers_key(member, app, site, archive):
    location = fill(member, NEW, subject="Moje", text="Moje.").headers["Location"]
    other = signed_in(app, site, "jan@example.org")

    other.page(location, 404)
    html = other.page(NEW)
    stolen = other.post(NEW, data={"form": hidden(html, "form"), "key": location.rpartition("/")[2], "subject": "X", "text": "X"})
    assert stolen.status_code == 404


def test_a_preview_shows_the_words_and_keeps_them(member, site):
    answer = fill(member, NEW, subject="Szkic", text="**ważne** <script>alert(1)</script>", preview="1")

    assert answer.status_code == 200
    assert "<strong>ważne</strong> &lt;script&gt;" in answer.text
    assert 'value="Szkic"' in answer.text
    assert [(draft.subject, draft.text) for draft in rows(site, Draft)] == [("Szkic", "**ważne** <script>alert(1)</script>")]
    assert rows(site, Incoming) == []


def test_a_draft_waits_for_its_person_and_for_nobody_else(member, app, site, archive):
    fill(member, NEW, subject="Jutro", text="Dokończę jutro.", save="1", file=(io.BytesIO(b"tajne"), "plan.txt"))

    again = signed_in(app, site, "ewa@example.org")
    page = again.page(NEW)
    assert "Dokończę jutro." in page and 'value="Jutro"' in page and "plan.txt" in page
    assert "Dokończę jutro." in again.page("/me")
    other = signed_in(app, site, "jan@example.org")
    assert "jutro" not in other.page(NEW).lower() + other.page("/me").lower()
    assert "plan.txt" not in other.page(NEW)


def test_there_is_one_draft_for_each_thread(member, site, archive):
    path = f"/siecibp/thread/{archive.threads['lekcje']}/reply"
    for text in ("pierwsza", "druga"):
        fill(member, path, text=text, save="1")
        fill(member, NEW, subject="s", text=text, save="1")

    assert sorted((draft.thread_id, draft.text) for draft in rows(site, Draft)) == [(0, "druga"), (archive.threads["lekcje"], "druga")]


def test_nothing_is_kept_of_an_empty_form(member, site):
    fill(member, NEW, save="1")

    assert rows(site, Draft) == []


def test_a_draft_can_be_thrown_away_with_its_files(member, site):
    fill(member, NEW, subject="Precz", text="Precz.", save="1", file=(io.BytesIO(b"x"), "x.txt"))

    assert fill(member, NEW, discard="1").status_code == 303
    assert rows(site, Draft) == rows(site, DraftFile) == []


def test_files_go_along_in_the_order_in_which_they_were_added(member, site):
    fill(member, NEW, subject="Pliki", text="W załączniku.", attach="1", file=(io.BytesIO(b"%PDF-1.4"), "C:/moje/plan łąki.pdf", "application/pdf"))
    page = fill(member, NEW, subject="Pliki", text="W załączniku.", attach="1", file=(io.BytesIO(b"abc"), "../zły.txt", "nie wiem")).text
    drop = re.search(r'name="drop" value="(\d+)"', page)
    assert drop
    fill(member, NEW, subject="Pliki", text="W załączniku.", file=(io.BytesIO(b"<b>"), "strona.html", "text/html"))

    mail, _ = newest_mail(site)
    parts = [(part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) for part in mail.iter_attachments()]
    assert parts == [
        ("plan łąki.pdf", "application/pdf", b"%PDF-1.4"),
        ("zły.txt", "application/octet-stream", b"abc"),
        ("strona.html", "text/html", b"<b>"),
    ]


def test_a_file_can_be_taken_off_again(member, site):
    page = fill(member, NEW, subject="Plik", text="Tekst.", attach="1", file=(io.BytesIO(b"x"), "x.txt")).text

    fill(member, NEW, subject="Plik", text="Tekst.", drop=re.search(r'name="drop" value="(\d+)"', page)[1])

    assert rows(site, DraftFile) == []
    assert rows(site, Draft)[0].text == "Tekst."


def test_files_have_the_room_that_the_list_gives(member, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").max_size = 20_000
    answer = fill(member, NEW, subject="Duże", text="Ważne słowa.", file=(io.BytesIO(b"x" * 9_000), "duże.bin"))

    assert answer.status_code == 400
    room = re.search(r"\(together ([\d.]+ [KM]?B) at most\)", words(answer.text))[1]
    assert f"Together the files are larger than this list allows ({room})" in words(answer.text)
    assert "Ważne słowa." in answer.text
    assert [draft.text for draft in rows(site, Draft)] == ["Ważne słowa."]
    assert rows(site, DraftFile) == []
    assert fill(member, NEW, subject="Duże", text="Ważne słowa.", file=(io.BytesIO(b"x" * 8_400), "mniejsze.bin")).status_code == 303
    assert [row.state for row in rows(site, Incoming)] == [State.POSTED]


def test_quoting_without_a_script_puts_the_whole_message_in(member, archive):
    path = f"/siecibp/thread/{archive.threads['lekcje']}/reply?to={archive.hashes['question']}"
    page = fill(member, path, text="Dzień dobry,", quote="1").text

    assert "Dzień dobry,\n\nEwa Fiszka pisze:\n&gt; Kto ma scenariusze?" in page or "Dzień dobry,\n\nEwa Fiszka wrote:\n&gt; Kto ma scenariusze?" in page
    assert "Biblioteka" not in page.partition("<textarea")[2].partition("</textarea>")[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject": "", "text": "Bez tematu."}, "A message needs a subject"),
        ({"subject": "Bez słów", "text": " \n"}, "There is nothing in it yet"),
        ({"subject": "x" * 300, "text": "Długi temat."}, "A subject has room for 200 characters"),
    ],
)
def test_what_cannot_be_sent_comes_back_with_one_sentence(member, site, fields, said):
    answer = fill(member, NEW, **fields)

    assert answer.status_code == 400
    assert said in words(answer.text)
    assert fields["text"].strip() in answer.text
    assert rows(site, Incoming) == []


def test_a_stranger_at_a_private_list_finds_no_page_and_at_a_public_one_the_door(stranger, archive):
    stranger.page(NEW, 404)
    stranger.page(f"/siecibp/thread/{archive.threads['lekcje']}/reply", 404)
    answer = stranger.get("/gazetka/new?topic=x")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/gazetka/new?topic=x")


def test_who_is_on_another_list_finds_no_page_either(app, site, archive, now):
    with site.writing() as db:
        add(db, administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now), "obca@example.org", now)
    other = signed_in(app, site, "obca@example.org")

    assert other.page(NEW, 404) == other.page("/nie-ma-takiej/new", 404).replace("/nie-ma-takiej/new", NEW)
    other.page(f"/siecibp/thread/{archive.threads['lekcje']}/reply", 404)


def test_somebody_signed_in_who_is_not_on_a_public_list_is_read_first(member, site, archive):
    assert "Moderators read it first: this address is not on the list" in words(member.page("/gazetka/new"))

    answer = fill(member, "/gazetka/new", subject="List do redakcji", text="Szanowna redakcjo, piszę po raz pierwszy.")

    told = words(member.page(answer.headers["Location"]))
    assert "It waits for a moderator" in told and "this address is not on the list" in told
    assert [held.reasons for held in rows(site, Held)] == ["nonmember"]
    assert {to for to, _ in letters(site)} == {"ewa@example.org", "zofia@example.org"}


def test_an_emergency_is_told_before_and_after(member, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").emergency = True

    assert "moderators are reading everything at the moment" in words(member.page(NEW))
    told = member.page(fill(member, NEW, subject="Spokojnie", text="Spokojnie.").headers["Location"])
    assert "It waits for a moderator" in words(told)
    assert rows(site, Draft) == []


def test_what_a_moderator_decides_shows_where_it_was_sent_from(member, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").emergency = True
    location = fill(member, NEW, subject="Czeka", text="Czeka na decyzję.").headers["Location"]
    with site.writing() as db:
        db.scalars(select(Held)).one().state = HeldState.REFUSED

    assert "The moderators decided against it" in words(member.page(location))


def test_a_closed_list_says_so_and_keeps_what_was_typed(member, site, now):
    html = member.page(NEW)
    with site.writing() as db:
        administration.close_list(db, list_by_name(db, "siecibp"), CONSOLE, now)

    answer = member.post(NEW, data={"form": hidden(html, "form"), "key": hidden(html, "key"), "subject": "Za późno", "text": "Za późno napisane."})

    assert answer.status_code == 409
    assert "The list takes no new messages" in words(answer.text) and "Za późno napisane." in answer.text
    assert [draft.text for draft in rows(site, Draft)] == ["Za późno napisane."]
    assert rows(site, Incoming) == []


def test_a_closed_thread_offers_a_new_topic_and_asks_the_moderators(member, app, site, archive):
    path = f"/siecibp/thread/{archive.threads['lekcje']}/reply"
    with site.writing() as db:
        db.get(Thread, archive.threads["lekcje"]).closed = True

    page = member.page(path)

    assert "This thread is closed." in words(page) and 'href="/siecibp/new"' in page
    assert "the moderators have closed this thread" in words(page)
    told = member.page(fill(member, path, text="Jeszcze jedno słowo.").headers["Location"])
    assert "It waits for a moderator" in words(told)
    assert [held.reasons for held in rows(site, Held)] == ["locked"]


def test_only_coordinators_write_a_newsletter(member, site, archive, now):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("biuletyn", "Biuletyn", kind="newsletter"), CONSOLE, now)
        add(db, mlist, "ewa@example.org", now)

    page = words(member.page("/biuletyn/new"))

    assert "Nothing can be sent from here." in page and "only the coordinators write to this list" in page


def test_whoever_is_barred_is_told_where_to_ask(member, site, now):
    with site.writing() as db:
        from listserv.store.bans import Ban

        db.add(Ban(list_id=list_by_name(db, "siecibp").id, pattern="ewa@example.org", note="", created_at=now))

    page = words(member.page(NEW))

    assert "this address has been barred from the list" in page and "moderator_siecibp@" in page


def test_a_paused_member_writes_and_is_told_what_they_will_miss(member, site):
    with site.writing() as db:
        from listserv.store.members import Status, member_by_key

        member_by_key(db, list_by_name(db, "siecibp"), "ewa@example.org").status = Status.PAUSED

    assert "Your own mail from this list is paused." in words(member.page(NEW))
    assert fill(member, NEW, subject="Jestem", text="Mimo przerwy.").status_code == 303


def test_the_writer_chooses_among_their_own_proven_addresses(member, site, now):
    with site.writing() as db:
        user_id = db.scalars(select(Address.user_id).where(Address.key == "ewa@example.org")).one()
        jan = db.scalars(select(Address.id).where(Address.key == "jan@example.org")).one()
        db.add(Address(user_id=user_id, email="ewa@praca.example.net", key="ewa@praca.example.net", verified_at=now))
        db.add(Address(user_id=user_id, email="nie@dowiedziony.example.net", key="nie@dowiedziony.example.net"))
        db.flush()
        work = db.scalars(select(Address.id).where(Address.key == "ewa@praca.example.net")).one()
    page = member.page(NEW)
    assert "ewa@praca.example.net" in page and "dowiedziony" not in page

    fill(member, NEW, subject="Z pracy", text="Piszę z pracy.", address=str(work))
    assert newest_mail(site)[0]["From"] == "Ewa Fiszka <ewa@praca.example.net>"
    fill(member, NEW, subject="Cudzym adresem", text="Cudzym adresem.", address=str(jan))
    assert newest_mail(site)[0]["From"] == "Ewa Fiszka <ewa@example.org>"


def test_a_machine_in_a_browser_is_stopped_with_its_words_kept(member, site):
    from listserv.usecases import composing

    for number in range(composing.MANY):
        fill(member, NEW, subject=f"{number}", text=f"Numer {number}.")
    answer = fill(member, NEW, subject="Za dużo", text="Za dużo naraz.")

    assert answer.status_code == 429
    assert "Many messages were sent within the hour" in words(answer.text)
    assert len(rows(site, Incoming)) == composing.MANY
    assert [draft.text for draft in rows(site, Draft)] == ["Za dużo naraz."]


def test_autosaving_answers_without_a_page_and_never_brings_a_sent_draft_back(member, site):
    html = member.page(NEW)
    data = {"form": hidden(html, "form"), "key": hidden(html, "key"), "subject": "Samo", "text": "Zapisuje się samo."}

    assert member.post(NEW, data={**data, "autosave": "1"}).status_code == 204
    assert [draft.text for draft in rows(site, Draft)] == ["Zapisuje się samo."]
    assert member.post(NEW, data=data).status_code == 303
    assert member.post(NEW, data={**data, "autosave": "1"}).status_code == 204
    assert rows(site, Draft) == []


def test_only_somebody_signed_in_may_send_more_than_a_form_holds(app, member, archive):
    html = member.page(NEW)
    large = b"x" * 200_000
    data = {"form": hidden(html, "form"), "file": (io.BytesIO(large), "x.bin")}

    passer_by = app.test_client()
    passer_by.page("/sign-in")
    assert passer_by.post(NEW, data=dict(data)).status_code == 413
    assert member.post(NEW, data={"form": hidden(html, "form"), "save": "1", "subject": "s", "file": (io.BytesIO(large), "x.bin")}).status_code == 200


def test_a_thread_that_was_joined_to_another_leads_there(member, site, archive):
    with site.writing() as db:
        old = Thread(list_id=list_by_name(db, "siecibp").id, merged_into=archive.threads["lekcje"], first_at=site.now(), last_at=site.now())
        db.add(old)
        db.flush()
        path = f"/siecibp/thread/{old.id}/reply"

    answer = member.get(path)

    assert answer.headers["Location"] == f"/siecibp/thread/{archive.threads['lekcje']}/reply"
