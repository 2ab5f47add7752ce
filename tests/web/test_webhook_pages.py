"""A list's webhooks in the browser: for its coordinators."""

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.members import Role, member_of
from listserv.store.webhooks import Webhook, WebhookDelivery
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
