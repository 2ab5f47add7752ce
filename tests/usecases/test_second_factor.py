"""One-time codes beside the mailbox: who is asked, which code is right, and how slow guessing is."""

import threading
from base64 import b32decode
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from listserv.errors import Conflict, Expired, NotFound
from listserv.site import is_worth_repeating
from listserv.store.lists import list_by_name
from listserv.store.passkeys import OneTime, Passkey, RecoveryCode, one_time_of
from listserv.store.people import Browser, User
from listserv.store.queue import Letter
from listserv.usecases import lostkeys, onetime, privacy, secondfactor, signin
from listserv.usecases.onetime import Said
from tests.conftest import add as add_member

# RFC 6238, appendix B (SHA-1), of which an app shows the last six digits.
KEY = b"12345678901234567890"
RFC = [(59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130")]


@pytest.mark.parametrize(("seconds", "code"), RFC)
def test_codes_are_those_of_the_standard(seconds, code):
    assert onetime.code_at(KEY, datetime.fromtimestamp(seconds, UTC)) == code[-6:]


def person(db, mlist, email, now, *, role="member", administrator=False):
    user_id = add_member(db, mlist, email, now, name="Alina Sygnatura", role=role).user_id
    db.get_one(User, user_id).administrator = administrator
    db.flush()
    return signin.person_behind(db, signin.open_browser(db, user_id, now).key, now)


@pytest.fixture
def alina(db, mlist, now):
    return person(db, mlist, "alina@example.org", now, administrator=True)


def set_up(db, alina, now):
    """The key that the app knows, and the recovery codes."""
    secondfactor.begin(db, alina, now)
    key = b32decode(secondfactor.shown(db, alina, one_time_of(db, alina.user_id)).key.replace(" ", ""))
    said, codes = secondfactor.confirm(db, alina, onetime.code_at(key, now), now)
    assert said is Said.RIGHT and len(set(codes)) == 10
    return key, codes


def link(db, now, email="alina@example.org"):
    return signin.link_for(db, email, now).rpartition("/")[2]


def finish(db, step, code, now, **more):
    return secondfactor.finish(db, step, code, now, remember=False, agent="", old_key="", **more)


def test_after_a_link_the_code_is_asked_for_and_then_the_browser_is_signed_in(db, alina, now):
    key, _ = set_up(db, alina, now)
    later = now + timedelta(minutes=1)

    half = signin.enter(db, link(db, later), later)
    assert (half.key, bool(half.step)) == ("", True)
    said, found = finish(db, half.step, onetime.code_at(key, later), later)

    assert said is Said.RIGHT
    assert signin.person_behind(db, found.key, later).proven_at == later
    with pytest.raises(Expired):
        finish(db, half.step, onetime.code_at(key, later + timedelta(minutes=1)), later)


def test_a_key_is_shown_until_a_code_has_confirmed_it_and_is_kept_encrypted(db, alina, now):
    secondfactor.begin(db, alina, now)
    row = one_time_of(db, alina.user_id)
    shown = secondfactor.shown(db, alina, row)
    key = b32decode(shown.key.replace(" ", ""))
    assert len(key) == 20 and key not in row.sealed
    assert shown.uri.startswith("otpauth://totp/Listy:alina%40example.org?") and "issuer=Listy" in shown.uri
    # Nobody is asked before.
    assert signin.enter(db, link(db, now), now).key

    set_up(db, alina, now)
    assert secondfactor.shown(db, alina, one_time_of(db, alina.user_id)) is None
    with pytest.raises(Conflict):
        secondfactor.begin(db, alina, now)


def test_a_key_put_into_another_persons_row_or_read_with_another_secret_is_worth_nothing(db, mlist, alina, now):
    key, _ = set_up(db, alina, now)
    other = person(db, mlist, "zofia@example.org", now, administrator=True)
    db.add(OneTime(user_id=other.user_id, sealed=one_time_of(db, alina.user_id).sealed, created_at=now, confirmed_at=now))
    db.flush()

    assert onetime.checked(db, other.user_id, onetime.code_at(key, now), now) is Said.WRONG


# Of a device's clock, where ours stands in the middle of a step.
SKEW = [(-46, False), (-45, True), (-16, True), (0, True), (15, True), (44, True), (45, False)]


@pytest.mark.parametrize(("seconds", "right"), SKEW)
def test_a_clock_may_go_wrong_by_one_step(db, alina, now, seconds, right):
    key, _ = set_up(db, alina, now - timedelta(hours=1))
    begin = now.replace(second=15)

    said = onetime.checked(db, alina.user_id, onetime.code_at(key, begin + timedelta(seconds=seconds)), begin)

    assert (said is Said.RIGHT) == right


def test_a_code_is_taken_once_and_none_before_it_any_more(db, alina, now):
    key, _ = set_up(db, alina, now - timedelta(hours=1))
    code, before = onetime.code_at(key, now), onetime.code_at(key, now - timedelta(seconds=30))

    assert onetime.checked(db, alina.user_id, code, now) is Said.RIGHT
    assert onetime.checked(db, alina.user_id, code, now) is Said.WRONG
    assert onetime.checked(db, alina.user_id, before, now) is Said.WRONG
    assert onetime.checked(db, alina.user_id, onetime.code_at(key, now + timedelta(seconds=30)), now) is Said.RIGHT


def test_the_code_that_confirmed_is_not_taken_again(db, alina, now):
    key, _ = set_up(db, alina, now)

    assert onetime.checked(db, alina.user_id, onetime.code_at(key, now), now) is Said.WRONG


def test_guessing_ends_after_five_codes_and_for_the_day_after_twenty(db, alina, now):
    key, codes = set_up(db, alina, now)
    day = now.replace(hour=0, minute=1) + timedelta(days=1)
    said = [[onetime.checked(db, alina.user_id, f"{number:06}", day + timedelta(minutes=15 * quarter)) for number in range(7)] for quarter in range(8)]
    assert [row.count(Said.WRONG) for row in said[:3]] == [5, 5, 5] and sum(row.count(Said.WRONG) for row in said) <= 20
    # The right ones too, and recovery codes.
    late = day + timedelta(hours=2)
    assert onetime.checked(db, alina.user_id, onetime.code_at(key, late), late) is Said.MANY
    assert onetime.checked(db, alina.user_id, codes[0], late) is Said.MANY
    assert onetime.checked(db, alina.user_id, onetime.code_at(key, day + timedelta(days=1)), day + timedelta(days=1)) is Said.RIGHT


def test_confirming_is_not_guessed_either(db, alina, now):
    secondfactor.begin(db, alina, now)

    said = [secondfactor.confirm(db, alina, f"{number:06}", now)[0] for number in range(7)]

    assert said == [Said.WRONG] * 5 + [Said.MANY] * 2


def test_a_recovery_code_works_once_and_its_owner_is_told(db, alina, now):
    _, codes = set_up(db, alina, now)
    code = codes[3].upper().replace("-", " ")
    for_first, for_second = (signin.enter(db, link(db, now), now).step for _ in range(2))

    assert finish(db, for_first, code, now)[1].key
    assert finish(db, for_second, code, now) == (Said.WRONG, None)
    assert len(db.scalars(select(RecoveryCode)).all()) == 9
    assert [row.kind for row in db.scalars(select(Letter).where(Letter.kind == "second-factor"))] == ["second-factor"] * 2


def test_recovery_codes_are_kept_as_hashes_and_new_ones_end_the_old(db, alina, now):
    _, codes = set_up(db, alina, now)
    assert not any(codes[0].replace("-", "").encode() in row.hash for row in db.scalars(select(RecoveryCode)))

    fresh = secondfactor.new_codes(db, alina.user_id, now)

    assert not set(codes) & set(fresh)
    assert onetime.checked(db, alina.user_id, codes[0], now) is Said.WRONG
    assert onetime.checked(db, alina.user_id, fresh[0], now) is Said.RECOVERY


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "\x00", "ż" * 99, "' OR 1=1 --"])
def test_what_is_no_code_is_wrong(db, alina, now, code):
    set_up(db, alina, now)

    assert onetime.checked(db, alina.user_id, code, now) is Said.WRONG


