"""Settings: one frozen, documented object from `listserv.toml` and LISTSERV_* variables.

Every key is documented where it is declared; `commented()` prints them all with their origins, and `init` writes
the very same text. An unknown key is an error, because a typo that passes silently is a setting that does not work.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from listserv.configvalues import DatabaseUrl, Domain, Email, HostPort, Jobs, Language, Networks, RelayUrl, WebAddress, Zone
from listserv.errors import Invalid

FILE = "listserv.toml"


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# What a site is called that nobody has given a name: it says nothing of whose it is.
NAMELESS = ("", "Listserv", "Listy", "Lists")


class SiteSettings(Section):
    name: str = Field(default="Listserv", description="what this site calls itself in letters and on its front page")
    domain: Domain = Field(default="localhost", description="the part after @ of every list address")
    url: WebAddress = Field(default="http://127.0.0.1:8080", description="where readers reach the web archive, without a slash at the end")
    language: Language = Field(default="en", description="en or pl: for people whose own language is not known")
    timezone: Zone = Field(default="", description="zone for times without one; empty: Europe/Warsaw where the language is pl, else UTC")
    secret: str = Field(default="", description="signs one-click and bounce addresses; keep it private and never change it", json_schema_extra={"secret": True})  # nosec B105: empty
    owner: Email = Field(default="", description="e-mail address of the administrator")


class DatabaseSettings(Section):
    url: DatabaseUrl = Field(
        default="",
        description="sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME; empty: listserv.sqlite3 in the data folder",
        json_schema_extra={"secret": True},  # nosec B105: empty: to be set
    )


class SmtpSettings(Section):
    listen: HostPort = Field(default="127.0.0.1:8025", description="where mail comes in by SMTP; empty: not at all")
    max_size: int = Field(default=26_214_400, gt=0, description="largest mail accepted, in bytes")
    tls_cert: str = Field(default="", description="certificate for STARTTLS (PEM file)")
    tls_key: str = Field(default="", description="its private key (PEM file)")
    proxy: Networks = Field(default="", description="networks of balancers in front, with commas: whoever comes from there begins with a PROXY header")


class LmtpSettings(Section):
    listen: HostPort = Field(default="127.0.0.1:8024", description="where mail comes in by LMTP from an MTA on this machine; empty: not at all")
    proxy: Networks = Field(default="", description="the same as smtp.proxy, for LMTP")


class RelaySettings(Section):
    url: RelayUrl = Field(
        default="maildir:out",
        description="where letters leave: smtp://[USER:PASSWORD@]HOST:PORT, smtps://…, smtp+starttls://… or maildir:FOLDER (every letter a file)",
        json_schema_extra={"secret": True},  # nosec B105: empty: to be set
    )
    connections: int = Field(default=4, ge=1, le=64, description="connections that each worker keeps to the relay")
    dkim_key: str = Field(default="", description="private key file (PEM, RSA and Ed25519, one of each at most) to sign with here; empty: the relay signs")
    dkim_selector: str = Field(default="", description="selector of that key; of two, with a comma")


class WebSettings(Section):
    listen: HostPort = Field(default="127.0.0.1:8080", description="where the web archive listens; empty: not at all")
    proxies: int = Field(default=0, ge=0, le=8, description="how many reverse proxies stand in front (X-Forwarded-* of so many is believed)")
    require_second_factor: bool = Field(
        default=False, description="administrators are administrators only in a browser that has shown a passkey or a one-time code (/me/keys)"
    )


class AuthSettings(Section):
    trust: str = Field(default="", description="authserv-id of your MTA: its topmost Authentication-Results is believed")
    peers: Networks = Field(default="127.0.0.0/8, ::1/128", description="addresses that MTA may connect from, with commas")
    dns: HostPort = Field(default="", description="HOST:PORT of the resolver; empty: the system's")


class AccessibilitySettings(Section):
    person: str = Field(default="", description="for the statement at /accessibility: who answers for accessibility; empty: the administrator")
    phone: str = Field(default="", description="telephone number for questions about accessibility; public bodies must give one")
    building: str = Field(default="", description="how people with disabilities get into the building where you receive them; public bodies must say it")


class WorkerSettings(Section):
    processes: int = Field(default=0, ge=0, le=32, description="worker processes; 0: one for each core, two at most")
    jobs: Jobs = Field(default="embedded", description="how workers hear of work: embedded (any database) or procrastinate (PostgreSQL)")
    dead_after: int = Field(default=30, ge=2, le=600, description="seconds of silence after which a worker of another machine counts as dead")


class WebhookSettings(Section):
    loopback: bool = Field(default=False, description="may webhooks call this very machine, and without TLS? only to try them out")


class Settings(Section):
    """All settings of a site. Sections are the tables of `listserv.toml`."""

    site: SiteSettings = SiteSettings()
    database: DatabaseSettings = DatabaseSettings()
    smtp: SmtpSettings = SmtpSettings()
    lmtp: LmtpSettings = LmtpSettings()
    relay: RelaySettings = RelaySettings()
    web: WebSettings = WebSettings()
    auth: AuthSettings = AuthSettings()
    worker: WorkerSettings = WorkerSettings()
    accessibility: AccessibilitySettings = AccessibilitySettings()
    webhooks: WebhookSettings = WebhookSettings()
    data: Path = Field(default=Path("listserv-data"), exclude=True)

    @property
    def database_url(self) -> str:
        """The address of the database; without one, a SQLite file in the data folder."""
        return self.database.url or f"sqlite:///{self.data / 'listserv.sqlite3'}"

    @property
    def timezone(self) -> str:
        """The site's zone (IANA name)."""
        return self.site.timezone or ("Europe/Warsaw" if self.site.language == "pl" else "UTC")


