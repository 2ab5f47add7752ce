"""Feeds: what programs read of a list, a thread, a topic and a person, with and without a key."""

import re
from datetime import timedelta
from email.utils import format_datetime
from xml.etree import ElementTree as ET

import pytest

from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.moderation import Journal
from listserv.usecases import administration, feeding, hiding, redacting
from listserv.usecases.access import CONSOLE
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import steward
from tests import archive_seeds as seeds
from tests.web.readers import HOME, app, archive, hidden, member, signed_in, stranger, words  # noqa: F401

NS = {"a": "http://www.w3.org/2005/Atom", "t": "http://purl.org/syndication/thread/1.0"}


def feed(reader, path, **more):
    answer = reader.get(path, **more)
    assert answer.status_code == 200, (path, answer.status)
    return ET.fromstring(answer.data)


def said(root, path):
    return [found.text for found in root.findall(path, NS)]


def key_of(site, email, name="siecibp"):
    """The query of this member's feed address."""
    with site.reading() as db:
        mlist = list_by_name(db, name)
        found = administration.find_member(db, mlist, email)
        return feeding.address(db, found).removeprefix(f"{HOME}/{name}/feed.atom")


def feeds_of(archive, name="siecibp"):
    which = "lekcje" if name == "siecibp" else "gazetka"
    found = [f"/{name}/feed.atom", f"/{name}/thread/{archive.threads[which]}/feed.atom"]
    return found + ([f"/{name}/topic/lekcje/feed.atom", f"/{name}/person/{archive.users['Ewa Fiszka']}/feed.atom"] if name == "siecibp" else [])


def test_a_feed_is_whole_by_rfc_4287(member, archive):
    for path in feeds_of(archive):
        root = feed(member, path)
        assert root.tag == "{http://www.w3.org/2005/Atom}feed"
        for part in ("id", "title", "updated"):
            assert len(root.findall(f"a:{part}", NS)) == 1 and said(root, f"a:{part}")[0], path
        entries = root.findall("a:entry", NS)
        assert entries
        for entry in entries:
            for part in ("id", "title", "updated", "published", "content", "author/a:name"):
                assert len(said(entry, f"a:{part}")) == 1 and said(entry, f"a:{part}")[0], (path, part)
            assert entry.find("a:link[@rel='alternate']", NS).get("href").startswith(f"{HOME}/siecibp/message/")
            assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", at) for at in said(entry, "a:updated") + said(entry, "a:published"))
        ids = said(root, "a:entry/a:id")
        assert len(ids) == len(set(ids))
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "pl"


def test_a_feed_holds_the_newest_messages_first(member, archive):
    assert said(feed(member, "/siecibp/feed.atom"), "a:entry/a:author/a:name") == ["Jan Przypis", "Zofia Lektura", "Jan Przypis", "Ewa Fiszka"]
    assert said(feed(member, f"/siecibp/thread/{archive.threads['klucz']}/feed.atom"), "a:entry/a:title") == ["Kto ma klucz?"]
    assert len(said(feed(member, "/siecibp/topic/lekcje/feed.atom"), "a:entry/a:id")) == 3
    assert said(feed(member, f"/siecibp/person/{archive.users['Ewa Fiszka']}/feed.atom"), "a:title") == ["Ewa Fiszka – Sieć BP"]