def test_setting_up_signs_every_other_browser_out_and_proves_this_one(db, alina, now):
    elsewhere = signin.open_browser(db, alina.user_id, now).key

    set_up(db, alina, now)

    assert signin.person_behind(db, elsewhere, now) is None
    assert [row.proven_at for row in db.scalars(select(Browser))] == [now]


def test_the_way_after_a_link_is_open_for_a_quarter_of_an_hour(db, alina, now):
    key, _ = set_up(db, alina, now)
    step = signin.enter(db, link(db, now), now).step
    late = now + timedelta(minutes=16)

    with pytest.raises(Expired):
        finish(db, step, onetime.code_at(key, late), late)
    with pytest.raises(NotFound):
        finish(db, link(db, late), onetime.code_at(key, late), late)


def test_codes_are_offered_to_administrators_and_coordinators_alone(db, mlist, now):
    owner, member = person(db, mlist, "koordynatorka@example.org", now, role="owner"), person(db, mlist, "ewa@example.org", now)

    assert secondfactor.standing(db, owner).may and not secondfactor.standing(db, member).may
    with pytest.raises(NotFound):
        secondfactor.begin(db, member, now)


# ---- who is asked -------------------------------------------------------------------------------------------


def required(db):
    settings = db.info["settings"]
    db.info["settings"] = settings.model_copy(update={"web": settings.web.model_copy(update={"require_second_factor": True})})