def keys() -> Iterator[tuple[str, str, Any]]:
    """(section, key, field) of every setting, in order."""
    for section, field in Settings.model_fields.items():
        if section != "data":
            for key, inner in get_section(field.annotation).model_fields.items():
                yield section, key, inner


def get_section(annotation: Any) -> type[Section]:
    """The model behind a section's annotation."""
    model = annotation if isinstance(annotation, type) else get_args(annotation)[0]
    assert issubclass(model, Section)
    return model


def variable(section: str, key: str, environ: Mapping[str, str]) -> str | None:
    """The variable that gives this setting: LISTSERV_SECTION_KEY, or the same with _FILE, which names a file that holds the value."""
    name = f"LISTSERV_{section}_{key}".upper()
    return next((one for one in (name, f"{name}_FILE") if one in environ), None)


def from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What LISTSERV_SECTION_KEY variables say, and the files that LISTSERV_SECTION_KEY_FILE variables name. Raises Invalid."""
    found: dict[str, dict[str, str]] = {}
    for section, key, _ in keys():
        name = variable(section, key, environ)
        if name is not None:
            found.setdefault(section, {})[key] = environ[name] if not name.endswith("_FILE") else from_secret(name, Path(environ[name]))
    return found


def from_secret(name: str, file: Path) -> str:
    """The value in a file, without the line end behind it. Raises Invalid."""
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as wrong:
        raise Invalid("{name}: {file} cannot be read: {wrong}", name=name, file=file, wrong=getattr(wrong, "strerror", wrong)) from None


def from_file(path: Path) -> dict[str, Any]:
    """What the file says. Raises Invalid with the place of a mistake."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Invalid("{path} cannot be read: {wrong}", path=path, wrong=wrong) from None
    except OSError as wrong:
        raise Invalid("{path} cannot be read: {wrong}", path=path, wrong=wrong.strerror) from None


def load(data: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a data folder: variables over file over defaults. Raises Invalid."""
    values = from_file(data / FILE)
    if "data" in values:
        raise Invalid("{path}: there is no setting data", path=data / FILE)
    for section, found in from_environment(environ).items():
        values[section] = {**values.get(section, {}), **found}
    return validated(values, data)


def validated(values: Mapping[str, Any], data: Path) -> Settings:
    """Settings from sections and keys. Raises Invalid, naming the first key that is wrong."""
    try:
        return Settings.model_validate({**values, "data": data})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Invalid(
            "setting {key}: {what} (see `listserv config`)",
            key=".".join(map(str, first["loc"])),
            what=_wrong(first),
        ) from None


# What the library says of a value, as one would say it to a person.
WRONG = {
    "extra_forbidden": "there is no such setting",
    "int_parsing": "write a whole number",
    "int_parsing_size": "write a smaller number",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "bool_parsing": "say true or false",
    "bool_type": "say true or false",
    "string_type": "write it in quotation marks",
    "model_type": "write it as a section, in brackets, with its settings below",
    "greater_than": "write a number above {gt}",
    "greater_than_equal": "write a number from {ge} on",
    "less_than_equal": "write a number up to {le}",
}


def _wrong(error: Mapping[str, Any]) -> str:
    words = WRONG.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else str(error["msg"]).removeprefix("Value error, ")


def origin(section: str, key: str, file: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """Where a setting's value comes from: `environment`, `file` or `default`."""
    if variable(section, key, environ):
        return "environment"
    return "file" if key in file.get(section, {}) else "default"


def toml_value(value: object) -> str:
    """A TOML literal for a string or a number."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    escaped = "".join(f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else c for c in str(value).replace("\\", "\\\\").replace('"', '\\"'))
    return f'"{escaped}"'


def commented(settings: Settings, *, origins: Mapping[tuple[str, str], str] | None = None, secrets: bool = True) -> str:
    """`listserv.toml` with every key explained; with `origins`, where each value comes from."""
    lines = ["# Settings of this listserv. Each can also be given in the environment: LISTSERV_SECTION_KEY, or a file named by LISTSERV_SECTION_KEY_FILE."]
    last = ""
    for section, key, field in keys():
        if section != last:
            lines += ["", f"[{section}]"]
            last = section
        value = getattr(getattr(settings, section), key)
        if not secrets and value and (field.json_schema_extra or {}).get("secret"):
            value = hide(key, value)
        note = f"   # from: {origins[section, key]}" if origins else ""
        lines += [f"# {field.description}", f"{key} = {toml_value(value)}{note}"]
    return "\n".join(lines) + "\n"


def hide(key: str, value: str) -> str:
    """A secret as it may be shown: a URL without its password, anything else as dots."""
    if key != "url":
        return "…"
    from urllib.parse import urlsplit

    password = urlsplit(value).password
    return value.replace(f":{password}@", ":…@") if password else value
