"""What somebody has written is never lost: sessions end while people write."""

import pytest

from listserv.store.archive import Message
from listserv.store.drafts import Draft
from listserv.store.people import Browser
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401

NEW = "/siecibp/new"
TYPED = {"subject": "Nowa książka", "text": "Długi list\r\n  <b>z wcięciem</b>"}


def kept_text(html):
    return html.partition('id="text"')[2].partition(">")[2].partition("</textarea>")[0]


def sent_after_the_session(app, member, **fields):
    """Somebody opened the form, wrote, and presses a button after their cookies have gone."""
    html = member.page(NEW)
    member.delete_cookie("__Host-listserv-session", domain="lists.example.org")
    return member.post(NEW, data={"form": hidden(html, "form"), "key": hidden(html, "key"), **TYPED, **fields})


def rows(site, model):
    with site.reading() as db:
        return db.query(model).count()


@pytest.mark.parametrize("button", [{}, {"preview": "1"}, {"save": "1"}])
def test_words_sent_after_the_session_has_gone_come_back_with_the_way_in(app, site, member, button):
    before = rows(site, Message)
    answer = sent_after_the_session(app, member, **button)

    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert kept_text(html) == "Długi list\n  &lt;b&gt;z wcięciem&lt;/b&gt;"
    assert 'value="Nowa książka"' in html and 'action="/sign-in"' in html
    assert rows(site, Message) == before and rows(site, Draft) == 0


def test_after_signing_in_again_the_same_page_goes_on_at_the_desk_and_nothing_is_sent_by_itself(app, site, member):
    html = sent_after_the_session(app, member).get_data(as_text=True)
    again = signed_in(app, site, "ewa@example.org")
    before = rows(site, Message)

    answer = again.post(NEW, data={"key": hidden(html, "key"), **TYPED})
    desk = answer.get_data(as_text=True)
    assert answer.status_code == 400 and "a new one has begun" in words(desk)
    assert kept_text(desk).startswith("Długi list") and rows(site, Message) == before
    sent = again.post(NEW, data={**TYPED, "form": hidden(desk, "form"), "key": hidden(desk, "key"), "address": hidden(desk, "address")})
    assert sent.status_code == 303 and rows(site, Message) == before + 1


def test_a_session_that_was_ended_elsewhere_loses_no_words_either(app, site, member):
    html = member.page(NEW)
    with site.writing() as db:
        db.query(Browser).delete()
    answer = member.post(NEW, data={"form": hidden(html, "form"), **TYPED})

    assert answer.status_code == 400 and kept_text(answer.text).startswith("Długi list")


def test_an_answer_comes_back_too(app, site, archive, member):
    path = f"/siecibp/thread/{archive.threads['lekcje']}/reply"
    answer = member.post(path, data={"text": "Odpowiadam", "form": "0" * 40, "to": archive.hashes["answer"]})

    assert answer.status_code == 400 and kept_text(answer.get_data(as_text=True)) == "Odpowiadam"
    assert archive.hashes["answer"] in answer.get_data(as_text=True)


def test_a_list_that_is_not_there_is_answered_like_one_that_is_hidden(stranger):
    there, missing = (stranger.post(path, data={"text": "x y"}) for path in ("/siecibp/new", "/niczego/new"))

    assert there.status_code == missing.status_code == 400
    neutral = [page.get_data(as_text=True).replace("/siecibp/", "/niczego/") for page in (there, missing)]
    assert hidden(neutral[0], "form") and "siecibp" not in neutral[0]
    assert neutral[0].replace(hidden(neutral[0], "form"), "") == neutral[1].replace(hidden(neutral[1], "form"), "")


def test_an_empty_form_still_leads_to_the_door_or_to_the_refusal(stranger):
    assert stranger.post(NEW, data={"text": " "}).status_code == 400
