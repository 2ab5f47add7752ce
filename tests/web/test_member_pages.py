"""Members, bans, journal and settings as those who look after the list see and change them."""

import csv
import io
import re
from datetime import timedelta

import pytest

from listserv.store.bans import bans_of
from listserv.store.lists import Archive, list_by_name
from listserv.store.members import Member, Role, Status, member_by_key
from listserv.usecases import banning
from listserv.usecases.access import CONSOLE
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.office import aligned, mail
from tests.web.readers import app, hidden, signed_in, words  # noqa: F401

DESK = "/siecibp/moderate/"
MEMBERS = DESK + "members"
LIST = "siecibp@lists.example.org"


def browser_of(app, site, email):
    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), email).user.language = "en"
    return signed_in(app, site, email)


@pytest.fixture
def zofia(app, site, office):
    return browser_of(app, site, "mod@example.org")


@pytest.fixture
def alina(app, site, office):
    return browser_of(app, site, "owner@example.org")


def the(site, email):
    with site.reading() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), email)
        if member:
            db.expunge(member)
        return member


def path_of(site, email):
    return f"{MEMBERS}/{the(site, email).id}"


def names(page):
    return re.findall(r'/moderate/members/\d+">([^<]+)</a></h2>', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=okladka", ["Halina Okładka"]),
        ("q=HALINA+okła", ["Halina Okładka"]),
        ("q=marek@", ["Marek Regał"]),
        ("role=owner", ["Alina Zakładka"]),
        ("role=moderator", ["Zofia Lektura"]),
        ("status=bouncing", ["Marek Regał"]),
        ("bounces=yes", ["Marek Regał"]),
        ("moderated=yes", ["Halina Okładka"]),
        ("delivery=digest", []),
        ("sort=role", ["Alina Zakładka", "Zofia Lektura", "Halina Okładka", "Marek Regał"]),
        ("sort=address", ["Halina Okładka", "Marek Regał", "Zofia Lektura", "Alina Zakładka"]),
        ("sort=joined", ["Zofia Lektura", "Halina Okładka", "Marek Regał", "Alina Zakładka"]),
        ("role=nonsense&sort=nonsense", ["Alina Zakładka", "Halina Okładka", "Marek Regał", "Zofia Lektura"]),
    ],
)
def test_members_are_found_by_name_address_role_and_state(zofia, site, query, found):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        member_by_key(db, mlist, "halina@example.org").moderated = True
        marek = member_by_key(db, mlist, "marek@example.org")
        marek.status, marek.bounce_score = Status.BOUNCING, 3.0

        if "joined" in query:
            member_by_key(db, mlist, "mod@example.org").joined_at += timedelta(days=1)

    assert names(zofia.page(f"{MEMBERS}?{query}")) == found


def test_many_members_come_fifty_a_page_and_keep_what_was_asked(zofia, site, now):
    with site.writing() as db:
        for number in range(60):
            add(db, list_by_name(db, "siecibp"), f"osoba{number:02}@example.org", now, name=f"Osoba {number:02}")

    first = zofia.page(f"{MEMBERS}?q=osoba")
    assert len(names(first)) == 50 and len(first) < 60_000
    assert "60 people fit" in words(first)
    assert f'href="{MEMBERS}?page=2&amp;q=osoba&amp;sort=name"' in first
    assert len(names(zofia.page(f"{MEMBERS}?q=osoba&page=2"))) == 10


def test_a_moderator_changes_delivery_and_the_reading_first_of_ordinary_members(zofia, site):
    path = path_of(site, "halina@example.org")
    done = zofia.send(
        path, **{"delivery": "digest", "schedule": "weekly mon 08:00", "status": "paused", "language": "pl", "moderated-asked": "yes", "moderated": "on"}
    )

    assert "Saved." in words(zofia.page(done.headers["Location"]))
    member = the(site, "halina@example.org")
    assert (member.delivery, member.schedule, member.status, member.moderated) == ("digest", "weekly mon 08:00", "paused", True)
    assert member.digest_due


def test_the_same_again_writes_nothing_down(zofia, site):
    path = path_of(site, "halina@example.org")
    done = zofia.send(path, **{"delivery": "each", "schedule": "daily 07:00", "status": "enabled", "language": "", "moderated-asked": "yes"})

    assert "Nothing to change." in words(zofia.page(done.headers["Location"]))
    assert "settings changed" not in words(zofia.page(path))


