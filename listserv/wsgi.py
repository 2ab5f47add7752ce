"""For WSGI servers such as gunicorn or granian: `listserv.wsgi:app`. The data folder is LISTSERV_DATA, as for the command line."""

import atexit
import os
from pathlib import Path

from listserv.site import open_site
from listserv.web import create_app, visitors

site = open_site(Path(os.environ.get("LISTSERV_DATA", "listserv-data")))
app = create_app(site)
notes = visitors.notes_of(app)
notes.writes = True
atexit.register(notes.close)
# Servers that load first and fork then must not share a connection.
site.close()
