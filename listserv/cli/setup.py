"""`init` and `config`: a site's beginning, and what it is set to."""

import os
import secrets
from pathlib import Path
from typing import Any

import click

from listserv import config
from listserv.cli import console
from listserv.config import FILE, Settings, keys
from listserv.errors import Conflict, Invalid


@click.command()
@click.option("--domain", required=True, metavar="D", help="The part after @ of every list address.")
@click.option("--url", required=True, help="Where readers reach the web archive.")
@click.option("--language", type=click.Choice(["en", "pl"]), default="en", show_default=True, help="The site's language.")
@click.option("--owner", default="", metavar="EMAIL", help="The administrator.")
@click.option("--database", default="", metavar="URL", help="sqlite:///PATH or postgresql+psycopg://…")
@click.option("--relay", metavar="URL", help="Where letters leave: smtp://HOST:PORT, smtps://…, maildir:FOLDER.")
@click.option("--smtp", metavar="HOST:PORT", help="Where mail comes in by SMTP.")
@click.option("--lmtp", metavar="HOST:PORT", help="Where mail comes in by LMTP.")
@click.option("--web", metavar="HOST:PORT", help="Where the web archive listens.")
@click.pass_obj
def init(data: Path, /, **given: str | None) -> None:
    """Write the commented settings and make the database."""
    path = data / FILE
    if path.exists():
        raise Conflict("there is {path} already: change it with an editor", path=path)
    settings = first_settings(data, given)
    usual = os.umask(0o077)  # settings and mail are nobody else's business
    try:
        data.mkdir(parents=True, exist_ok=True)
        found(data, settings)
    finally:
        os.umask(usual)
    click.echo(f"wrote {path} and made the database; next: `listserv list create NAME --title …`, then `listserv serve`")


def found(data: Path, settings: Settings) -> None:
    """Settings and database, or neither."""
    write_once(data / FILE, config.commented(settings))
    try:
        make_database(data, settings.site.owner)
    except BaseException:
        (data / FILE).unlink()
        raise


def first_settings(data: Path, given: dict[str, str | None]) -> Settings:
    """What `init` was told, over the defaults, with a fresh secret. Raises Invalid."""
    domain, url = str(given["domain"]).strip().lower(), str(given["url"]).strip().rstrip("/")
    if not domain or set("@/ ") & set(domain):
        raise Invalid("--domain: say the part after @ alone, for example lists.example.org")
    if not url.startswith(("https://", "http://")):
        raise Invalid("--url: say the whole address, for example https://lists.example.org")
    site = {"domain": domain, "url": url, "language": given["language"], "owner": checked_owner(given["owner"]), "secret": secrets.token_urlsafe(32)}
    doors = {section: {"listen": given[section]} for section in ("smtp", "lmtp", "web") if given[section] is not None}
    relay = {"relay": {"url": given["relay"]}} if given["relay"] else {}
    return config.validated({"site": site, "database": {"url": given["database"]}, **doors, **relay}, data)


def checked_owner(email: str | None) -> str:
    """The administrator's address; may be empty. Raises Invalid."""
    from listserv.usecases.administration import checked_email

    return checked_email(email) if email else ""


def write_once(path: Path, text: str) -> None:
    """Write a file that only we can read and that was not there. Raises Conflict."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict("there is {path} already: change it with an editor", path=path) from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def make_database(data: Path, owner: str) -> None:
    """All migrations, and the administrator's person."""
    from listserv.site import Site
    from listserv.store.migrating import upgrade
    from listserv.usecases.administration import ensure_user

    site = Site(config.load(data))
    try:
        upgrade(site.settings.database_url)
        if owner:
            with site.writing() as db:
                ensure_user(db, owner, "", site.now()).user.administrator = True
    finally:
        site.close()


@click.command("config")
@console.as_json
@click.pass_obj
def config_command(data: Path, as_json: bool) -> None:
    """Print all settings, commented, and where each comes from. Secrets are hidden."""
    settings, file = config.load(data), config.from_file(data / FILE)
    origins = {(section, key): config.origin(section, key, file, os.environ) for section, key, _ in keys()}
    if as_json:
        console.print_json(as_tree(settings, origins))
        return
    click.echo(config.commented(settings, origins=origins, secrets=False), nl=False)


def as_tree(settings: Settings, origins: dict[tuple[str, str], str]) -> dict[str, dict[str, Any]]:
    """Sections, keys, and of each its value and origin."""
    tree: dict[str, dict[str, Any]] = {}
    for section, key, field in keys():
        value = getattr(getattr(settings, section), key)
        hidden = config.hide(key, value) if value and (field.json_schema_extra or {}).get("secret") else value
        tree.setdefault(section, {})[key] = {"value": hidden, "origin": origins[section, key]}
    return tree
