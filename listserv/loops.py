"""The event loop of the processes that speak SMTP: libuv's, where it can be installed, and asyncio's own everywhere else.

A copy costs a sender a fifth less of its processor with it (`docs/performance.md`, "The wire, and signatures").
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
# So many rounds of libuv's loop it takes until a connection that was closed last of all is gone.
ROUNDS = 4


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, on the quickest loop that there is."""
    with asyncio.Runner(loop_factory=_factory()) as runner:
        return runner.run(_to_its_end(main))


async def _to_its_end(main: Coroutine[Any, Any, T]) -> T:
    try:
        return await main
    finally:
        for _ in range(ROUNDS):
            await asyncio.sleep(0)


def _factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        # Imported here, in the processes that need it.
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
