"""A list's webhooks in the browser: for its coordinators."""

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.members import Role, member_of
from listserv.store.people import User
from listserv.store.webhooks import Webhook, WebhookDelivery
from listserv.usecases import apitokens, webhooks
from listserv.usecases.access import CONSOLE, Actor, Door
from tests.web.readers import app, archive, signed_in  # noqa: F401  (fixtures)

PAGE = "/siecibp/settings/webhooks"


@pytest.fixture
def owner(app, site, archive):
    with site.writing() as db:
        member_of(db, list_by_name(db, "siecibp"), archive.users["Zofia Lektura"]).role = Role.OWNER
    return signed_in(app, site, "zofia@example.org")


def hooks(site):
    with site.reading() as db:
        return db.scalars(select(Webhook).order_by(Webhook.id)).all()


def test_a_webhook_from_adding_to_removing(owner, site):
    assert f'href="{PAGE}"' in owner.page("/siecibp/settings")
    answer = owner.send(PAGE, url="https://hooks.example.org/x", event="posted")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and page.count("whsec_") == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert "whsec_" not in owner.page(PAGE)
    (hook,) = hooks(site)
    assert (hook.url, hook.events, hook.user_id is not None) == ("https://hooks.example.org/x", "posted", True)

    one = f"{PAGE}/{hook.id}"
    assert owner.send(one, page=PAGE, do="test").status_code == 303
    with site.reading() as db:
        assert [row.state for row in db.scalars(select(WebhookDelivery))] == ["waiting"]
    assert owner.send(one, page=PAGE, do="secret").get_data(as_text=True).count("whsec_") == 1
    owner.send(one, page=PAGE, do="pause")
    assert hooks(site)[0].due is None
    owner.send(one, page=PAGE, do="resume")
    assert hooks(site)[0].due is not None
    owner.send(one, page=PAGE, do="remove")
    assert hooks(site) == []
    assert owner.send(one, page=PAGE, do="test").status_code == 404


@pytest.mark.parametrize("url", ["http://hooks.example.org/", "https://127.0.0.1/", "https://a:b@hooks.example.org/", "", "<script>"])
def test_an_address_that_is_not_called_is_answered_with_a_sentence(owner, site, url):
    answer = owner.send(PAGE, url=url, event="posted")
    assert answer.status_code == 400
    assert 'class="wrong"' in answer.get_data(as_text=True)
    assert hooks(site) == []


def test_without_anything_to_hear_of_it_is_not_made(owner, site):
    assert owner.send(PAGE, url="https://hooks.example.org/").status_code == 400
    assert hooks(site) == []


def test_what_a_token_made_says_so_and_is_taken_over_with_a_button(owner, site, archive):
    with site.writing() as db:
        mlist, user = list_by_name(db, "siecibp"), archive.users["Zofia Lektura"]
        row, _ = apitokens.issue(db, db.get(User, user), apitokens.Wanted("wtyczka", ("moderate",)), CONSOLE, site.now())
        webhooks.add(db, mlist, "https://hooks.example.org/", ["posted"], Actor(Door.API, user, proven=True, token_id=row.id), site.now())
    assert "with the token “wtyczka”" in owner.page(PAGE) and "Take over" in owner.page(PAGE)

    with site.writing() as db:
        apitokens.take_back(db, apitokens.own(db, archive.users["Zofia Lektura"], row.id), CONSOLE, site.now())
    page = owner.page(PAGE)
    assert "the token that it was made with is good no more" in page and "Send a test" not in page

    owner.send(f"{PAGE}/{hooks(site)[0].id}", page=PAGE, do="resume")
    assert (hooks(site)[0].stopped, hooks(site)[0].token_id) == ("", None)
    assert "Take over" not in owner.page(PAGE)
