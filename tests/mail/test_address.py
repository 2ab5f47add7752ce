import pytest

from listserv.mail.address import Role, Route, key, name_is_reserved, read_local_part

TOKEN = "xabcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    ("local", "route"),
    [
        ("siecibp", Route(Role.POST, "siecibp")),
        ("SiecIBP", Route(Role.POST, "siecibp")),
        ("siecibp+TIK", Route(Role.POST, "siecibp", "tik")),
        ("moderator_siecibp", Route(Role.MODERATORS, "siecibp")),
        ("Moderator_siecibp.", Route(Role.MODERATORS, "siecibp")),
        ("siecibp-moderator", Route(Role.MODERATORS, "siecibp")),
        ("siecibp-owner", Route(Role.MODERATORS, "siecibp")),
        ("siecibp-join", Route(Role.JOIN, "siecibp")),
        ("siecibp-zapisz", Route(Role.JOIN, "siecibp")),
        ("siecibp-wypisz", Route(Role.LEAVE, "siecibp")),
        ("siecibp-unsubscribe", Route(Role.LEAVE, "siecibp")),
        ("siecibp-pomoc", Route(Role.REQUEST, "siecibp")),
        ("siecibp-bounces", Route(Role.BOUNCES, "siecibp")),
        ("siec-bp-join", Route(Role.JOIN, "siec-bp")),
        ("siec-bp", Route(Role.POST, "siec-bp")),
        (f"r+{TOKEN}", Route(Role.TOKEN, detail=TOKEN)),
        (f"R-{TOKEN.upper()}", Route(Role.TOKEN, detail=TOKEN)),
        ("postmaster", Route(Role.POSTMASTER)),
        ("ABUSE", Route(Role.POSTMASTER)),
        ("noreply", Route(Role.NOREPLY)),
    ],
)
def test_a_local_part_says_who_is_meant(local, route):
    assert read_local_part(local) == route


@pytest.mark.parametrize("local", ["", "+", "r+", "r+short", "1list", "sieć", "a b", "moderator_", "-join", "x" * 80, "ha\0llo"])
def test_what_can_mean_nothing_is_no_address(local):
    assert read_local_part(local) is None


@pytest.mark.parametrize(
    "name", ["moderator_x", "x-owner", "siecibp-join", "x-news", "x-bank", "r", "r-list", "me", "search", "postmaster", "noreply", "api", "x-bounces"]
)
def test_a_list_may_not_be_called_like_a_role_or_a_page(name):
    assert name_is_reserved(name)


@pytest.mark.parametrize("name", ["siecibp", "rada", "meble", "news", "bank", "x-y"])
def test_an_ordinary_name_is_free(name):
    assert not name_is_reserved(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("anna@książnica.example.org", "anna@XN--KSINICA-R4A58H.example.org"),
        (" anna@example.org. ", "anna@example.org"),
        ("Łukasz@example.org", "łukasz@example.org"),
    ],
)
def test_addresses_compare_folded(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("weiß@example.org", "weiss@example.org"),
        ("\u017fmith@example.org", "smith@example.org"),
        ("\ufb01lip@example.org", "filip@example.org"),
        ("\u0131wona@example.org", "iwona@example.org"),
        ("anna@straße.example", "anna@strasse.example"),
        ("łukasz@example.org", "lukasz@example.org"),
    ],
)
def test_mailboxes_that_only_look_alike_are_two_peoples(one, other):
    assert key(one) != key(other)


def test_one_mailbox_however_it_is_composed_is_one_persons():
    assert key("jose\u0301@example.org") == key("josé@example.org")
    assert key("anna@straße.example") == key("anna@XN--STRAE-OQA.example") == "anna@xn--strae-oqa.example"


@pytest.mark.parametrize("domain", ["ß" * 80 + ".example", "ß..example", "\u200d.example"])
def test_a_domain_that_cannot_be_is_folded_all_the_same(domain):
    assert key(f"a@{domain}").startswith("a@")
