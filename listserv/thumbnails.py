"""Small pictures of attached ones: decoded and made anew by a process of its own, so that nothing that is in a file reaches a browser.

A picture may be made to crash, to hang or to fill the memory of whoever decodes it. The process has bounds of memory, files
and time, no database and no settings; it makes one picture after the other and ends when nobody has asked for a while.
"""

import atexit
import os
import resource
import select
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from listserv import firstpages

# Of the file, in bytes; of the picture, in pixels: twelve million are what a good telephone takes.
LARGEST, MOST_PIXELS, LONGEST_SIDE = 20 * 1024 * 1024, 12_600_000, 16_000
# What fits into a card, sharp also on screens with two dots to a pixel.
WIDEST, TALLEST = 480, 360
TYPE, QUALITY = "image/webp", 78
# For one picture; between two pictures, after which the process ends; and how long one waits for those before.
SECONDS, IDLE, PATIENCE = 5.0, 20.0, 15.0
MEMORY, PROCESSOR_SECONDS, A_LIFE = 640 * 1024 * 1024, 300, 200
KINDS = ("image/png", "image/jpeg", "image/jpg", "image/pjpeg", "image/gif", "image/webp")
ENDINGS = ("png", "jpg", "jpeg", "gif", "webp")
UNNAMED = ("application/octet-stream", "image/*")
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# A picture whose drawn parts are this light on average is drawn for a dark page.
LIGHT, PAPER, NIGHT = 190, (255, 255, 255), (34, 33, 31)
HEAD = struct.Struct("!IHH")


class Busy(Exception):
    """Too many pictures are asked for at once."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The bytes of a small picture (`TYPE`), and its size in pixels."""

    data: bytes
    width: int
    height: int


def is_picture(name: str, type: str, size: int) -> bool:
    """Is this file worth a try? Mail programs often know a file's name better than its type."""
    known = type in KINDS or (type in UNNAMED and name.rpartition(".")[2].lower() in ENDINGS)
    return known and 0 < size <= LARGEST


class Painter:
    """Makes one picture at a time, whoever asks; its process is started when the first one does."""

    def __init__(self, seconds: float = SECONDS, patience: float = PATIENCE) -> None:
        self.seconds, self.patience = seconds, patience
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        # A fork of ours must not talk to the process of its parent.
        self.owner = 0

    def paint(self, data: bytes, *, page: bool = False) -> Thumbnail | None:
        """The small form of a picture, or (`page`) of a document's first page; None where there is none that can be shown. Raises Busy
        where others take too long."""
        if not 0 < len(data) <= LARGEST:
            return None
        if not self.lock.acquire(timeout=self.patience):
            raise Busy
        try:
            return self._painted(data, page)
        finally:
            self.lock.release()

    def close(self) -> None:
        """End the process."""
        with self.lock:
            self._end()

    def _painted(self, data: bytes, page: bool) -> Thumbnail | None:
        waited = self.process is not None and self.owner == os.getpid()
        with suppress(EOFError, OSError):
            return self._asked(data, page)
        self._end()
        if waited:
            # It has gone to rest just now, or has made enough pictures: another one is fresh.
            with suppress(EOFError, OSError):
                return self._asked(data, page)
            self._end()
        return None

    def _asked(self, data: bytes, page: bool) -> Thumbnail | None:
        """Raises EOFError or OSError where the process is gone, or had to be ended."""
        process = self._there()
        assert process.stdin and process.stdout
        alarm = threading.Timer(self.seconds, process.kill)
        alarm.start()
        try:
            process.stdin.write(HEAD.pack(len(data), page, 0))
            process.stdin.write(data)
            process.stdin.flush()
            size, width, height = HEAD.unpack(_exactly(process.stdout, HEAD.size))
            return Thumbnail(_exactly(process.stdout, size), width, height) if size else None
        finally:
            alarm.cancel()

    def _there(self) -> "subprocess.Popen[bytes]":
        if self.process is None or self.owner != os.getpid():
            # A session of its own: what ends us from a keyboard is not for it to tell of.
            command = [sys.executable, "-I", "-c", CHILD.format(path=sys.path)]
            pipe, nothing, env = subprocess.PIPE, subprocess.DEVNULL, {"LC_ALL": "C.UTF-8"}
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, env=env, cwd="/", start_new_session=True)  # nosec B603
            self.owner = os.getpid()
        return self.process

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is None or self.owner != os.getpid():
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        process.wait()


