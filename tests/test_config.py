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
