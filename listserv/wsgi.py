"""For WSGI servers such as gunicorn or granian: `listserv.wsgi:application`. The data folder is LISTSERV_DATA, as for the command line.

Any number of processes on any number of machines: what one begins (a form, a sign-in), another finishes. They share the
database and `listserv.toml`, above all `site.secret`, and keep nothing else.
"""

import atexit
import os
import sys
from pathlib import Path

from listserv.errors import Refusal
from listserv.site import Site, open_site
from listserv.usecases.pulse import Keeper
from listserv.web import create_app, visitors

# gunicorn takes this exit code for "never begin again", and any other for a worker to be replaced at once.
NO_BOOT = 3


def opened(data: Path) -> Site:
    """The site; where it cannot be opened, the process ends with one line that says why."""
    try:
        return open_site(data)
    except Refusal as refused:
        print(f"listserv: {refused}", file=sys.stderr, flush=True)  # noqa: T201  (no log is set up yet)
        raise SystemExit(NO_BOOT) from None


site = opened(Path(os.environ.get("LISTSERV_DATA", "listserv-data")).absolute())
application = app = create_app(site)
notes = visitors.notes_of(app)
notes.writes = True
atexit.register(notes.close)
# What a process of such a server counts, it begins to write down with its first request: behind the fork.
keeper = Keeper(site)
app.before_request(keeper.begin)
atexit.register(keeper.end)
# Servers that load first and fork then must not share a connection.
site.close()
