"""The bell between processes."""

import asyncio
import contextlib
import socket

from listserv import loops
from listserv.bell import Bell, ring


def listening(folder, ringing):
    """How often a bell in this folder was heard while `ringing` ran."""

    async def run():
        heard = []
        bell = Bell(folder, 0, lambda said: heard.append(said))
        bell.hang()
        await asyncio.to_thread(ringing)
        await asyncio.sleep(0.02)
        bell.take_down()
        return len(heard)

    return loops.run(run())


def test_a_ring_is_heard(tmp_path):
    assert listening(tmp_path, lambda: ring(tmp_path)) == 1


def test_a_storm_of_rings_is_heard_and_does_no_harm(tmp_path):
    assert listening(tmp_path, lambda: [ring(tmp_path) for _ in range(2000)]) >= 1


def test_every_worker_hears(tmp_path):
    async def run():
        heard = []
        bells = [Bell(tmp_path, number, lambda said, n=number: heard.append(n)) for number in (0, 1)]
        for bell in bells:
            bell.hang()
        ring(tmp_path)
        await asyncio.sleep(0.02)
        for bell in bells:
            bell.take_down()
        return sorted(heard)

    assert loops.run(run()) == [0, 1]


def test_ringing_where_nobody_is_or_nobody_is_any_more_does_no_harm(tmp_path):
    ring(tmp_path)
    ring(tmp_path / "nowhere")
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as dead:
        dead.bind(str(tmp_path / "worker-0.bell"))
    ring(tmp_path)

    assert listening(tmp_path, lambda: ring(tmp_path)) == 1
    assert not (tmp_path / "worker-0.bell").exists()


def test_a_folder_with_too_long_a_name_has_no_bell_and_no_trouble(tmp_path):
    folder = tmp_path / ("x" * 100)
    folder.mkdir()

    assert listening(folder, lambda: ring(folder)) == 0


def test_an_old_worker_that_ends_leaves_the_bell_of_its_successor(tmp_path):
    async def run():
        heard = []
        old, new = (Bell(tmp_path, 0, lambda said, name=name: heard.append(name)) for name in ("old", "new"))
        old.hang()
        new.hang()
        old.take_down()
        ring(tmp_path)
        await asyncio.sleep(0.02)
        new.take_down()
        return heard

    assert loops.run(run()) == ["new"]
    assert not list(tmp_path.iterdir())