def test_a_moderator_chooses_the_hour_of_a_digest_as_its_reader_does(zofia, site):
    path = path_of(site, "halina@example.org")
    assert zofia.send(path, delivery="digest", every="weekly", days=["mon", "thu"], at="18:00").status_code == 303

    assert the(site, "halina@example.org").schedule == "weekly mon,thu 18:00"
    page = zofia.page(path)
    assert "weekly mon" not in page and 'value="weekly" checked' in page and 'value="thu" checked' in page


def test_a_schedule_that_cannot_be_keeps_the_form_as_it_was_filled_in(zofia, site):
    path = path_of(site, "halina@example.org")
    refused = zofia.send(path, delivery="digest", every="monthly", day="32", at="18:15")
    without = zofia.send(path, delivery="digest", every="weekly", at="07:00")

    assert refused.status_code == without.status_code == 400
    assert "Please choose a day, and give the hour like this: 07:00." in words(refused.text)
    assert 'value="monthly" checked' in refused.text and 'value="18:15"' in refused.text and 'max="31" value="32"' in refused.text
    assert "Please choose at least one day of the week." in words(without.text) and 'value="weekly" checked' in without.text
    assert the(site, "halina@example.org").delivery == "each"


def test_a_member_whose_only_message_is_hidden_has_written_one(zofia, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        message = seeds.thread(db, mlist, "Klucz", now).say("Halina", "halina@example.org", "?")
        message.user_id, message.hidden_at = member_by_key(db, mlist, "halina@example.org").user_id, now

    said = words(zofia.page(path_of(site, "halina@example.org")))
    assert "1 message, hidden" in said and "Nothing yet." not in said


def test_only_coordinators_name_moderators(zofia, alina, site):
    path = path_of(site, "halina@example.org")
    assert zofia.send(path, role="owner").status_code == 404
    assert the(site, "halina@example.org").role is Role.MEMBER
    assert 'name="role"' not in zofia.page(path)

    assert alina.send(path, role="moderator").status_code == 303
    assert the(site, "halina@example.org").role is Role.MODERATOR


@pytest.mark.parametrize("rest", ["", "/remove", "/bounces"])
def test_a_moderator_changes_nothing_about_a_coordinator(zofia, site, rest):
    path = path_of(site, "owner@example.org")

    assert zofia.send(path + rest, "/me", delivery="none", letter="no").status_code == 404
    assert the(site, "owner@example.org").delivery == "each"


def test_nobody_changes_somebodys_address_or_name_from_here(alina, site):
    path = path_of(site, "halina@example.org")
    alina.send(path, email="mine@example.org", name="Kto inny", delivery="none")

    assert the(site, "mine@example.org") is None
    assert the(site, "halina@example.org").delivery == "none"


@pytest.mark.parametrize("act", [{"role": "member"}, {"role": "moderator"}])
def test_the_last_coordinator_stays_one(alina, site, act):
    path = path_of(site, "owner@example.org")
    refused = alina.send(path, **act)

    assert refused.status_code == 400
    assert "The list needs a coordinator" in words(refused.text)
    refused = alina.send(path + "/remove", letter="no")
    assert refused.status_code == 400
    assert the(site, "owner@example.org").role is Role.OWNER


def test_bounces_are_forgotten(zofia, site, now):
    with site.writing() as db:
        marek = member_by_key(db, list_by_name(db, "siecibp"), "marek@example.org")
        marek.status, marek.bounce_score, marek.last_bounce_at = Status.BOUNCING, 5.0, now
    path = path_of(site, "marek@example.org")
    assert "Nothing is sent to this address for now." in words(zofia.page(path))

    zofia.send(path + "/bounces", path)

    marek = the(site, "marek@example.org")
    assert (marek.status, marek.bounce_score, marek.last_bounce_at) == (Status.ENABLED, 0.0, None)


@pytest.mark.parametrize(("letter", "letters"), [("yes", ["removed"]), ("no", [])])
def test_somebody_is_taken_off_with_a_letter_or_silently(zofia, office, site, letter, letters):
    path = path_of(site, "halina@example.org")
    assert "Take Halina Okładka off the list?" in words(zofia.page(path + "/remove"))
    zofia.send(path + "/remove", letter=letter, words="Na własną prośbę.")

    assert the(site, "halina@example.org") is None
    assert [one.kind for one in office.letters("halina@example.org") if one.kind != "sign-in"] == letters
    assert all("Na własną prośbę." in one.text for one in office.letters("halina@example.org", "removed"))
    assert "halina@example.org; Na własną prośbę." in words(zofia.page(DESK + "journal"))


def test_people_are_added_a_line_each_after_a_look(zofia, office, site):
    text = 'Anna Nowa <anna@example.org>\n\nbez-adresu\nhalina@example.org\nANNA@example.org\n"Ćwiek, Bożena" <bozena@example.org>, cyryl@example.org\nsiecibp@lists.example.org\nzly@spam.example.net\n'
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), "@spam.example.net", CONSOLE, site.now())
    before = len(office.letters())
    looked = zofia.send(f"{MEMBERS}/add", people=text, delivery="digest", welcome="yes")
    said = words(looked.text)

    assert "3 people would be added" in said
    assert all(
        one in said for one in ("halina@example.org – is on the list already", "ANNA@example.org – stands here twice", "bez-adresu – no address can be read")
    )
    assert "siecibp@lists.example.org – is an address of this server" in said and "zly@spam.example.net – is barred" in said
    assert the(site, "anna@example.org") is None and len(office.letters()) == before

    back = zofia.send(f"{MEMBERS}/add", people=text, delivery="digest", sure="yes", again="yes").text
    assert "bez-adresu\nhalina@example.org" in back and '<option value="digest" selected' in back and 'value="yes" checked' not in back
    nobody = words(zofia.send(f"{MEMBERS}/add", people="bez-adresu").text)
    assert "Nobody would be added" in nobody and "No letter goes to them" not in nobody
    assert the(site, "anna@example.org") is None and len(office.letters()) == before

    done = zofia.send(f"{MEMBERS}/add", people=text, delivery="digest", welcome="yes", sure="yes")
    assert "3 people added." in words(zofia.page(done.headers["Location"]))
    with site.reading() as db:
        added = [member_by_key(db, list_by_name(db, "siecibp"), f"{name}@example.org") for name in ("anna", "bozena", "cyryl")]
        assert [one.user.name for one in added] == ["Anna Nowa", "Ćwiek, Bożena", ""]
        assert all(one.role is Role.MEMBER and one.delivery == "digest" and one.digest_due and one.address.verified_at is None for one in added)
    assert [one.kind for one in office.letters()[before:]] == ["welcome"] * 3