PAINTER = Painter()
atexit.register(PAINTER.close)

CHILD = "import sys; sys.path[:] = {path!r}; from listserv import thumbnails; thumbnails.child()"


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def child() -> None:
    """The process: bounds first, then pictures from stdin, each with its length before it, and small ones to stdout."""
    from PIL import GifImagePlugin, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401 - before the doors are closed

    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, PROCESSOR_SECONDS), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
    # Not buffered: what `select` does not see has not come.
    come = os.fdopen(0, "rb", buffering=0)
    for _ in range(A_LIFE):
        if not select.select([come], [], [], IDLE)[0]:
            return
        size, page, _ = HEAD.unpack(_all_of(come, HEAD.size))
        made = _small(_all_of(come, size), bool(page))
        sys.stdout.buffer.write(HEAD.pack(len(made.data), made.width, made.height) + made.data)
        sys.stdout.buffer.flush()


def _all_of(pipe: Any, size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(min(size, 1 << 20))
        if not part:
            sys.exit()
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _small(data: bytes, page: bool) -> Thumbnail:
    try:
        return paint_page(data) if page else paint(data)
    except (Exception, RecursionError):  # noqa: BLE001 - hostile files raise whatever they like
        return Thumbnail(b"", 0, 0)


def paint(data: bytes) -> Thumbnail:
    """The first frame of a picture, small, upright, opaque, and nothing else of what was in the file. Raises whatever Pillow does."""
    from PIL import Image

    return shrunk(Image.open(BytesIO(data), formats=FORMATS))


def paint_page(data: bytes) -> Thumbnail:
    """The first page of a document, small, and nothing else of what was in the file. Raises whatever the libraries do."""
    found = firstpages.picture_of(data)
    return paint(found) if isinstance(found, bytes) else shrunk(found)


def shrunk(picture: Any) -> Thumbnail:
    """A picture that may not be decoded yet, small, upright and opaque."""
    from PIL import Image, ImageOps

    width, height = picture.size
    # Before anything is decoded: a few bytes can claim any size.
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise ValueError("it is too large")
    picture.draft("RGB", (2 * WIDEST, 2 * TALLEST))
    upright = ImageOps.exif_transpose(picture)
    small = _coloured(upright)
    small.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    made = BytesIO()
    # From the pixels alone: where somebody stood, with which telephone, and what else a program writes along, stays behind.
    plain = Image.frombytes("RGB", small.size, _opaque(small).tobytes())
    plain.save(made, "WEBP", quality=QUALITY, method=4)
    return Thumbnail(made.getvalue(), *plain.size)


def _coloured(picture: Any) -> Any:
    """In red, green, blue and, where there is any, how much shines through."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # Sixteen bits of grey would all become white.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    see_through = picture.has_transparency_data
    # Premultiplied while it is made smaller, or the colour of what is not seen would spread into the edges.
    return picture.convert("RGBA").convert("RGBa") if see_through else picture.convert("RGB")


def _opaque(picture: Any) -> Any:
    """On white paper; what is drawn in light colours on dark, where it can be seen."""
    from PIL import Image, ImageStat

    if picture.mode == "RGB":
        return picture
    picture = picture.convert("RGBA")
    alpha = picture.getchannel("A")
    seen = alpha.point(lambda value: 255 if value > 64 else 0)
    drawn = ImageStat.Stat(picture.convert("L"), seen).mean[0] if seen.getbbox() else 0
    ground = Image.new("RGB", picture.size, NIGHT if drawn > LIGHT and alpha.getextrema()[0] < 128 else PAPER)
    ground.paste(picture, mask=alpha)
    return ground
