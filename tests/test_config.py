import pytest

from listserv import config
from listserv.errors import Invalid


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SITE_DOMAIN", ""),
        ("SITE_DOMAIN", "two words"),
        ("SITE_URL", "abc"),
        ("SITE_URL", "http://"),
        ("SITE_URL", "https://lists.example.org:118080"),
        ("SITE_URL", "https://lists.example.org?a=b"),
        ("SITE_LANGUAGE", "de"),
        ("SITE_TIMEZONE", "Mars/Olympus"),
        ("WEB_LISTEN", "127.0.0.1:99999"),
        ("SMTP_LISTEN", "here"),
        ("RELAY_URL", "ftp://x"),
        ("RELAY_URL", "smtp://"),
        ("RELAY_URL", "smtp://127.0.0.1:99999"),
        ("DATABASE_URL", "mysql://x"),
        ("AUTH_PEERS", "abc"),
        ("RELAY_CONNECTIONS", "0"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_by_its_name(tmp_path, variable, value):
    section, key = variable.lower().split("_", 1)

    with pytest.raises(Invalid, match=rf"setting {section}\.{key}"):
        config.load(tmp_path, {f"LISTSERV_{variable}": value})


def test_a_setting_that_is_not_there_is_named(tmp_path):
    (tmp_path / config.FILE).write_text('[site]\nnmae = "x"\n')

    with pytest.raises(Invalid, match=r"site\.nmae: there is no such setting"):
        config.load(tmp_path, {})


def test_what_is_written_is_read_back(tmp_path):
    settings = config.load(tmp_path, {"LISTSERV_SITE_NAME": 'a "quoted" \\ name\n', "LISTSERV_SMTP_MAX_SIZE": "5"})
    (tmp_path / config.FILE).write_text(config.commented(settings))

    assert config.load(tmp_path, {}) == settings


def test_the_environment_wins_over_the_file(tmp_path):
    (tmp_path / config.FILE).write_text('[site]\nname = "file"\ndomain = "file.example.org"\n')

    settings = config.load(tmp_path, {"LISTSERV_SITE_NAME": "environment"})

    assert (settings.site.name, settings.site.domain) == ("environment", "file.example.org")


def test_a_secret_is_read_from_the_file_that_the_environment_names(tmp_path):
    (tmp_path / "secret").write_text("postgresql+psycopg://example.org/listserv\n")

    settings = config.load(tmp_path, {"LISTSERV_DATABASE_URL_FILE": str(tmp_path / "secret")})

    assert settings.database.url == "postgresql+psycopg://example.org/listserv"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\0"])
def test_a_secret_that_cannot_be_read_is_named_with_its_file(tmp_path, content):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)

    with pytest.raises(Invalid, match=r"LISTSERV_SITE_SECRET_FILE: .*secret cannot be read"):
        config.load(tmp_path, {"LISTSERV_SITE_SECRET_FILE": str(tmp_path / "secret")})


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("SMTP_MAX_SIZE", "ala", "setting smtp.max_size: write a whole number (see `listserv config`)"),
        ("SMTP_MAX_SIZE", "-5", "setting smtp.max_size: write a number above 0 (see `listserv config`)"),
        ("RELAY_CONNECTIONS", "0", "setting relay.connections: write a number from 1 on (see `listserv config`)"),
        ("WEB_PROXIES", "99", "setting web.proxies: write a number up to 8 (see `listserv config`)"),
        ("WEBHOOKS_LOOPBACK", "maybe", "setting webhooks.loopback: say true or false (see `listserv config`)"),
        ("SITE_OWNER", "ala ma kota", "setting site.owner: write an e-mail address such as admin@example.org (see `listserv config`)"),
    ],
)
def test_a_wrong_value_is_told_in_one_plain_sentence(tmp_path, variable, value, sentence):
    with pytest.raises(Invalid) as wrong:
        config.load(tmp_path, {f"LISTSERV_{variable}": value})

    assert str(wrong.value) == sentence


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("[site]\nname = 5\n", "setting site.name: write it in quotation marks (see `listserv config`)"),
        ("site = 5\n", "setting site: write it as a section, in brackets, with its settings below (see `listserv config`)"),
        ("[relay]\nconnections = 1.5\n", "setting relay.connections: write a whole number (see `listserv config`)"),
        ("[site]\nnmae = 'x'\n", "setting site.nmae: there is no such setting (see `listserv config`)"),
    ],
)
def test_so_is_one_in_the_file(tmp_path, written, sentence):
    (tmp_path / "listserv.toml").write_text(written)

    with pytest.raises(Invalid) as wrong:
        config.load(tmp_path, {})

    assert str(wrong.value) == sentence
