"""The page of a list's own rules, and the settings beside it."""

import pytest

from listserv.store.listrules import rules_of
from listserv.store.lists import list_by_name, topic_by_slug
from listserv.store.members import Role, member_of
from listserv.store.moderation import Journal
from tests.web.readers import app, archive, signed_in  # noqa: F401  (fixtures)

PAGE = "/siecibp/moderate/rules"


@pytest.fixture
def moderator(app, site, archive):
    with site.writing() as db:
        member_of(db, list_by_name(db, "siecibp"), archive.users["Zofia Lektura"]).role = Role.MODERATOR
    return signed_in(app, site, "zofia@example.org")


def kept(site):
    with site.reading() as db:
        return [str(row.rule) for row in rules_of(db, list_by_name(db, "siecibp"))]


def test_rules_are_added_shown_and_taken_away(moderator, site):
    assert moderator.send(PAGE, does="hold", asks="larger", value="2 MB").status_code == 303
    assert moderator.send(PAGE, does="discard", asks="subject", value="loteria").status_code == 303
    assert kept(site) == ["hold if it is larger than 2 MB", "discard if the subject has: loteria"]
    page = moderator.page(PAGE)
    assert "loteria" in page and "2 MB" in page
    with site.reading() as db:
        number = rules_of(db, list_by_name(db, "siecibp"))[0].id
    assert moderator.send(f"{PAGE}/remove", page=PAGE, rule=str(number)).status_code == 303
    assert moderator.send(f"{PAGE}/remove", page=PAGE, rule=str(number)).headers["Location"].endswith("done=gone")
    assert kept(site) == ["discard if the subject has: loteria"]
    with site.reading() as db:
        assert [row.what for row in db.query(Journal) if row.what.startswith("rule")] == ["rule-added", "rule-added", "rule-removed"]


@pytest.mark.parametrize(
    ("does", "asks", "value"),
    [("hold", "links", "wiele"), ("hold", "larger", ""), ("shout", "capitals", ""), ("hold", "colour", "red"), ("hold", "subject", "^(a)\\1"), ("hold", "capitals", "x"), ("hold", "from", "nikt")],
)
def test_what_cannot_be_said_is_answered_with_a_sentence_and_kept_in_the_form(moderator, site, does, asks, value):
    answer = moderator.send(PAGE, does=does, asks=asks, value=value)

    assert answer.status_code == 400
    assert 'class="wrong"' in answer.get_data(as_text=True)
    assert kept(site) == []


def test_a_rule_that_is_there_is_said_to_be(moderator):
    moderator.send(PAGE, does="hold", asks="capitals", value="")

    assert moderator.send(PAGE, does="hold", asks="capitals", value="").status_code == 409


def test_a_rule_of_another_list_is_not_taken_away_here(moderator, site):
    moderator.send(PAGE, does="hold", asks="capitals", value="")
    for strange in ("0", "999999", "9" * 30, "x", ""):
        assert moderator.send(f"{PAGE}/remove", page=PAGE, rule=strange).headers["Location"].endswith("done=gone")
    assert len(kept(site)) == 1


def test_a_topic_is_moderated_from_its_page(moderator, site):
    page = "/siecibp/moderate/topics"
    with site.reading() as db:
        topic = list_by_name(db, "siecibp").topics[0]
        slug, title = topic.slug, topic.title
    moderator.send(f"{page}/{slug}", page=page, do="change", title=title, description="", moderated="yes")
    with site.reading() as db:
        assert topic_by_slug(db, list_by_name(db, "siecibp"), slug).moderated
        assert db.query(Journal).order_by(Journal.id.desc()).first().detail.endswith("moderated=yes")
    moderator.send(f"{page}/{slug}", page=page, do="change", title=title, description="")
    with site.reading() as db:
        assert not topic_by_slug(db, list_by_name(db, "siecibp"), slug).moderated


def test_what_a_rule_would_have_found_is_told_before_and_after(moderator, site):
    from tests.web.readers import words

    tried = words(moderator.send(PAGE, do="try", does="discard", asks="subject", value="nigdy; tego nie było").get_data(as_text=True))
    assert "would have found this many: 0 of " in tried
    assert kept(site) == []
    total = int(tried.split("0 of ")[1].split(".")[0])
    tried = words(moderator.send(PAGE, do="try", does="discard", asks="from", value="@example.org").get_data(as_text=True))
    assert f"would have found this many: {total} of {total}" in tried
    assert moderator.send(PAGE, does="discard", asks="from", value="@example.org").status_code == 303
    assert f"would have found this many: {total} of {total}" in words(moderator.page(f"{PAGE}?done=add"))
    assert moderator.send(PAGE, do="try", does="shout", asks="from", value="@example.org").status_code == 400


def test_every_question_can_be_tried(moderator):
    for asks, value in (("text", "a"), ("attachment", "pdf, image/*"), ("larger", "2,5"), ("links", "5"), ("capitals", ""), ("subject", "^.*x")):
        assert moderator.send(PAGE, do="try", does="hold", asks=asks, value=value).status_code == 200, asks


def test_a_domain_without_its_sign_is_offered_with_it(moderator, site):
    answer = moderator.send(PAGE, does="hold", asks="from", value="reklama.example")

    assert answer.status_code == 400
    assert "please write @reklama.example." in answer.get_data(as_text=True)


def test_a_bare_number_means_megabytes_and_two_bytes_are_refused(moderator, site):
    assert moderator.send(PAGE, does="hold", asks="larger", value="2").status_code == 303
    assert kept(site) == ["hold if it is larger than 2 MB"]
    assert "it is larger than 2 MB" in moderator.page(PAGE)
    assert moderator.send(PAGE, does="hold", asks="larger", value="2 B").status_code == 400


def test_the_journal_tells_rules_in_the_readers_words(moderator, site):
    from tests.web.readers import words

    moderator.send(PAGE, does="refuse", asks="larger", value="2,5")
    moderator.send(PAGE, does="hold", asks="subject", value="loteria; kredyt (nowy)")
    page = words(moderator.page("/siecibp/moderate/journal"))
    assert "send back: it is larger than 2.5 MB" in page
    assert "hold: the subject has one of these words: loteria, kredyt (nowy)" in page
