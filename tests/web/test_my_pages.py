"""My own pages, without a script: lists, name, addresses, devices, data; and that nobody changes them for me."""

import io
import json
import re
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.members import DeliveryMode, Member, Status, member_by_key
from listserv.store.moderation import Journal
from listserv.store.people import Address, Browser, User
from listserv.usecases import myaddresses
from tests.web.readers import app, archive, hidden, letters, member, signed_in, stranger, words  # noqa: F401

LIST = "/me/list/siecibp"
PAGES = ("/me", LIST, "/me/profile", "/me/addresses", "/me/devices", "/me/data", "/me/data.zip")


def ewa(site):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, "siecibp"), "ewa@example.org")


def person(site):
    with site.reading() as db:
        return db.scalars(select(User).join(Address).where(Address.key == "ewa@example.org")).one()


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_sign_in_and_led_back(stranger, archive, path):
    assert stranger.get(path).headers["Location"] == f"/sign-in?next={path}"


@pytest.mark.parametrize("path", [LIST, "/me/profile", "/me/addresses", "/me/devices", "/me/data/erase", "/me/data/keep"])
def test_nothing_is_changed_without_the_forms_token(member, site, path):
    assert member.post(path, data={"delivery": "none", "name": "Zły", "others": "1", "posts": "remove", "sure": "yes"}).status_code == 400
    assert ewa(site).delivery is DeliveryMode.EACH
    assert person(site).name == "Ewa Fiszka"


@pytest.mark.parametrize("path", PAGES)
def test_looking_changes_nothing(member, site, path):
    from tests.databases import contents

    before = contents(site.engine)
    member.get(path, buffered=True)

    assert contents(site.engine) == before


@pytest.mark.parametrize(
    ("fields", "schedule", "said"),
    [
        ({"every": "daily", "at": "06:30"}, "daily 06:30", "a digest, every day at 6:30."),
        ({"every": "weekly", "days": ["thu", "mon"], "at": "18:00"}, "weekly mon,thu 18:00", "a digest, on Mondays and Thursdays at 18:00."),
        ({"every": "monthly", "day": "31", "at": "07:00"}, "monthly 31 07:00", "a digest, on the last day of each month at 7:00."),
    ],
)
def test_a_digest_comes_when_it_is_wanted_and_the_page_says_when(member, site, fields, schedule, said):
    done = member.send(LIST, delivery="digest", **fields)

    found = ewa(site)
    assert (found.delivery, found.schedule) == (DeliveryMode.DIGEST, schedule)
    assert found.digest_due is not None
    assert f"From now on: {said}" in words(member.page(done.headers["Location"]))


@pytest.mark.parametrize(
    "fields", [{"every": "weekly", "at": "07:00"}, {"every": "monthly", "day": "32", "at": "07:00"}, {"every": "daily", "at": "25:00"}, {"every": "hourly"}]
)
def test_a_time_that_there_is_not_changes_nothing(member, site, fields):
    answer = member.send(LIST, delivery="digest", **fields)

    assert answer.status_code == 400
    assert "Nothing was changed." in words(answer.text)
    assert (ewa(site).delivery, ewa(site).schedule) == (DeliveryMode.EACH, "daily 07:00")


def test_a_form_that_was_refused_comes_back_as_it_was_filled_in(member):
    weekly = member.send(LIST, delivery="digest", every="weekly", at="18:15", day="9").text
    monthly = member.send(LIST, delivery="digest", every="monthly", at="25:00", day="31", days=["tue", "sun"]).text

    assert 'value="digest" checked' in weekly and 'value="weekly" checked' in weekly and 'value="18:15"' in weekly
    assert not re.search(r'name="days" value="\w+" checked', weekly)
    assert 'value="monthly" checked' in monthly and 'value="25:00"' in monthly and 'name="day" min="1" max="31" value="31"' in monthly
    assert re.findall(r'name="days" value="(\w+)" checked', monthly) == ["tue", "sun"]
    assert 'name="until" value="2020-01-01"' in member.send(LIST, pause="1", until="2020-01-01").text


def test_a_pause_until_a_day_and_back_again(member, site):
    member.send(LIST, pause="1", until="2026-03-15")
    paused = ewa(site)
    assert (paused.status, paused.paused_until.isoformat()) == (Status.PAUSED, "2026-03-15T23:00:00+00:00")
    assert "Pause until 15 March 2026" in words(member.page(LIST)) and "Pause until 15 March 2026" in words(member.page("/me"))

    member.send(LIST, resume="1")
    assert ewa(site).status is Status.ENABLED
    with site.reading() as db:
        doors = db.execute(select(Journal.what, Journal.door).where(Journal.what.in_(("member-pause", "member-resume")))).all()
        assert doors == [("member-pause", "web"), ("member-resume", "web")]