def test_a_feed_ends_after_thirty_messages(member, site, archive, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Dużo", now)
        for number in range(40):
            talk.say("Ewa Fiszka", "ewa@example.org", f"Słowo {number}.", minutes=1)
        thread_id = talk.thread.id

    for path in ("/siecibp/feed.atom", f"/siecibp/thread/{thread_id}/feed.atom", f"/siecibp/person/{archive.users['Ewa Fiszka']}/feed.atom"):
        bodies = said(feed(member, path), "a:entry/a:content")
        assert len(bodies) == feeding.ENTRIES == 30
        assert "Słowo 39." in bodies[0]


def test_words_are_safe_html_with_quotes_set_off_and_signatures_left_away(member, archive):
    root = feed(member, f"/siecibp/thread/{archive.threads['lekcje']}/feed.atom")
    bodies = said(root, "a:entry/a:content")

    assert {content.get("type") for content in root.findall("a:entry/a:content", NS)} == {"html"}
    assert "<blockquote><p>Kto ma scenariusze?</p></blockquote>" in bodies[1]
    assert bodies[2] == "<p>Kto ma scenariusze?</p>"


def test_an_answer_names_what_it_answers(member, archive):
    root = feed(member, f"/siecibp/thread/{archive.threads['lekcje']}/feed.atom")
    ids = said(root, "a:entry/a:id")

    assert [found.get("ref") for found in root.findall("a:entry/t:in-reply-to", NS)] == [ids[1], ids[2]]


def test_ids_stay_when_the_site_moves_to_another_address(member, site, archive):
    before = said(feed(member, "/siecibp/feed.atom"), "a:id") + said(feed(member, "/siecibp/feed.atom"), "a:entry/a:id")
    site.settings = site.settings.model_copy(update={"site": site.settings.site.model_copy(update={"url": "https://forum.example.org/lists"})})
    after = feed(member, "/siecibp/feed.atom")

    assert said(after, "a:id") + said(after, "a:entry/a:id") == before
    assert after.find("a:entry/a:link", NS).get("href").startswith("https://forum.example.org/lists/siecibp/message/")
    assert all(re.fullmatch(r"tag:lists\.example\.org,2026-03-03:siecibp/[\w/]+", one) for one in before)


def test_a_public_feed_says_names_and_no_address_to_members_too(app, site, stranger, archive):
    zofia = signed_in(app, site, "zofia@example.org")
    for path in feeds_of(archive, "gazetka"):
        texts = [reader.get(path).get_data(as_text=True) for reader in (stranger, zofia)]
        assert texts[0] == texts[1]
        assert not re.search(r"[\w.]+(@|%40)(press|home)\.example\.net", texts[0])
        assert "<name>redakcja</name>" in texts[0]


def test_a_public_feed_may_be_kept_by_others_and_a_private_one_by_nobody(stranger, member, archive):
    public, private = stranger.get("/gazetka/feed.atom").headers, member.get("/siecibp/feed.atom").headers

    assert public["Cache-Control"] == "public, max-age=300"
    assert "Vary" not in public and "Set-Cookie" not in public
    assert private["Cache-Control"] == "private, no-cache"
    assert "Cookie" in private["Vary"]
    for headers in (public, private):
        assert headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert headers["X-Robots-Tag"] == "noindex"


def test_what_has_not_changed_is_not_sent_again(stranger, site, archive, now):
    first = stranger.get("/gazetka/feed.atom")
    known = {"If-None-Match": first.headers["ETag"]}

    assert stranger.get("/gazetka/feed.atom", headers=known).status_code == 304
    with site.writing() as db:
        seeds.thread(db, list_by_name(db, "gazetka"), "Nowe", now + timedelta(hours=2)).say("Nowa Osoba", "nowa@example.org", "Dzień dobry.")
    assert stranger.get("/gazetka/feed.atom", headers=known).status_code == 200


@pytest.mark.parametrize("verb", ["words", "hide"])
def test_what_was_taken_out_is_gone_for_a_reader_that_asks_by_date_or_tag(stranger, site, archive, now, verb):
    first = stranger.get("/gazetka/feed.atom")
    asked = [{"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": format_datetime(now + timedelta(hours=1), usegmt=True)}]
    assert "Piszcie" in first.get_data(as_text=True)
    with site.writing() as db:
        who = steward(db, "gazetka", CONSOLE)
        for found in db.query(Message).filter_by(list_id=who.mlist.id).all():
            if verb == "hide":
                hiding.hide_message(db, who, hiding.message_here(db, who, found.hash), "", now)
            else:
                redacting.redact(db, who, hiding.message_here(db, who, found.hash), Wish(body=True), "", now)

    for headers in asked:
        answer = stranger.get("/gazetka/feed.atom", headers=headers)
        assert (answer.status_code, "Piszcie" in answer.get_data(as_text=True)) == (200, False)


def test_strangers_find_no_feed_of_a_hidden_list(stranger, archive):
    stranger.get("/sign-in")
    for path in feeds_of(archive):
        gone = path.replace("siecibp", "niczego")
        answer, nothing = stranger.get(path), stranger.get(gone)
        assert answer.status_code == nothing.status_code == 404
        assert re.sub(r'name="form" value="[0-9a-f]+"', "", answer.text.replace(path, "")) == re.sub(
            r'name="form" value="[0-9a-f]+"', "", nothing.text.replace(gone, "")
        )


def test_a_key_opens_the_feeds_of_its_list_without_a_cookie(stranger, site, archive):
    key = key_of(site, "ewa@example.org")

    for path in feeds_of(archive):
        assert feed(stranger, path + key).findall("a:entry", NS), path


def test_a_key_opens_no_page_and_no_other_list(stranger, site, archive, now):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("inna", "Inna", language="pl"), CONSOLE, now)
        administration.add_member(db, other, administration.NewMember("ewa@example.org"), CONSOLE, now)
    key = key_of(site, "ewa@example.org")

    for path in (
        "/siecibp/",
        f"/siecibp/thread/{archive.threads['lekcje']}",
        f"/siecibp/message/{archive.hashes['answer']}/raw",
        "/siecibp/archive.mbox",
        "/inna/feed.atom",
    ):
        stranger.page(path + key, 404)
    stranger.page("/inna/feed.atom" + key_of(site, "ewa@example.org", "inna"))


