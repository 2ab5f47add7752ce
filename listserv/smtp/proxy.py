"""The PROXY protocol: a balancer in front says whose connection this is (haproxy's proxy-protocol.txt, versions 1 and 2)."""

from aiosmtpd.proxy_protocol import V2_CMD, get_proxy

from listserv.smtp.wire import Wire

# What the longest header of version 2 that we read may hold.
LONGEST = 4096


class NoHeader(Exception):
    """What the balancer sent first is no header."""


class _Bytes:
    """A wire as aiosmtpd's parser reads it: nothing is answered meanwhile, and all of it must come in time."""

    def __init__(self, wire: Wire, seconds: float, since: float) -> None:
        self._wire, self._seconds, self._since = wire, seconds, since

    async def read(self, count: int = LONGEST) -> bytes:
        """Some bytes."""
        if not self._wire.buffer:
            await self._wire.more(self._seconds, self._since)
        return self._cut(min(count, len(self._wire.buffer)))

    async def readexactly(self, count: int) -> bytes:
        """So many bytes."""
        if count > LONGEST:
            raise NoHeader
        while len(self._wire.buffer) < count:
            await self._wire.more(self._seconds, self._since)
        return self._cut(count)

    async def readuntil(self, separator: bytes = b"\n") -> bytes:
        """All up to that, and with it."""
        while (end := self._wire.buffer.find(separator)) < 0:
            if len(self._wire.buffer) > LONGEST:
                raise NoHeader
            await self._wire.more(self._seconds, self._since)
        return self._cut(end + len(separator))

    def _cut(self, count: int) -> bytes:
        found = bytes(self._wire.buffer[:count])
        del self._wire.buffer[:count]
        return found


async def client_behind(wire: Wire, balancer: str, seconds: float, since: float) -> str:
    """The address of the client; the balancer's own where it speaks for itself or does not know. Raises NoHeader, TimedOut, Gone."""
    said = await get_proxy(_Bytes(wire, seconds, since))
    if said.error or said.version is None:
        raise NoHeader
    # LOCAL: it looks whether we live; UNKNOWN: it cannot say.
    if said.command == V2_CMD.LOCAL or said.src_addr is None or isinstance(said.src_addr, str | bytes):
        return balancer
    return str(said.src_addr)