def test_without_a_welcome_no_letter_goes(zofia, office):
    before = len(office.letters())
    zofia.send(f"{MEMBERS}/add", people="anna@example.org", sure="yes")

    assert office.letters()[before:] == []


@pytest.mark.parametrize("text", ["", "\n \n", "\n".join(f"o{n}@example.org" for n in range(501))])
def test_nobody_or_too_many_are_refused_and_what_was_typed_stays(zofia, text):
    refused = zofia.send(f"{MEMBERS}/add", people=text)

    assert refused.status_code == 400
    assert text.strip()[-30:] in refused.text


def test_a_ban_says_whom_it_would_be_about_before_it_holds(zofia, office, site):
    office.deliver(aligned(mail("Obcy <obcy@example.org>", LIST, "Plakaty", "Mamy.\n")), LIST, mail_from="obcy@example.org")
    asked = zofia.send(DESK + "bans", pattern="@example.org", note="za dużo")
    said = words(asked.text)

    assert "Bar @example.org?" in said
    assert "2 members could no longer write: halina@example.org, marek@example.org" in said
    assert "It fits moderators too, and does nothing to them:" in said
    assert "1 message of theirs waits" in said
    with site.reading() as db:
        assert not bans_of(db, list_by_name(db, "siecibp"))

    zofia.send(DESK + "bans", pattern="@example.org", note="za dużo", sure="yes")
    page = zofia.page(DESK + "bans")
    assert "@example.org" in page and "za dużo" in page
    zofia.send(DESK + "bans/lift", DESK + "bans", pattern="@example.org")
    assert "Nobody is barred" in words(zofia.page(DESK + "bans"))
    assert "It was not there any more." in words(zofia.page(zofia.send(DESK + "bans/lift", DESK + "bans", pattern="@example.org").headers["Location"]))


@pytest.mark.parametrize(
    ("pattern", "said"), [("nonsense", "neither an address"), ("^(((", "neither an address"), ("zly@example.org", "This is barred already.")]
)
def test_a_ban_that_cannot_be_is_refused_in_words(zofia, site, pattern, said):
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), "zly@example.org", CONSOLE, site.now())
    refused = zofia.send(DESK + "bans", pattern=pattern, note="x")

    assert refused.status_code == 400
    assert said in words(refused.text)
    assert f'value="{pattern}"' in refused.text