@pytest.mark.parametrize(("until", "said"), [("2020-01-01", "That day is over"), ("kiedyś", "Please give the day like this")])
def test_a_pause_that_cannot_be_is_none(member, site, until, said):
    answer = member.send(LIST, pause="1", until=until)

    assert answer.status_code == 400 and said in words(answer.text)
    assert ewa(site).status is Status.ENABLED


def test_leaving_takes_one_button_and_says_goodbye_and_the_way_back(member, site):
    done = member.send(LIST, leave="1")

    assert done.headers["Location"] == "/me?left=siecibp"
    assert ewa(site) is None
    assert [to for to, _ in letters(site)] == ["ewa@example.org"]
    said = words(member.page("/me?left=siecibp"))
    assert "You are off the list “Sieć BP”. A letter that says so is on its way." in said
    assert "moderator_siecibp@ lists.example.org" in said and "You are on no list of this server now." in said


@pytest.mark.parametrize("name", ["siecibp", "gazetka", "nie-ma", "Sie\N{COMBINING ACUTE ACCENT}%00"])
def test_nobody_is_told_that_they_left_where_they_have_not(member, site, archive, name):
    assert "You are off" not in member.page(f"/me?left={name}")


def test_that_somebody_left_is_said_for_an_hour(member, site, clock):
    member.send(LIST, leave="1")
    clock.move(minutes=61)

    assert "You are off" not in member.page("/me?left=siecibp")


def test_the_last_coordinator_is_told_why_they_cannot_leave(app, site, archive):
    zofia = signed_in(app, site, "zofia@example.org")

    answer = zofia.send("/me/list/gazetka", leave="1")

    assert answer.status_code == 409 and "Nobody but you decides on this list." in words(answer.text)


def test_nobody_sees_or_changes_a_membership_that_is_not_theirs(member, site, archive):
    member.page("/me/list/gazetka", 404)
    member.page("/me/list/nie-ma", 404)
    token = hidden(member.page(LIST), "form")
    assert member.post("/me/list/gazetka", data={"form": token, "leave": "1"}).status_code == 404


def test_name_language_and_zone_are_the_persons_own(member, site):
    assert member.send("/me/profile", name=" Ewa  Fiszka-Nowa ", language="pl", timezone="America/New_York").status_code == 303

    found = person(site)
    assert (found.name, found.language, found.timezone) == ("Ewa Fiszka-Nowa", "pl", "America/New_York")
    assert '<html lang="pl">' in member.page("/me")


@pytest.mark.parametrize(
    "fields", [{"name": "ewa@example.org"}, {"name": "x" * 201}, {"language": "xx"}, {"timezone": "Europa/Warszawa"}, {"timezone": "../etc/passwd"}]
)
def test_what_cannot_be_a_name_a_language_or_a_zone_comes_back(member, site, fields):
    answer = member.send("/me/profile", **{"name": "Ewa Inna", "language": "en", "timezone": ""} | fields)

    assert answer.status_code == 400 and "Nothing was changed." in words(answer.text)
    assert (person(site).name, person(site).language) == ("Ewa Fiszka", "")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Warszawa", "Europe/Warsaw"),
        ("kraków", "Europe/Warsaw"),
        ("Nowy  Jork", "America/New_York"),
        ("new york", "America/New_York"),
        ("Berlin", "Europe/Berlin"),
        ("lisbon", "Europe/Lisbon"),
        ("sao paulo", "America/Sao_Paulo"),
    ],
)
def test_a_zone_is_known_by_its_city(member, site, typed, zone):
    assert member.send("/me/profile", name="Ewa", language="", timezone=typed).status_code == 303

    assert person(site).timezone == zone


def test_an_address_that_waits_for_its_proof_is_listed_until_then(member, site, clock):
    member.send("/me/addresses", email="Ewa@Praca.example.net")
    member.send("/me/addresses", email="ewa@praca.example.net")
    assert words(member.page("/me/addresses")).count("waits to be proven") == 1

    member.send(link(letters(site)[-1][1], "prove"))
    said = words(member.page("/me/addresses"))
    assert "ewa@praca.example.net" in said and "waits to be proven" not in said

    member.send("/me/addresses", email="druga@example.net")
    with site.reading() as db:
        user = db.get(User, person(site).id)
        assert myaddresses.pending_addresses(db, user, clock()) == ["druga@example.net"]
        assert myaddresses.pending_addresses(db, user, clock.move(hours=25)) == []