@pytest.mark.parametrize("key", ["?key=", "?key=x", "?key=faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "?key=%00%ff", "?key=" + "f" * 5000])
def test_a_strange_key_opens_nothing(stranger, archive, key):
    stranger.page(f"/siecibp/feed.atom{key}", 404)


def test_other_tokens_are_no_keys(stranger, site, archive):
    from listserv import links

    with site.reading() as db:
        ewa = administration.find_member(db, list_by_name(db, "siecibp"), "ewa@example.org")
        for address in (links.unsubscribe_url(site.settings, ewa.id), links.item_address(site.settings, ewa.id, 0)):
            token = re.search(r"[a-z2-7]{20,}", address)[0]
            stranger.page(f"/siecibp/feed.atom?key={token}", 404)


def test_a_new_address_ends_the_old_one(member, stranger, site, archive):
    old = key_of(site, "ewa@example.org")
    page = member.page("/me/feeds")
    assert f'value="{HOME}/siecibp/feed.atom{old}"' in page

    answer = member.send("/me/feeds/siecibp", "/me/feeds")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/me/feeds?done=siecibp")
    stranger.page(f"/siecibp/feed.atom{old}", 404)
    new = key_of(site, "ewa@example.org")
    assert new != old
    stranger.page(f"/siecibp/feed.atom{new}")
    assert "There is a new address." in words(member.page("/me/feeds?done=siecibp"))
    with site.reading() as db:
        assert db.query(Journal).filter_by(what="feed-renewed").count() == 1


def test_a_key_ends_with_the_membership_and_does_not_come_back_with_a_new_one(stranger, site, archive, now):
    key = key_of(site, "ewa@example.org")
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.remove_member(db, administration.find_member(db, mlist, "ewa@example.org"), CONSOLE, now)
    stranger.page(f"/siecibp/feed.atom{key}", 404)
    with site.writing() as db:
        administration.add_member(db, list_by_name(db, "siecibp"), administration.NewMember("ewa@example.org"), CONSOLE, now)
    stranger.page(f"/siecibp/feed.atom{key}", 404)


def test_nobody_renews_the_address_of_a_list_that_they_are_not_on(member, stranger, archive):
    assert member.send("/me/feeds/gazetka", "/me/feeds").status_code == 404
    assert member.send("/me/feeds/niczego", "/me/feeds").status_code == 404
    assert stranger.send("/me/feeds/gazetka", "/sign-in").status_code == 404
    assert stranger.get("/me/feeds").headers["Location"] == "/sign-in?next=/me/feeds"


def test_what_is_hidden_is_in_no_feed_not_even_a_moderators(app, site, archive, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.add_member(db, mlist, administration.NewMember("owner@example.org", role=administration.Role.OWNER), CONSOLE, now)
        for row in db.query(Message).filter(Message.author == "Jan Przypis"):
            row.hidden_at = now
    owner = signed_in(app, site, "owner@example.org")

    for path in feeds_of(archive):
        assert "Jan Przypis" not in [*said(feed(owner, path), "a:entry/a:author/a:name")], path
    owner.page(f"/siecibp/thread/{archive.threads['klucz']}/feed.atom", 404)
    # What answers something hidden names nothing of it.
    assert feed(owner, f"/siecibp/thread/{archive.threads['lekcje']}/feed.atom").findall("a:entry/t:in-reply-to", NS) == []


def test_the_whole_archive_holds_nothing_hidden(member, site, archive, now):
    def whole():
        answer = member.get("/siecibp/archive.mbox")
        data = answer.data
        answer.close()
        return data

    assert b"Ja mam." in whole()
    with site.writing() as db:
        db.query(Message).filter_by(hash=archive.hashes["answer"]).one().hidden_at = now

    assert b"Ja mam." not in whole()
    assert b"Kto ma scenariusze?" in whole()


def test_a_thread_that_was_joined_leads_its_feed_to_the_other_with_its_key(stranger, site, archive):
    key = key_of(site, "ewa@example.org")
    with site.writing() as db:
        from listserv.store.archive import Thread

        db.get(Thread, archive.threads["klucz"]).merged_into = archive.threads["lekcje"]
    answer = stranger.get(f"/siecibp/thread/{archive.threads['klucz']}/feed.atom{key}")

    assert (answer.status_code, answer.headers["Location"]) == (301, f"/siecibp/thread/{archive.threads['lekcje']}/feed.atom{key}")
    stranger.page(f"/siecibp/thread/{archive.threads['klucz']}/feed.atom", 404)


def test_hostile_text_stays_text_and_what_xml_cannot_hold_is_left_out(stranger, site, archive, now):
    nasty = 'Ą\x00\x0b\ufffe]]><script>alert(1)</script>&"\U0001f600'
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "gazetka"), "x", now)
        row = talk.say("x", "x@example.org", f"{nasty}\n\n<img src=x onerror=alert(1)>")
        # Past the mail library, which does not let such names through.
        talk.thread.subject, row.subject, row.author = nasty.replace("\x00", ""), nasty.replace("\x00", ""), nasty.replace("\x00", "")
    root = feed(stranger, "/gazetka/feed.atom")

    assert said(root, "a:entry/a:title")[0] == 'Ą]]><script>alert(1)</script>&"\U0001f600'
    assert said(root, "a:entry/a:author/a:name")[0] == 'Ą]]><script>alert(1)</script>&"\U0001f600'
    assert "<script" not in said(root, "a:entry/a:content")[0] and "<img" not in said(root, "a:entry/a:content")[0]


def test_a_list_without_messages_has_an_empty_feed(stranger, site, archive, now):
    with site.writing() as db:
        administration.create_list(db, administration.NewList("pusta", "Pusta", language="pl", archive="public"), CONSOLE, now)
    root = feed(stranger, "/pusta/feed.atom")

    assert root.findall("a:entry", NS) == []
    assert said(root, "a:updated") == ["2026-03-03T09:00:00Z"]
    for path in ("/pusta/topic/nic/feed.atom", "/pusta/thread/999/feed.atom", "/pusta/person/999/feed.atom"):
        stranger.page(path, 404)


def test_a_feed_takes_a_few_statements_however_much_it_holds(site, stranger, archive):
    from sqlalchemy import event

    seen = []
    event.listen(site.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for path in ("/gazetka/feed.atom", f"/gazetka/thread/{archive.threads['gazetka']}/feed.atom"):
        seen.clear()
        stranger.page(path)
        assert len([one for one in seen if one.startswith("SELECT")]) <= 3, path


def test_no_key_is_passed_on_in_a_mail():
    from listserv.mail import tokens

    key = tokens.sign(b"k", tokens.Kind.FEED, 7, 0)
    assert tokens.hide(f"https://lists.example.org/siecibp/feed.atom?key={key} ok") == "https://lists.example.org/siecibp/feed.atom?key=… ok"