@pytest.fixture
def lived(office, alina, zofia, site):
    """A journal with a held post, its approval, a change of settings and a ban."""
    office.deliver(aligned(mail("Obcy <obcy@example.org>", LIST, "=1+1", "Mamy.\n")), LIST, mail_from="obcy@example.org")
    zofia.send(DESK, case="p1", answer="approve")
    alina.send(DESK + "bans", pattern="zly@example.org", sure="yes")


def entries(page):
    return re.findall(r"<h2>([^<]+)</h2>", page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=posts", ["message approved", "message held"]),
        ("kind=bans", ["address barred"]),
        ("q=zly", ["address barred"]),
        ("q=ZLY", ["address barred"]),
        ("q=%25", []),
        ("kind=posts&who=0", ["message held"]),
        ("after=2026-03-04", []),
        ("kind=bans&after=2026-03-03&before=2026-03-03", ["address barred"]),
        ("kind=bans&after=nonsense", ["address barred"]),
    ],
)
def test_the_journal_is_filtered(lived, zofia, query, found):
    assert entries(zofia.page(f"{DESK}journal?{query}")) == found


def test_the_journal_says_who_and_what_about(lived, zofia, site):
    page = zofia.page(f"{DESK}journal?kind=posts")

    assert f'<a href="{DESK}case/p1" lang="pl">=1+1</a>' in page
    assert "Zofia Lektura in the browser" in words(page)
    assert "this address is not on the list" in words(page)


def test_the_journal_can_be_taken_along_and_runs_no_formula(lived, zofia):
    answer = zofia.get(f"{DESK}journal.csv?kind=posts")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="siecibp-journal.csv"')
    assert [(row["what"], row["who"], row["about"]) for row in rows] == [("held-published", "Zofia Lektura", "'=1+1"), ("held", "", "'=1+1")]
    assert rows[0]["at"] == "2026-03-03T09:00:00+00:00"


def test_every_word_of_the_journal_has_its_sentence():
    from listserv.resources import PACKAGE
    from listserv.store.moderation import ApplicationState, HeldState
    from listserv.usecases.sitejournal import WHAT

    written = set()
    for path in PACKAGE.rglob("*.py"):
        for call in re.findall(r"\b(?:note|journal)\(\s*db, (?:[\w.]+(?:\([\w., ]*\))?), (.*)", path.read_text("utf-8")):
            written |= set(re.findall(r'(?<!f)"([a-z]+(?:-[a-z]+)*)"', call.split("mlist=")[0]))
    states = {f"held-{state}" for state in HeldState} - {"held-pending"} | {
        f"application-{state}" for state in (ApplicationState.ADMITTED, ApplicationState.DECLINED)
    }

    assert len(written) > 20
    assert (written | states) - set(WHAT) - NOBODYS_BUSINESS == set()


# What somebody has written and thought better of.
NOBODYS_BUSINESS = {"preview-made", "preview-sent", "thanks-sent"}


def test_a_moderator_sees_the_settings_and_cannot_change_them(zofia, site):
    page = zofia.page("/siecibp/settings")

    assert "Who reads the archive" in words(page) and "Coordinators change these" in words(page)
    assert page.count(" disabled") >= 13 and ">Save<" not in page
    assert zofia.send("/siecibp/settings", seen=hidden(page, "seen"), title="Moja").status_code == 404
    with site.reading() as db:
        assert list_by_name(db, "siecibp").title == "Sieć BP"


def test_every_setting_of_the_command_line_stands_on_the_page_with_its_meaning(alina):
    from listserv.usecases.administration import LIST_SETTINGS
    from listserv.web.listsettings import SETTINGS

    page = alina.page("/siecibp/settings")

    assert {one.key for one in SETTINGS} == set(LIST_SETTINGS)
    for one in SETTINGS:
        assert f'name="{one.key}"' in page and one.meaning in words(page), one.key


def setting(alina, **values):
    seen = hidden(alina.page("/siecibp/settings"), "seen")
    return alina.send("/siecibp/settings", seen=seen, **values)


def test_a_coordinator_changes_settings_and_only_what_differs_is_written_down(alina, site):
    done = setting(alina, title="Sieć Bibliotek", footer="Stopka\r\nw dwóch wierszach", archive="members", max_size="5.5")

    assert "Saved." in words(alina.page(done.headers["Location"]))
    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        assert (mlist.title, mlist.footer, mlist.max_size) == ("Sieć Bibliotek", "Stopka\nw dwóch wierszach", 5_767_168)
    assert "Title: Sieć Bibliotek; Words below every message: Stopka w dwóch wierszach; Largest message, in MB: 5.5 MB" in words(alina.page(DESK + "journal"))


