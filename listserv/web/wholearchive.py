"""The whole archive of a list as one file, for its members.

It is made whole before it is sent: a reader with a slow line would otherwise keep a thread and a database session for
hours. The web server then sends the file by itself.
"""

import logging
import shutil
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from listserv.errors import TooMany
from listserv.store.exporting import size_of
from listserv.store.lists import MailingList
from listserv.usecases import exporting
from listserv.web.threads import download
from listserv.web.visit import visit

log = logging.getLogger(__name__)
blueprint = Blueprint("wholearchive", __name__)

# Such files on the disk at once, for each process; and what is left free beside them, because mail goes on coming in.
AT_ONCE = 2
SPARE = 256 * 1024 * 1024
places = BoundedSemaphore(AT_ONCE)


class Parcel:
    """A file without a name, off the disk as soon as it is closed. Raises TooMany where others take all places."""

    def __init__(self, folder: Path) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (closed by the web server)
        if not places.acquire(blocking=False):
            self.file.close()
            raise TooMany("others are fetching archives", seconds=60)
        self.read, self.write, self.seek, self.tell = self.file.read, self.file.write, self.file.seek, self.file.tell

    def close(self) -> None:
        """Give the place to the next."""
        if not self.file.closed:
            self.file.close()
            places.release()


@blueprint.get("/<list:name>/archive.mbox")
def archive(name: str) -> Response:
    """All messages, byte for byte."""
    mlist = exporting.archive_for(visit().db, name, visit().actor)
    called = (f"{mlist.name}.mbox", "application/mbox")
    if request.method == "HEAD":
        return download(b"", *called)
    parcel = filled(mlist)
    response = download(wrap_file(request.environ, parcel), *called)  # type: ignore[arg-type]
    response.content_length = parcel.seek(0, 2)
    parcel.seek(0)
    return response


def filled(mlist: MailingList) -> Parcel:
    """The file. Raises TooMany where several are being fetched, or the disk has no room."""
    folder = visit().settings.data
    if shutil.disk_usage(folder).free < size_of(visit().db, mlist) + SPARE:
        log.warning("no room on the disk for the archive of list=%s", mlist.name)
        raise TooMany("there is no room on the disk")
    parcel = Parcel(folder)
    try:
        for entry in exporting.mails(visit().db, mlist):
            parcel.write(entry)
    except BaseException:
        parcel.close()
        raise
    return parcel