def link(text, kind):
    return re.search(rf"/me/{kind}/[a-z2-7]+", text)[0]


def test_an_address_is_proven_by_its_own_mailbox_and_the_others_are_told(member, site):
    answer = member.send("/me/addresses", email="ewa@praca.example.net")
    assert "One more step." in words(answer.text)
    ((to, letter),) = letters(site)
    assert to == "ewa@praca.example.net"

    path = link(letter, "prove")
    assert "Is this your address?" in member.page(path)
    assert len(person_addresses(site)) == 1
    assert member.send(path).status_code == 303
    assert person_addresses(site) == ["ewa@example.org", "ewa@praca.example.net"]
    assert [to for to, _ in letters(site)][1:] == ["ewa@example.org"]
    member.page(path, 410)


def person_addresses(site):
    with site.reading() as db:
        return db.scalars(select(Address.email).where(Address.user_id == person(site).id, Address.verified_at.is_not(None)).order_by(Address.id)).all()


def test_a_link_that_somebody_else_asked_for_gives_them_nothing(member, app, site, archive):
    member.send("/me/addresses", email="jan@example.org")
    member.send("/me/addresses", email="ofiara@example.net")
    mine, victims = (link(letter, "prove") for _, letter in letters(site))
    jan = signed_in(app, site, "jan@example.org")

    jan.page(mine, 404)
    assert jan.send(victims, "/me").status_code == 404
    answer = member.send(mine)
    assert answer.status_code == 409 and "belongs to another person here" in words(answer.text)
    assert person_addresses(site) == ["ewa@example.org"]


def test_the_page_does_not_tell_whose_an_address_is(member, archive):
    known = member.send("/me/addresses", email="jan@example.org")
    unknown = member.send("/me/addresses", email="nikt@example.org")

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("jan@", "") == unknown.text.replace("nikt@", "")


def test_nobody_floods_a_stranger_with_proofs(member, site):
    codes = [member.send("/me/addresses", email=f"ofiara{number}@example.net").status_code for number in range(8)]

    assert codes == [200] * 5 + [429] * 3
    assert len(letters(site)) == 5


def test_a_list_can_write_to_another_of_my_addresses_and_then_the_old_one_can_go(member, site, now):
    with site.writing() as db:
        work = Address(user_id=person(site).id, email="ewa@praca.example.net", key="ewa@praca.example.net", verified_at=now)
        db.add(work)
        db.flush()
        work_id, old_id = work.id, ewa(site).address_id
    refused = member.send("/me/addresses", remove=str(old_id))
    assert refused.status_code == 409 and "A list writes to this address." in words(refused.text)

    member.send(LIST, delivery="each", address=str(work_id))
    assert ewa(site).address_id == work_id
    assert member.send("/me/addresses", remove=str(old_id)).status_code == 303
    with site.reading() as db:
        assert db.scalars(select(Address.email).where(Address.user_id == db.get(Member, ewa_by(db)).user_id)).all() == ["ewa@praca.example.net"]
    assert sorted(to for to, _ in letters(site)) == ["ewa@example.org", "ewa@praca.example.net"]
    alone = member.send("/me/addresses", remove=str(work_id))
    assert alone.status_code == 409 and "your only address" in words(alone.text)


def ewa_by(db):
    return db.scalars(select(Member.id).join(User, User.id == Member.user_id).where(User.name == "Ewa Fiszka")).one()


def test_anothers_address_cannot_be_taken_or_removed(member, site, archive):
    with site.reading() as db:
        jan = db.scalars(select(Address.id).where(Address.key == "jan@example.org")).one()
    before = ewa(site).address_id

    member.send(LIST, delivery="each", address=str(jan))
    assert ewa(site).address_id == before
    assert member.send("/me/addresses", remove=str(jan)).status_code == 404


def test_devices_are_listed_and_ended_one_by_one_and_all_at_once(app, site, archive):
    firefox = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
    phone = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Mobile/15E148 Safari/604.1"}
    here, others = signed_in(app, site, "ewa@example.org"), [signed_in(app, site, "ewa@example.org") for _ in range(3)]
    jan = signed_in(app, site, "jan@example.org")
    with site.writing() as db:
        rows = db.scalars(select(Browser).order_by(Browser.id)).all()
        rows[0].agent, rows[1].agent, jans = firefox["User-Agent"], phone["User-Agent"], rows[-1].id
        second = rows[1].id
    page = words(here.page("/me/devices"))
    assert "Firefox, Windows this one since today, 10:00 , last used today, 10:00" in page and "Safari, iPhone" in page
    assert page.count("Sign out") == 3

    here.send("/me/devices", end=str(second))
    here.send("/me/devices", end=str(jans))
    others[0].page("/siecibp/", 404)
    others[1].page("/siecibp/")
    here.send("/me/devices", others="1")
    others[1].page("/siecibp/", 404)
    here.page("/siecibp/")
    jan.page("/siecibp/")


