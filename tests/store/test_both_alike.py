"""The same mails on both databases come to the same: pages, members, digests, traces, what is to do; and the same order."""

import json
import re

import pytest
from sqlalchemy import select, text

from listserv import config
from listserv.site import Site
from listserv.store.lists import MailingList, all_lists
from listserv.store.members import members_of
from listserv.store.migrating import alembic_config, present_revision, upgrade
from listserv.store.queue import Letter, Outgoing, raw_bytes
from listserv.store.schema import metadata
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.web import create_app
from tests.cli.conftest import run_in  # noqa: F401
from tests.conftest import Clock, add, on
from tests.databases import contents
from tests.lived import live
from tests.office import Office

# Made anew on each site: tokens, keys, the ids of letters.
CHANCE = re.compile(rb"r\+[a-z2-7]+@|/[a-z2-7]{26,}|<[0-9a-f]{24}@[^>]*>|boundary=\"[^\"]*\"|--=+[0-9]+==|=\r?\n|name=\"form\" value=\"[^\"]*\"|nonce[-=][^ >']*")
PEOPLE = ("Łucja Żółw", "ada Mała", "Zenon", "Ósma", "Ąę", "_podkreślona", "żaba", "Ada Wielka", "ćma", "ʼnowa", "中村")


@pytest.fixture
def sites(settings, request, tmp_path):
    """A site on each database."""
    made = []
    for name in ("sqlite", "postgresql"):
        maker = request.getfixturevalue(name)
        (tmp_path / name).mkdir()
        url = maker.migrated(tmp_path / name)
        made.append((Site(on(settings, url), now=Clock()), maker, url))
    yield [site for site, *_ in made]
    for site, maker, url in made:
        site.close()
        maker.remove(url)


def begun(site):
    """The example network, and people whose names no two orders agree about."""
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, site.now())
        add(db, mlist, "owner@example.org", site.now(), name="Alina Zakładka", role="owner", language="pl")
        add(db, mlist, "mod@example.org", site.now(), name="Zofia Lektura", role="moderator", language="pl")
        for name in ("halina", "marek"):
            add(db, mlist, f"{name}@example.org", site.now(), name=name.title())
        administration.add_topic(db, mlist, "tik", "Lekcje TIK", CONSOLE, site.now())
        for number, name in enumerate(PEOPLE):
            add(db, mlist, f"{name.split()[0]}_{number}@example.org", site.now(), name=name, delivery="none")
        for name in ("a-b", "a_b", "ab", "a1"):
            administration.create_list(db, administration.NewList(name, name), CONSOLE, site.now())
    live(site, Office(site), site.now)


def unlike(raw):
    """Bytes without what chance has put into them."""
    return CHANCE.sub(b"", raw)


def letters(site):
    with site.reading() as db:
        return [(row.kind, row.to, row.code, unlike(raw_bytes(db, row.raw_id))) for row in db.scalars(select(Letter).order_by(Letter.id))]


def posts(site):
    with site.reading() as db:
        return [(row.head, row.body) for row in db.scalars(select(Outgoing).order_by(Outgoing.id))]


def pages(site):
    """What a member reads."""
    client = create_app(site).test_client()
    from listserv.usecases import signin

    with site.writing() as db:
        path = signin.link_for(db, "halina@example.org", site.now()).removeprefix("https://lists.example.org")
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', client.get(path, base_url="https://lists.example.org").get_data(as_text=True)))
    assert client.post(path, data=form, base_url="https://lists.example.org").status_code == 303
    with site.reading() as db:
        threads = db.execute(text("SELECT id FROM thread ORDER BY id")).scalars().all()
        hashes = db.execute(text("SELECT hash FROM message ORDER BY id")).scalars().all()
    paths = ["/", "/siecibp/", "/siecibp/topic/tik", "/siecibp/month/2026-03", "/siecibp/month/"]
    paths += [f"/siecibp/thread/{id}" for id in threads] + [f"/siecibp/message/{one}" for one in hashes] + ["/siecibp/person/1"]
    return {path: unlike(client.get(path, base_url="https://lists.example.org").get_data()) for path in paths}


def test_the_same_mails_come_to_the_same(sites):
    for site in sites:
        begun(site)

    lite, post = sites
    assert letters(lite) == letters(post)
    assert posts(lite) == posts(post)
    first, second = pages(lite), pages(post)
    assert len(first) > 15
    assert first == second


