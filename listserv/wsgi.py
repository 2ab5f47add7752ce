"""For WSGI servers such as gunicorn or granian: `listserv.wsgi:application`. The data folder is LISTSERV_DATA, as for the command line.

Any number of processes on any number of machines: what one begins (a form, a sign-in), another finishes. They share the
database and `listserv.toml`, above all `site.secret`, and keep nothing else.
"""

import atexit
import os
from pathlib import Path

from listserv.site import open_site
from listserv.usecases.pulse import Keeper
from listserv.web import create_app, visitors

site = open_site(Path(os.environ.get("LISTSERV_DATA", "listserv-data")))
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
