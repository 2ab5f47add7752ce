"""`dkim`: keys, their DNS records, and what is said where they are no use."""

import stat

import pytest

RELAY = {"LISTSERV_RELAY_DKIM_KEY": "dkim.pem", "LISTSERV_RELAY_DKIM_SELECTOR": "listserv,listserv-ed25519"}


@pytest.fixture
def settings_here(monkeypatch):
    for name, value in RELAY.items():
        monkeypatch.setenv(name, value)


@pytest.mark.only_sqlite
def test_keys_are_made_once_and_their_records_shown(run, tmp_path, settings_here):
    made = run("dkim", "make")
    again = run("dkim", "make")
    shown = run("dkim", "show", "--json").json

    assert made.code == 0 and 'dkim_selector = "listserv,listserv-ed25519"' in made.out
    assert [record["name"].partition(".")[0] for record in shown] == ["listserv", "listserv-ed25519"]
    assert shown[1]["value"].startswith("v=DKIM1; k=ed25519; p=") and shown[1]["value"] in made.out
    assert again.code == 6
    [path] = tmp_path.rglob("dkim.pem")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.only_sqlite
def test_a_key_that_is_no_use_is_one_line_of_check_and_of_serve(run, settings_here):
    checked, served, shown = run("check"), run("serve"), run("dkim", "show")

    assert "relay.dkim_key" in checked.out
    for done in (served, shown):
        assert done.code == 2 and done.err.count("\n") == 1 and "relay.dkim_key" in done.err
