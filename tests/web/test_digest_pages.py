"""A reader's own past digests on the web, what one would tell now, and how digests are chosen there."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.members import DigestForm, Member
from listserv.usecases import digesting
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.web.readers import app, archive, member  # noqa: F401


@pytest.fixture
def told(site, archive, now):
    """Two digests: Ewa's, and somebody else's."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        ewa = db.scalars(select(Member).where(Member.list_id == mlist.id).join(Member.address).where(Member.address.has(email="ewa@example.org"))).one()
        other = add(db, mlist, "inna@example.org", now, name="Inna Osoba", delivery="digest")
        ewa.delivery, ewa.digest_seq, ewa.digest_due, other.digest_seq = "digest", mlist.last_seq, now, mlist.last_seq
        seeds.thread(db, mlist, "Skontrum bez łez", now - timedelta(hours=2)).say("Jan", "jan@example.org", "Zaczynamy w marcu. Kto ma listę?")
        other.digest_due = now
        while digesting.run_due(db, now):
            pass
        return {row.member_id == ewa.id: row.id for row in db.scalars(select(Digest))}


def test_my_past_digests_are_listed_and_tell_what_they_told(member, told):
    listed = member.page("/siecibp/digests/")
    assert f'<a href="/siecibp/digests/{told[True]}">' in listed and f'digests/{told[False]}"' not in listed

    page = member.page(f"/siecibp/digests/{told[True]}")
    assert "Skontrum bez łez" in page and "Zaczynamy w marcu." in page
    assert "1\u00a0pytanie bez odpowiedzi" in page or "1 pytanie bez odpowiedzi" in page


def test_what_was_hidden_since_is_not_in_them_any_more(member, told, site, now):
    with site.writing() as db:
        db.scalars(select(Message).where(Message.subject == "Skontrum bez łez")).one().hidden_at = now

    assert "Zaczynamy w marcu." not in member.page(f"/siecibp/digests/{told[True]}")


def test_nobody_else_reads_them(member, told, app):
    member.page(f"/siecibp/digests/{told[False]}", 404)
    for path in ("", "latest", told[True]):
        assert app.test_client().get(f"/siecibp/digests/{path}").status_code == 404


def test_what_a_digest_tells_now_can_be_looked_at(member, told):
    page = member.page("/siecibp/digests/latest")

    assert "Skontrum bez łez" in page and "1 new, waiting for an answer" in page


def test_the_pages_ask_a_fixed_number_of_times(member, told, site):
    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    for path, most in (("", 5), (told[True], 7), ("latest", 9)):
        member.page(f"/siecibp/digests/{path}")
        statements.clear()
        member.page(f"/siecibp/digests/{path}")
        assert len(statements) <= most, (path, statements)


def test_how_digests_are_made_is_chosen_on_my_page(member, archive, site):
    form = {"delivery": "digest", "every": "weekly", "days": "fri", "at": "15:00", "day": "1"}
    page = member.send("/me/list/siecibp", **form, least="4", digest_form="rfc1153", own="yes")
    assert page.status_code == 303
    with site.reading() as db:
        found = db.scalars(select(Member).where(Member.digest_least == 4)).one()
        assert (found.digest_form, found.own_threads, found.schedule) == (DigestForm.RFC1153, True, "weekly fri 15:00")
    shown = member.page("/me/list/siecibp")
    assert '<option value="rfc1153" selected>' in shown and 'name="own" value="yes" checked' in shown and 'name="least" min="1" max="100" value="4"' in shown

    wrong = member.send("/me/list/siecibp", **form, least="0", digest_form="html")
    assert wrong.status_code == 400 and "is a number from 1 to 100" in wrong.text
    member.send("/me/list/siecibp", **form, least="1", digest_form="html")
    with site.reading() as db:
        assert not db.scalars(select(Member).where(Member.own_threads)).all()
