"""Small pictures: made anew from the pixels alone, whatever the file is or claims to be."""

import os
import struct
import threading
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image

from listserv import thumbnails
from listserv.thumbnails import TALLEST, WIDEST, Busy, Painter, is_picture, paint

RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)


@pytest.fixture(scope="module")
def painter():
    made = Painter()
    yield made
    made.close()


def file(picture, kind, **more):
    made = BytesIO()
    picture.save(made, kind, **more)
    return made.getvalue()


def halves(mode="RGB", size=(1200, 600)):
    """Red on the left, blue on the right."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (size[0] // 2, 0, *size))
    return made.convert(mode)


def pixels(made):
    picture = Image.open(BytesIO(made.data))
    assert picture.format == "WEBP"
    assert picture.size == (made.width, made.height)
    return picture.convert("RGB")


def near(colour, other):
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) < 60


def png(width, height, kind=b"IHDR"):
    """The head of a picture of that size, and hardly anything else."""

    def chunk(name, data):
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(kind, struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_becomes_a_small_one_of_the_same_shape(painter, kind):
    made = painter.paint(file(halves(), kind))

    assert (made.width, made.height) == (480, 240)
    assert near(pixels(made).getpixel((50, 100)), RED) and near(pixels(made).getpixel((430, 100)), BLUE)


def test_a_small_picture_is_not_blown_up(painter):
    assert (made := painter.paint(file(halves(size=(40, 30)), "PNG"))) and (made.width, made.height) == (40, 30)


def test_nothing_of_what_a_telephone_writes_along_is_left():
    exif = Image.Exif()
    exif[0x010F], exif[0x9286] = "MakerOfTelephones", "Where I was"
    exif.get_ifd(0x8825)[2] = (52.0, 13.0, 7.0)
    source = file(halves(), "JPEG", exif=exif, comment=b"secret words", icc_profile=b"profile" * 20)
    assert b"MakerOfTelephones" in source and b"secret words" in source

    made = Image.open(BytesIO(paint(source).data))
    made.load()

    assert dict(made.getexif()) == {}
    assert set(made.info) <= {"loop", "background", "timestamp", "duration"}
    assert not any(word in paint(source).data for word in (b"MakerOfTelephones", b"secret", b"EXIF", b"ICCP", b"XMP "))


def test_a_picture_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    made = pixels(paint(file(halves(), "JPEG", exif=exif)))

    assert made.size == (180, 360)
    assert near(made.getpixel((90, 40)), RED) and near(made.getpixel((90, 320)), BLUE)


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("L", "JPEG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"), ("P", "GIF"), ("RGBA", "WEBP")])
def test_every_kind_of_colours_is_shown(mode, kind):
    source = halves("L").convert("I").point(lambda value: value * 256).convert("I;16") if mode == "I;16" else halves(mode)
    made = pixels(paint(file(source, kind)))

    left, right = made.getpixel((50, 100)), made.getpixel((430, 100))
    assert left != right
    if mode not in ("L", "LA", "1", "I;16"):
        assert near(left, RED) and near(right, BLUE)


def test_of_moving_pictures_the_first_is_shown():
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, GREEN, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        made = paint(file(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))
        assert near(pixels(made).getpixel((30, 20)), RED)
        assert getattr(Image.open(BytesIO(made.data)), "n_frames", 1) == 1


@pytest.mark.parametrize(("ink", "ground"), [((0, 0, 0), (255, 255, 255)), ((255, 255, 255), thumbnails.NIGHT), (RED, (255, 255, 255))])
def test_what_is_drawn_on_nothing_can_be_seen_on_any_page(ink, ground):
    drawing = Image.new("RGBA", (100, 100), (255, 0, 255, 0))
    drawing.paste((*ink, 255), (40, 40, 60, 60))

    made = pixels(paint(file(drawing, "PNG")))

    assert near(made.getpixel((5, 5)), ground)
    assert near(made.getpixel((50, 50)), ink)


@pytest.mark.parametrize("size", [(3549, 3551), (16_001, 10), (100_000, 100_000), (0, 5)])
def test_what_claims_too_many_pixels_is_not_decoded(painter, size):
    started = time.perf_counter()

    assert painter.paint(png(*size)) is None
    assert time.perf_counter() - started < 10


def test_twelve_million_pixels_are_shown_within_a_moment(painter):
    assert painter.paint(file(Image.new("RGB", (4000, 3000), GREEN), "PNG")) is not None
    assert painter.paint(file(Image.new("RGBA", (4000, 3000), (*GREEN, 90)), "WEBP")) is not None


def broken():
    whole = {kind: file(halves(), kind) for kind in ("PNG", "JPEG", "GIF", "WEBP")}
    yield from (pytest.param(data[: len(data) // 2], id=f"half a {kind}") for kind, data in whole.items())
    yield from (pytest.param(data, id=name) for name, data in {"nothing": b"", "words": b"not a picture", "head": png(10, 10)[:20]}.items())
    yield pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>', id="svg")
    yield pytest.param(file(halves(), "BMP"), id="bmp")
    yield pytest.param(file(halves(), "TIFF"), id="tiff")
    yield pytest.param(file(halves(), "PDF"), id="pdf")
    yield pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="eps")


@pytest.mark.parametrize("data", list(broken()))
def test_what_is_broken_or_no_such_picture_is_none(painter, data):
    assert painter.paint(data) is None


def test_after_a_bad_picture_the_next_is_shown(painter):
    painter.paint(b"bad")
    assert painter.paint(file(halves(), "PNG")) is not None


def test_a_picture_that_takes_too_long_ends_its_process_and_not_ours():
    painter = Painter(seconds=0.0)
    try:
        assert painter.paint(file(halves(), "PNG")) is None
        painter.seconds = 20
        assert painter.paint(file(halves(), "PNG")) is not None
    finally:
        painter.close()


def test_a_process_that_is_gone_is_replaced():
    painter = Painter()
    try:
        assert painter.paint(file(halves(), "PNG"))
        first = painter.process.pid
        os.kill(first, 9)
        assert painter.paint(file(halves(), "PNG"))
        assert painter.process.pid != first
    finally:
        painter.close()


def test_a_process_makes_so_many_and_then_another_does(monkeypatch):
    monkeypatch.setattr(thumbnails, "CHILD", thumbnails.CHILD.replace("thumbnails.child()", "thumbnails.A_LIFE = 2; thumbnails.child()"))
    painter = Painter()
    try:
        assert all(painter.paint(file(halves(size=(20, 20)), "PNG")) for _ in range(5))
    finally:
        painter.close()


def test_many_at_once_are_made_one_after_the_other(painter):
    made = []
    threads = [threading.Thread(target=lambda: made.append(painter.paint(file(halves(size=(300, 200)), "PNG")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8 and all(made)


def test_nobody_waits_for_ever():
    painter = Painter(patience=0.01)
    with painter.lock, pytest.raises(Busy):
        painter.paint(b"picture")


@pytest.mark.parametrize(
    ("name", "type", "size", "said"),
    [
        ("a.png", "image/png", 10, True),
        ("IMG_1.JPG", "application/octet-stream", 10, True),
        ("a.svg", "image/svg+xml", 10, False),
        ("a.png", "image/svg+xml", 10, False),
        ("a.heic", "image/heic", 10, False),
        ("a.pdf", "application/octet-stream", 10, False),
        ("a.png", "image/png", 0, False),
        ("a.png", "image/png", 30_000_000, False),
    ],
)
def test_which_files_are_worth_a_try(name, type, size, said):
    assert is_picture(name, type, size) is said


def test_the_card_holds_what_is_made():
    assert (WIDEST, TALLEST) == (480, 360)