def test_a_size_that_nobody_has_touched_stays_what_it_is_to_the_byte(alina, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").max_size = 7_000_001
    shown = re.search(r'name="max_size" value="([^"]+)"', alina.page("/siecibp/settings"))[1]
    setting(alina, max_size=shown, title="Inny")

    assert shown == "6.68"
    with site.reading() as db:
        assert list_by_name(db, "siecibp").max_size == 7_000_001


def test_opening_the_archive_to_everybody_is_said_and_asked_twice(alina, site):
    asked = setting(alina, archive="public", title="Nowy tytuł")

    assert asked.status_code == 200
    assert "Everybody, search engines too, will read all that was ever written here" in words(asked.text)
    with site.reading() as db:
        assert list_by_name(db, "siecibp").archive is Archive.MEMBERS
    fields = {name: hidden(asked.text, name) for name in ("form", "seen", "sure")}
    assert alina.post("/siecibp/settings", data={**fields, "archive": "public", "title": "Nowy tytuł"}).status_code == 303
    with site.reading() as db:
        assert list_by_name(db, "siecibp").archive is Archive.PUBLIC


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": " "}, "never empty"),
        ({"max_size": "dużo"}, "a number of megabytes"),
        ({"max_size": ""}, "a number of megabytes"),
        ({"subject_tag": "x" * 65}, "at most 64"),
        ({"alias": "x@example.org"}, "Only administrators"),
        ({"archive": "all"}, "cannot be used"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_what_was_typed_stays(alina, site, values, said):
    refused = setting(alina, description="Nowy opis", **values)

    assert refused.status_code == 400
    assert said in words(refused.text)
    assert "Nowy opis" in refused.text
    with site.reading() as db:
        assert list_by_name(db, "siecibp").description == ""


def test_two_coordinators_do_not_undo_each_others_work(alina, site):
    seen = hidden(alina.page("/siecibp/settings"), "seen")
    setting(alina, title="Pierwsza")
    late = alina.send("/siecibp/settings", seen=seen, title="Druga")

    assert late.status_code == 409
    assert "Somebody was faster." in words(late.text)
    with site.reading() as db:
        assert list_by_name(db, "siecibp").title == "Pierwsza"


def test_an_administrator_may_do_all_of_it_without_being_on_the_list(app, site, office, now):
    from listserv.usecases.administration import ensure_user

    with site.writing() as db:
        user = ensure_user(db, "admin@example.org", "Adam", now, language="en").user
        user.administrator = True
    admin = signed_in(app, site, "admin@example.org")

    assert "Nothing waits" in words(admin.page(DESK))
    assert setting(admin, alias="stary@example.net").status_code == 303
    assert admin.send(path_of(site, "halina@example.org"), role="moderator").status_code == 303
    with site.reading() as db:
        assert db.query(Member).count() == 4


def test_a_word_of_trust_is_seen_and_taken_back(zofia, office, site):
    def post():
        return office.deliver(aligned(mail("Obcy <obcy@example.org>", LIST, "Plakaty", "Mamy.\n")), LIST, mail_from="obcy@example.org")

    post()
    zofia.send(DESK, case="p1", answer="approve", trust="on")
    assert post() == "posted"
    page = zofia.page(DESK + "bans")
    assert "Let through without asking" in words(page) and "obcy@example.org" in page

    done = zofia.send(DESK + "bans/distrust", DESK + "bans", key="obcy@example.org")
    assert "Messages from this address are held again." in words(zofia.page(done.headers["Location"]))
    assert post() == "held"


def test_reading_a_trusted_members_messages_first_ends_the_trust(zofia, office, site):
    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org").moderated = True
    raw = aligned(mail("halina@example.org", LIST, "Klucz", "Kto ma klucz?\n"))
    assert office.deliver(raw, LIST, mail_from="halina@example.org") == "held"
    zofia.send(DESK, case="p1", answer="approve", trust="on")
    assert not the(site, "halina@example.org").moderated

    path = path_of(site, "halina@example.org")
    assert "a tick takes that back" in words(zofia.page(path))
    zofia.send(path, **{"moderated-asked": "yes", "moderated": "on"})

    raw = aligned(mail("halina@example.org", LIST, "Klucz drugi", "Kto ma klucz?\n"))
    assert office.deliver(raw, LIST, mail_from="halina@example.org") == "held"