def test_when_a_browser_was_last_used_is_noted_about_once_a_day(app, site, archive, clock):
    browser = signed_in(app, site, "ewa@example.org", remember="on")

    def used():
        with site.reading() as db:
            return db.scalars(select(Browser.used_at)).one()

    first = used()
    clock.move(hours=2)
    browser.page("/siecibp/")
    assert used() == first
    clock.move(days=2)
    browser.page("/siecibp/")
    assert used() == site.now()


def test_the_export_holds_what_is_kept_and_nobody_elses(member, site, archive):
    fields = {
        "form": hidden(member.page("/siecibp/new"), "form"),
        "subject": "Szkic",
        "text": "Mój szkic.",
        "save": "1",
        "file": (io.BytesIO(b"plik"), "a/b.txt"),
    }
    member.post("/siecibp/new", data=fields)

    answer = member.get("/me/data.zip", buffered=True)

    assert answer.headers["Content-Disposition"].startswith("attachment") and "no-store" in answer.headers["Cache-Control"]
    bundle = ZipFile(io.BytesIO(answer.data))
    about = json.loads(bundle.read("about-me.json"))
    assert (about["name"], about["addresses"]) == ("Ewa Fiszka", ["ewa@example.org"])
    assert {"user", "address", "member", "message", "browser", "draft", "draft_file", "token"} <= set(about["tables"])
    assert [row["subject"] for row in about["tables"]["message"]] == ["Scenariusze lekcji"]
    assert len([name for name in bundle.namelist() if name.startswith("messages/")]) == 1
    assert [bundle.read(name) for name in bundle.namelist() if name.startswith("drafts/")] == [b"plik"]
    whole = b"".join(bundle.read(name) for name in bundle.namelist())
    assert b"jan@example.org" not in whole and b"zofia@example.org" not in whole
    assert not any(key in row for rows in about["tables"].values() for row in rows for key in ("hash", "sha256"))


def test_erasure_asks_twice_waits_a_week_and_is_stopped_by_a_link(member, app, site):
    first = member.send("/me/data/erase", "/me/data", posts="remove")
    assert first.status_code == 200 and "Do you really want to be forgotten?" in words(first.text) and "10 March 2026" in words(first.text)
    assert letters(site) == []

    member.post("/me/data/erase", data={"form": hidden(first.text, "form"), "posts": "remove", "sure": "yes"})
    ((to, letter),) = letters(site)
    assert to == "ewa@example.org"
    assert "Your data will be erased on 10 March 2026" in words(member.page("/me"))
    path = link(letter, "keep")
    passer_by = app.test_client()
    assert "Keep everything?" in passer_by.page(path)
    assert "Your data will be erased" in words(member.page("/me/data"))
    assert "Nothing will be erased" in passer_by.send(path).text
    assert "Your data will be erased" not in words(member.page("/me"))
    passer_by.page(path, 410)
    assert [to for to, _ in letters(site)] == ["ewa@example.org"] * 2


def test_the_last_coordinator_cannot_be_forgotten_before_another_is_named(app, site, archive):
    zofia = signed_in(app, site, "zofia@example.org")

    answer = zofia.send("/me/data/erase", "/me/data", posts="keep", sure="yes")

    assert answer.status_code == 409 and "Nobody but you decides on the list “Gazetka”." in words(answer.text)


def test_what_i_wrote_last_is_told_with_what_became_of_it(member, site, archive, now):
    with site.writing() as db:
        list_by_name(db, "siecibp").emergency = True
    html = member.page("/siecibp/new")
    member.post("/siecibp/new", data={"form": hidden(html, "form"), "key": hidden(html, "key"), "subject": "Czeka", "text": "Na decyzję."})

    page = words(member.page("/me"))

    assert "What you wrote last Czeka waits for a moderator" in page and "Scenariusze lekcji" in page
    add_another = "Do szafki"
    assert add_another not in page


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (LIST, {"delivery": "digest", "every": "hourly"}),
        ("/me/profile", {"name": "Ewa", "timezone": "Mars/Olympus"}),
    ],
)
def test_what_was_wrong_stands_below_the_heading(member, path, fields):
    answer = member.send(path, **fields)

    assert answer.status_code == 400
    assert 0 < answer.text.index("<h1") < answer.text.index('id="wrong"') < answer.text.index("<form", answer.text.index("<h1"))
