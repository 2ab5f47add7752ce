"""A TCP balancer of the tests: `python balancer.py LISTEN TARGET TARGET…`, each HOST:PORT; one connection after the other, in turn.

A target that cannot be reached is passed over.
"""

import asyncio
import contextlib
import itertools
import sys


def place(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


async def pour(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def main(listen, *targets):
    turns = itertools.cycle([place(target) for target in targets])

    async def connected(reader, writer):
        for _ in targets:
            with contextlib.suppress(OSError, TimeoutError):
                far_reader, far_writer = await asyncio.wait_for(asyncio.open_connection(*next(turns)), 2)
                # PROXY protocol, version 1: the door is told who speaks.
                (host, port), (here, my) = writer.get_extra_info("peername"), writer.get_extra_info("sockname")
                far_writer.write(f"PROXY TCP4 {host} {here} {port} {my}\r\n".encode())
                await asyncio.gather(pour(reader, far_writer), pour(far_reader, writer))
                return
        writer.close()

    server = await asyncio.start_server(connected, *place(listen))
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
