"""Passkeys: who gets in by one, who does not, and what can be taken back."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as some
from sqlalchemy import select

from listserv.errors import Conflict, Expired, Invalid, NotFound, TooMany
from listserv.store.moderation import Journal
from listserv.store.passkeys import Passkey
from listserv.store.people import Browser, User
from listserv.store.queue import Letter
from listserv.usecases import apitokens, challenges, keyletters, passkeys, privacy, secondfactor, signin
from tests.conftest import add as add_member
from tests.sampling import often
from tests.softkey import Device, data, text

BROWSER = "token of this browser's forms"
LINK = "/me/keys/back/"


@pytest.fixture
def ewa(db, mlist, now):
    return signed_in(db, add_member(db, mlist, "ewa@example.org", now, name="Ewa Fiszka").user_id, now)


@pytest.fixture
def jan(db, mlist, now):
    return signed_in(db, add_member(db, mlist, "jan@example.org", now, name="Jan Przypis").user_id, now)


@pytest.fixture
def alina(db, mlist, now):
    """An administrator."""
    user_id = add_member(db, mlist, "alina@example.org", now, name="Alina Sygnatura").user_id
    db.get_one(User, user_id).administrator = True
    db.flush()
    return signed_in(db, user_id, now)


def signed_in(db, user_id, now, **more):
    return signin.person_behind(db, signin.open_browser(db, user_id, now, **more).key, now)


def added(db, person, now, device=None, name="telefon"):
    device = device or Device()
    passkeys.add(db, person, device.add(passkeys.options_to_add(db, person, BROWSER, now)), name, BROWSER, now)
    return device


def shown(db, device, now, **differently):
    return passkeys.seen(db, device.show(passkeys.options_to_sign_in(db, BROWSER, now), **differently), BROWSER, "", now)


def entered(db, device, now, person=None, wanted="/", **differently):
    return passkeys.enter(db, shown(db, device, now, **differently), now, person=person, remember=False, agent="", old_key="", wanted=wanted)


# ---- adding -------------------------------------------------------------------------------------------------


def test_a_passkey_signs_its_owner_in_and_counts_as_the_second_factor(db, ewa, now):
    device = added(db, ewa, now)

    found = entered(db, device, now, wanted="/siecibp/")

    person = signin.person_behind(db, found.key, now)
    assert (person.user_id, person.proven_at, found.wanted, found.step) == (ewa.user_id, now, "/siecibp/", "")
    assert db.scalars(select(Passkey)).one().used_at == now


def test_the_options_name_nobody_and_say_where_they_are_good(db, ewa, now):
    to_add, to_enter = (json.loads(one) for one in (passkeys.options_to_add(db, ewa, BROWSER, now), passkeys.options_to_sign_in(db, BROWSER, now)))

    assert to_add["rp"]["id"] == to_enter["rpId"] == "lists.example.org"
    assert to_add["authenticatorSelection"]["residentKey"] == "required"
    assert not to_enter.get("allowCredentials")
    assert "ewa" not in data(to_add["user"]["id"]).decode("latin-1") and len(data(to_add["user"]["id"])) == 32
    assert to_add["challenge"] != json.loads(passkeys.options_to_add(db, ewa, BROWSER, now))["challenge"]


def test_every_address_hears_of_a_new_passkey_and_can_take_it_back_by_the_link(db, ewa, now):
    device = added(db, ewa, now)
    token = keyletters.by_link(db, _token(db, now), now)

    keyletters.take_back(db, token, now)

    assert db.scalars(select(Passkey)).all() == [] and db.scalars(select(Browser)).all() == []
    with pytest.raises(Invalid):
        shown(db, device, now)
    assert [row.what for row in db.scalars(select(Journal).order_by(Journal.id))][-2:] == ["passkey-added", "passkey-removed"]


def _token(db, now, email="ewa@example.org"):
    from listserv.store.queue import raw_bytes

    letter = db.scalars(select(Letter).where(Letter.kind == "passkey-added")).one()
    assert letter.to == email
    return raw_bytes(db, letter.raw_id).decode().split(LINK)[1].split()[0]


def test_a_link_to_take_a_passkey_back_is_good_once_and_for_nothing_else(db, ewa, now):
    added(db, ewa, now)
    key = _token(db, now)
    keyletters.take_back(db, keyletters.by_link(db, key, now), now)

    with pytest.raises(Expired):
        keyletters.by_link(db, key, now)
    with pytest.raises(NotFound):
        keyletters.by_link(db, signin.link_for(db, "ewa@example.org", now).rpartition("/")[2], now)


def test_who_reads_an_administrators_mailbox_does_not_get_rid_of_the_only_second_factor_by_the_letter(db, alina, now):
    added(db, alina, now)
    key, secret = _token(db, now, "alina@example.org"), program(db, alina, now)

    assert keyletters.take_back(db, keyletters.by_link(db, key, now), now)

    entered = signin.enter(db, signin.link_for(db, "alina@example.org", now).rpartition("/")[2], now)
    found = signin.person_behind(db, entered.key, now)
    assert not found.keeps_site and not found.administrator
    assert apitokens.caller(db, secret, now) is None
    assert "administrator-released" in [row.what for row in db.scalars(select(Journal))]


def program(db, person, now):
    return apitokens.issue(db, db.get(User, person.user_id), apitokens.Wanted("skrypt"), person.actor, now)[1]


def test_who_has_another_second_factor_stays_an_administrator(db, alina, now):
    added(db, alina, now)
    db.add(Passkey(user_id=alina.user_id, credential=b"2", public_key=b"", verifies=True, created_at=now))
    db.flush()

    assert not keyletters.take_back(db, keyletters.by_link(db, _token(db, now, "alina@example.org"), now), now)

    assert db.get(User, alina.user_id).administrator


def test_an_administrator_who_has_a_passkey_and_came_by_a_link_alone_is_an_ordinary_person(db, alina, now):
    device = added(db, alina, now)
    link = signin.enter(db, signin.link_for(db, "alina@example.org", now).rpartition("/")[2], now)

    by_link, by_key = (signin.person_behind(db, key, now) for key in (link.key, entered(db, device, now).key))

    assert not by_link.administrator and by_link.keeps_site
    assert by_key.administrator


def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(db, ewa, jan, now):
    added(db, ewa, now, name="  mój\ntelefon " + "x" * 300)
    row = db.scalars(select(Passkey)).one()
    assert row.name.startswith("mój telefon xx") and len(row.name) == 100

    for act in (lambda: passkeys.rename(db, jan, row.id, "moje"), lambda: passkeys.remove(db, jan, row.id, now), lambda: passkeys.remove(db, ewa, 999, now)):
        with pytest.raises(NotFound):
            act()
    passkeys.rename(db, ewa, row.id, "czytelnia")
    assert row.name == "czytelnia"
    passkeys.remove(db, ewa, row.id, now)
    db.flush()
    assert db.scalars(select(Passkey)).all() == []
    assert [letter.kind for letter in db.scalars(select(Letter).order_by(Letter.id))][-1] == "second-factor"


def test_one_device_is_added_once_and_there_are_ten_at_most(db, ewa, jan, now):
    device = added(db, ewa, now)
    with pytest.raises(Conflict):
        added(db, jan, now, device)
    for _ in range(9):
        added(db, ewa, now)
    with pytest.raises(Invalid, match="Ten passkeys"):
        added(db, ewa, now)


WRONG_TO_ADD = {
    "another site": {"origin": "https://lists.example.com"},
    "another port": {"origin": "https://lists.example.org:8443"},
    "without tls": {"origin": "http://lists.example.org"},
    "a host below ours": {"origin": "https://x.lists.example.org"},
    "another relying party": {"rp": "example.org"},
    "a word for signing in": {"kind": "webauthn.get"},
    "within another page": {"crossOrigin": True},
    "a challenge of nobody's": {"challenge": text(bytes(40))},
    "a challenge too short": {"challenge": "aa"},
    "a statement of its maker": {"fmt": "fido-u2f", "statement": {"sig": b"x", "x5c": [b"y"]}},
    "a certificate": {"fmt": "packed", "statement": {"alg": -7, "sig": b"x", "x5c": [b"y"]}},
    "a statement unheard of": {"fmt": "new"},
}


@pytest.mark.parametrize("how", WRONG_TO_ADD)
def test_nothing_is_added_for(db, ewa, now, how):
    answer = Device().add(passkeys.options_to_add(db, ewa, BROWSER, now), **WRONG_TO_ADD[how])

    with pytest.raises(Invalid):
        passkeys.add(db, ewa, answer, "", BROWSER, now)
    assert db.scalars(select(Passkey)).all() == []


def test_a_request_to_add_is_good_once_for_its_person_and_its_browser(db, ewa, jan, now):
    options = passkeys.options_to_add(db, ewa, BROWSER, now)
    for person, browser, then in ((jan, BROWSER, now), (ewa, "another browser", now), (ewa, BROWSER, now + timedelta(minutes=11))):
        with pytest.raises(Invalid):
            passkeys.add(db, person, Device().add(options), "", browser, then)
    passkeys.add(db, ewa, Device().add(options), "", BROWSER, now)
    with pytest.raises(Invalid):
        passkeys.add(db, ewa, Device().add(options), "", BROWSER, now)


# ---- signing in ---------------------------------------------------------------------------------------------


WRONG_TO_ENTER = {
    "another site": {"origin": "https://lists.example.com"},
    "without tls": {"origin": "http://lists.example.org"},
    "a name that begins alike": {"origin": "https://lists.example.org.example.net"},
    "another relying party": {"rp": "lists.example.com"},
    "a word for adding": {"kind": "webauthn.create"},
    "within another page": {"crossOrigin": True},
    "a challenge of nobody's": {"challenge": text(bytes(40))},
    "no challenge": {"challenge": ""},
    "another person's handle": {"handle": b"x" * 32},
}


@pytest.mark.parametrize("how", WRONG_TO_ENTER)
def test_nobody_gets_in_by(db, ewa, now, how):
    device = added(db, ewa, now)

    with pytest.raises(Invalid):
        shown(db, device, now, **WRONG_TO_ENTER[how])


def test_an_answer_that_was_overheard_is_worth_nothing(db, ewa, now):
    device = added(db, ewa, now)
    answer = device.show(passkeys.options_to_sign_in(db, BROWSER, now))
    with pytest.raises(Invalid):
        passkeys.seen(db, answer, "another browser", "", now)
    assert passkeys.seen(db, answer, BROWSER, "", now).user.id == ewa.user_id
    for later in (0, 5, 9, 19):
        with pytest.raises(Invalid):
            passkeys.seen(db, answer, BROWSER, "", now + timedelta(minutes=later))


def test_a_challenge_for_adding_signs_nobody_in(db, ewa, now):
    device = added(db, ewa, now)
    other = json.loads(passkeys.options_to_add(db, ewa, BROWSER, now))["challenge"]

    with pytest.raises(Invalid):
        shown(db, device, now, challenge=other)


def test_another_persons_passkey_signs_that_person_in_and_nobody_else(db, ewa, jan, now):
    of_ewa, of_jan = added(db, ewa, now), added(db, jan, now)
    of_jan.id, mine = of_ewa.id, of_jan.id
    with pytest.raises(Invalid):
        shown(db, of_jan, now)
    of_jan.handle, of_jan.id = of_ewa.handle, mine
    with pytest.raises(Invalid):
        shown(db, of_jan, now)


def test_a_passkey_that_counts_and_was_copied_is_refused_from_the_first_use_that_goes_back(db, ewa, now):
    device = added(db, ewa, now, Device(counts=True))
    entered(db, device, now)
    copied = device.counter
    entered(db, device, now)

    device.counter = copied - 1
    with pytest.raises(Invalid):
        shown(db, device, now)
    device.counter, device.counts = 0, False
    with pytest.raises(Invalid):
        shown(db, device, now)


def test_a_device_that_does_not_count_is_used_again_and_again(db, ewa, now):
    device = added(db, ewa, now)

    assert all(entered(db, device, now).key for _ in range(3))


def test_who_tries_without_end_waits(db, ewa, now):
    for _ in range(passkeys.TRIES):
        with pytest.raises(Invalid):
            passkeys.seen(db, "{}", BROWSER, "192.0.2.0/24", now)
    with pytest.raises(TooMany):
        passkeys.seen(db, "{}", BROWSER, "192.0.2.0/24", now)
    with pytest.raises(Invalid):
        passkeys.seen(db, "{}", BROWSER, "198.51.100.0/24", now)


def test_who_is_signed_in_goes_on_with_the_same_key_and_has_proven_themselves(db, ewa, now):
    device = added(db, ewa, now)

    assert entered(db, device, now, person=ewa) is None
    assert db.scalars(select(Browser)).one().proven_at == now


# ---- administrators -----------------------------------------------------------------------------------------


def test_an_administrator_needs_a_device_that_asks_who_holds_it(db, alina, now):
    with pytest.raises(Invalid, match="Administrators"):
        added(db, alina, now, Device(verifies=False))
    assert json.loads(passkeys.options_to_add(db, alina, BROWSER, now))["authenticatorSelection"]["userVerification"] == "required"
    device = added(db, alina, now)
    device.verifies = False
    with pytest.raises(Invalid, match="Administrators"):
        entered(db, device, now)
    device.verifies = True
    assert entered(db, device, now).key


def test_a_passkey_that_does_not_verify_signs_in_an_ordinary_person_and_proves_nothing(db, ewa, now):
    device = added(db, ewa, now, Device(verifies=False))

    found = entered(db, device, now)

    assert signin.person_behind(db, found.key, now).proven_at is None


def test_where_a_code_is_asked_for_a_passkey_that_does_not_verify_is_half_the_way(db, alina, now):
    device = added(db, alina, now)
    secondfactor.begin(db, alina, now)
    secondfactor.rows.one_time_of(db, alina.user_id).confirmed_at = now
    db.flush()
    assert entered(db, device, now).key
    device.verifies = False
    found = entered(db, device, now)
    assert (found.key, bool(found.step)) == ("", True)


# ---- places -------------------------------------------------------------------------------------------------

PLACES = [
    ("https://lists.example.org", "lists.example.org", "https://lists.example.org"),
    ("https://lists.example.org:443/listy", "lists.example.org", "https://lists.example.org"),
    ("https://Lists.Example.org:8443", "lists.example.org", "https://lists.example.org:8443"),
    ("http://localhost:8080", "localhost", "http://localhost:8080"),
    ("http://lists.localhost", "lists.localhost", "http://lists.localhost"),
    ("https://żółw.example.org", "xn--w-uga1v8h.example.org", "https://xn--w-uga1v8h.example.org"),
    ("http://lists.example.org", None, None),
    ("http://127.0.0.1:8080", None, None),
    ("https://[::1]:8080", None, None),
    ("https://192.0.2.1", None, None),
    ("https://x:99999", None, None),
]


@pytest.mark.parametrize(("url", "host", "origin"), PLACES)
def test_where_passkeys_are_good(settings, url, host, origin):
    place = challenges.place_of(settings.model_copy(update={"site": settings.site.model_copy(update={"url": url})}))

    assert (place.host, place.origin) == (host, origin) if host else place is None


# ---- any bytes ----------------------------------------------------------------------------------------------

STRANGE = ["", "null", "[]", "{}", '{"response": 1}', '{"response": {"clientDataJSON": 1}}', '{"response": {"clientDataJSON": "AA"}, "rawId": "AA"}', "[" * 5000, "\x00", "\ud800"]


@pytest.mark.parametrize("answer", STRANGE)
def test_what_is_no_answer_is_refused(db, ewa, now, answer):
    with pytest.raises(Invalid):
        passkeys.add(db, ewa, answer, "", BROWSER, now)
    with pytest.raises(Invalid):
        passkeys.seen(db, answer, BROWSER, "", now)


@pytest.mark.only_sqlite
@bounds(max_examples=often(60), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(change=some.data())
def test_an_answer_with_any_part_put_out_of_joint_is_refused(db, ewa, now, change):
    device = Device()
    options = passkeys.options_to_add(db, ewa, BROWSER, now)
    answer = json.loads(device.add(options))
    part = change.draw(some.sampled_from(["attestationObject", "clientDataJSON"]))
    whole = bytearray(data(answer["response"][part]))
    at = change.draw(some.integers(0, len(whole) - 1))
    if part == "attestationObject" and change.draw(some.booleans()):
        whole = whole[:at]
    else:
        whole[at] ^= change.draw(some.integers(1, 255))
    answer["response"][part] = text(bytes(whole))
    nested = db.begin_nested()
    try:
        passkeys.add(db, ewa, json.dumps(answer), "", BROWSER, now)
    except Invalid:
        pass
    finally:
        nested.rollback()


# ---- forgetting ---------------------------------------------------------------------------------------------


def test_an_export_names_passkeys_and_holds_no_secret(db, ewa, now):
    added(db, ewa, now)
    secondfactor.begin(db, ewa, now) if secondfactor.may_have(db, ewa) else None

    rows = privacy.collect(db, ewa.user_id)["tables"]["passkey"]

    assert [row["name"] for row in rows] == ["telefon"]
    assert not {"credential", "public_key"} & rows[0].keys()


def test_who_is_forgotten_leaves_no_key(db, ewa, alina, now):
    from listserv.store.erasing import forget_rows
    from listserv.store.passkeys import OneTime, RecoveryCode

    added(db, alina, now)
    secondfactor.begin(db, alina, now)
    secondfactor.new_codes(db, alina.user_id, now)

    forget_rows(db, alina.user_id, {"alina@example.org"})

    assert [db.scalars(select(table)).all() for table in (Passkey, OneTime, RecoveryCode)] == [[], [], []]