def test_the_command_line_tells_the_same(sites, run_in, tmp_path):
    told = []
    for number, site in enumerate(sites):
        begun(site)
        data = tmp_path / str(number)
        data.mkdir()
        (data / config.FILE).write_text(config.commented(site.settings), "utf-8")
        words = [["member", "ls", "siecibp"], ["list", "ls"], ["list", "show", "siecibp"], ["topic", "ls", "siecibp"], ["queue", "status"], ["queue", "ls"]]
        words += [["trace", f"<{n}@example.org>"] for n in range(1, 7)] + [["due", "--at", "2026-04-01T00:00:00+00:00"], ["member", "show", "siecibp", "halina@example.org"]]
        ran = [run_in(data, *line, "--json") for line in words]
        assert {one.code for one in ran} == {0}
        told.append([json.loads(one.out) for one in ran])

    assert told[0] == told[1]


def test_the_rows_are_the_same_but_for_what_chance_made(sites):
    for site in sites:
        begun(site)

    lite, post = (contents(site.engine) for site in sites)
    assert {name: len(rows) for name, rows in lite.items()} == {name: len(rows) for name, rows in post.items()}
    # Tokens, their letters and the letters' bytes differ, and SQLite gives numbers of laid ghosts again; these are equal.
    for name in ("mailing_list", "topic", "user", "address", "member", "thread", "message", "attachment", "body", "held", "application", "bounce", "digest"):
        assert lite[name] == post[name], name


def test_names_and_addresses_have_one_order(sites):
    for site in sites:
        begun(site)

    orders = []
    for site in sites:
        with site.reading() as db:
            mlist = db.scalars(select(MailingList).where(MailingList.name == "siecibp")).one()
            orders.append(([member.address.key for member in members_of(db, mlist)], [one.name for one in all_lists(db)]))
    assert orders[0] == orders[1]
    assert orders[0][0] == sorted(orders[0][0]), "by code points, as Python sorts"


def test_every_text_of_postgresql_sorts_by_code_points_and_takes_any_length(sites):
    with sites[1].reading() as db:
        columns = "SELECT table_name, column_name, data_type, collation_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY(:tables)"
        rows = db.execute(text(columns), {"tables": list(metadata.tables)}).all()

    texts = [row for row in rows if row.data_type in ("text", "character varying", "character")]
    assert len(texts) > 50
    assert [row for row in texts if (row.data_type, row.collation_name) != ("text", "C")] == []


def differences(site):
    """Between the schema that the migrations make and the one that the program means."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with site.engine.connect() as connection:
        # The full-text index is the database's own, and no table of ours.
        options = {"include_name": lambda name, kind, _: not (kind == "table" and ("_fts" in name or name.startswith("procrastinate_")))}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    # PostgreSQL's texts have any length (the test above).
    return [change for change in found if not (isinstance(change, list) and str(change[0][5]).startswith("TEXT"))]


def test_the_schema_that_the_migrations_make_is_the_one_that_the_program_means(sites):
    assert [differences(site) for site in sites] == [[], []]


def test_the_way_back_to_an_older_schema_leads_here_again(sites):
    from alembic import command

    for site in sites:
        with site.writing() as db:
            live_list = administration.create_list(db, administration.NewList("lista", "Lista"), CONSOLE, site.now())
            add(db, live_list, "halina@example.org", site.now())
        site.engine.dispose()
        command.downgrade(alembic_config(site.settings.database_url), "0022")
        assert present_revision(site.engine) == "0022"
        site.engine.dispose()
        upgrade(site.settings.database_url)

        assert differences(site) == []
        with site.reading() as db:
            assert [member.address.email for member in members_of(db, db.scalars(select(MailingList)).one())] == ["halina@example.org"]


@pytest.mark.parametrize("value", ["a\0b", "\udcff", "x\ud800"])
def test_text_that_no_database_keeps_is_mended_in_one_place(sites, value):
    kept = []
    for site in sites:
        with site.writing() as db:
            mlist = administration.create_list(db, administration.NewList("lista", "Lista"), CONSOLE, site.now())
            mlist.description = value
        with site.reading() as db:
            kept.append(db.scalar(select(MailingList.description)))
            # What is looked for is mended in the same way as what was kept.
            assert db.scalar(select(MailingList.name).where(MailingList.description == value)) == "lista"

    assert kept[0] == kept[1] == value.replace("\0", "").encode("utf-8", "replace").decode().replace("?", "\ufffd")