def test_a_second_factor_is_good_for_twelve_hours(db, alina, now):
    assert secondfactor.is_proven(db, alina, now)
    set_up(db, alina, now)
    browser = db.scalars(select(Browser)).one()
    browser.expires_at = now + timedelta(days=90)

    again = signin.Person(alina.user_id, "", "", "", True, browser.id, None, browser.proven_at, True)

    assert secondfactor.is_proven(db, again, now + timedelta(hours=11, minutes=59))
    assert not secondfactor.is_proven(db, again, now + timedelta(hours=12))


def test_a_passkey_that_verifies_counts_for_who_keeps_the_site(db, mlist, alina, now):
    owner = person(db, mlist, "koordynatorka@example.org", now, role="owner")
    for one, verifies in ((alina, True), (owner, True)):
        db.add(Passkey(user_id=one.user_id, credential=b"%d" % one.user_id, public_key=b"", verifies=verifies, created_at=now))
    db.flush()

    assert not secondfactor.is_proven(db, alina, now)
    assert secondfactor.is_proven(db, owner, now)


def test_where_it_is_required_an_administrator_without_it_is_an_ordinary_person(db, mlist, alina, now):
    required(db)
    bare = signin.person_behind(db, signin.open_browser(db, alina.user_id, now).key, now)
    shown = signin.person_behind(db, signin.open_browser(db, alina.user_id, now, proven=True).key, now)
    ordinary = person(db, mlist, "ewa@example.org", now)

    assert (bare.administrator, bare.keeps_site, bare.actor.administrator) == (False, True, False)
    assert (shown.administrator, shown.actor.administrator) == (True, True)
    assert not secondfactor.is_proven(db, bare, now) and secondfactor.is_proven(db, shown, now) and secondfactor.is_proven(db, ordinary, now)


# ---- lost devices -------------------------------------------------------------------------------------------


def test_whoever_sits_at_the_console_takes_lost_keys_away(db, alina, now):
    set_up(db, alina, now)
    db.add(Passkey(user_id=alina.user_id, credential=b"1", public_key=b"", name="telefon", created_at=now))
    db.flush()
    assert [(one.kind, one.name) for one in lostkeys.of(db, "Alina@example.org")] == [("passkey", "telefon"), ("codes", "in use"), ("recovery", "codes left")]

    assert lostkeys.remove(db, "alina@example.org", now) == 2

    assert lostkeys.of(db, "alina@example.org") == [] and db.scalars(select(Browser)).all() == []
    assert signin.enter(db, link(db, now), now).key
    assert lostkeys.remove(db, "alina@example.org", now) == 0
    with pytest.raises(NotFound):
        lostkeys.remove(db, "alina@example.org", now, passkey=7)
    with pytest.raises(NotFound):
        lostkeys.of(db, "nobody@example.org")


def test_an_export_says_that_there_are_codes_and_not_which(db, alina, now):
    _, codes = set_up(db, alina, now)

    told = str(privacy.collect(db, alina.user_id))

    assert "one_time" in told and "recovery_code" in told
    assert "sealed" not in told and not any(code in told or code.replace("-", "") in told for code in codes)


# ---- at once ------------------------------------------------------------------------------------------------


def at_once(site, act, times=4):
    """What several transactions came to that were open at the same time; one that met another on its way begins again, as a request does."""
    came, together = [], threading.Barrier(times)

    def run():
        together.wait(30)
        while True:
            try:
                with site.writing() as db:
                    came.append(act(db))
                return
            except Exception as wrong:
                if not is_worth_repeating(wrong):
                    raise

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return came


def test_one_code_is_taken_once_even_when_several_give_it_at_once(site, office, now):
    with site.writing() as db:
        alina = person(db, list_by_name(db, "siecibp"), "alina@example.org", now, administrator=True)
        key, codes = set_up(db, alina, now - timedelta(hours=1))

    of_the_app = at_once(site, lambda db: onetime.checked(db, alina.user_id, onetime.code_at(key, now), now), 2)
    of_paper = at_once(site, lambda db: onetime.checked(db, alina.user_id, codes[0], now), 2)

    assert sorted(of_the_app) == [Said.RIGHT, Said.WRONG]
    assert sorted(of_paper) == [Said.RECOVERY, Said.WRONG]


def test_trying_at_once_gives_no_more_tries(site, office, now):
    with site.writing() as db:
        alina = person(db, list_by_name(db, "siecibp"), "alina@example.org", now, administrator=True)
        set_up(db, alina, now - timedelta(hours=1))

    came = at_once(site, lambda db: onetime.checked(db, alina.user_id, "000000", now), 8)

    assert sorted(came) == [Said.MANY] * 3 + [Said.WRONG] * 5
