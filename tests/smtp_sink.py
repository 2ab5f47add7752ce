"""A real SMTP server for the tests: it takes everything, keeps it, and misbehaves for magic recipients.

    with Sink() as sink:                  # sink.port, sink.url
        ...
    [mail] = sink.mails                   # mail.sender, mail.recipient, mail.data (dots unstuffed), mail.parameters

`somebody+550@example.org` is refused at RCPT; `+451@` for now; `+once451@` the first time only; `+421@` with goodbye;
`+timeout@` is never answered; `+drop@` ends the connection; `+data554@` and `+data451@` are refused after the body;
`+dropdata@` ends the connection after the body, before the answer.
"""

import asyncio
import re
import socket
import threading
from base64 import b64decode
from dataclasses import dataclass, field

MAGIC = re.compile(r"\+(once)?(data)?(550|451|421|554|552|timeout|drop|dropdata)@")
WORDS = {
    "550": "550 5.1.1 no such user",
    "451": "451 4.3.0 try again later",
    "421": "421 4.3.2 closing",
    "554": "554 5.6.0 not in this form",
    "552": "552 5.2.2 mailbox full",
}


@dataclass(frozen=True)
class Mail:
    sender: str
    recipient: str
    data: bytes
    parameters: str = ""


@dataclass
class Sink:
    """Options say what the server offers. `always_354` answers DATA with 354 although every recipient was refused."""

    pipelining: bool = True
    smtputf8: bool = True
    eight_bit: bool = True
    esmtp: bool = True
    size: int = 0
    tls: object = None
    starttls: object = None
    auth: tuple = ()
    mechanisms: str = "PLAIN LOGIN"
    greeting: str = "220 sink ESMTP"
    always_354: bool = False
    per_connection: int = 0
    port: int = 0
    mails: list = field(default_factory=list)
    commands: list = field(default_factory=list)
    connections: int = 0
    seen: set = field(default_factory=set)

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._open = set()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(5)
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        scheme = "smtps" if self.tls else "smtp+starttls" if self.starttls else "smtp"
        who = "{}:{}@".format(*self.auth) if self.auth else ""
        return f"{scheme}://{who}localhost:{self.port}" if self.tls or self.starttls else f"{scheme}://{who}127.0.0.1:{self.port}"

    @property
    def recipients(self):
        return [mail.recipient for mail in self.mails]

    def stop(self):
        """End the server and every connection; twice does no harm."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)

    def hang_up(self):
        """End every connection; the server goes on."""
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in list(self._open)])

    def _run(self, started):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main(started))
        self._loop.close()

    async def _main(self, started):
        self._stopping = asyncio.Event()
        sock = socket.create_server(("127.0.0.1", self.port))
        # Several small answers in a row would each wait for the other side's delayed ACK.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = sock.getsockname()[1]
        server = await asyncio.start_server(self._connected, sock=sock, ssl=self.tls, limit=1 << 26)
        started.set()
        await self._stopping.wait()
        server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader, writer):
        task = asyncio.current_task()
        self._open.add(task)
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()


class Session:
    """One connection to the sink."""

    def __init__(self, sink, reader, writer):
        self.sink, self.reader, self.writer = sink, reader, writer
        self.taken, self.secure, self.over = 0, bool(sink.tls), False
        self.reset()

    def reset(self):
        self.sender, self.parameters, self.accepted, self.magic = None, "", [], ""

    def say(self, line):
        self.writer.write(line.encode() + b"\r\n")

    async def line(self):
        line = await self.reader.readuntil(b"\r\n")
        self.sink.commands.append(line[:-2].decode("utf-8", "replace"))
        return self.sink.commands[-1]

    async def run(self):
        self.sink.connections += 1
        self.say(self.sink.greeting)
        while not self.over:
            line = await self.line()
            await getattr(self, f"do_{line.split(' ')[0].lower()}", self.unknown)(line)
            await self.writer.drain()

    async def unknown(self, _):
        self.say("502 5.5.1 what")

    async def do_ehlo(self, _):
        if not self.sink.esmtp:
            self.say("502 5.5.1 too old for that")
            return
        sink = self.sink
        lines = ["sink", "ENHANCEDSTATUSCODES"]
        lines += ["PIPELINING"] * sink.pipelining + ["8BITMIME"] * sink.eight_bit + ["SMTPUTF8"] * sink.smtputf8
        lines += [f"SIZE {sink.size}"] * bool(sink.size)
        lines += ["STARTTLS"] * bool(sink.starttls and not self.secure)
        lines += [f"AUTH {sink.mechanisms}"] * bool(sink.auth)
        for line in lines[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {lines[-1]}")

    async def do_helo(self, _):
        self.say("250 sink")

    async def do_starttls(self, line):
        if not self.sink.starttls:
            await self.unknown(line)
            return
        self.say("220 2.0.0 go")
        await self.writer.start_tls(self.sink.starttls)
        self.secure = True

    async def do_auth(self, line):
        words = line.split(" ")
        if words[1] == "PLAIN":
            user, password = b64decode(words[2]).decode().split("\0")[1:]
        else:
            self.say("334 VXNlcm5hbWU6")
            user = b64decode(await self.line()).decode()
            self.say("334 UGFzc3dvcmQ6")
            password = b64decode(await self.line()).decode()
        self.say("235 2.7.0 ok" if (user, password) == tuple(self.sink.auth) else "535 5.7.8 no")

    async def do_mail(self, line):
        if self.sink.per_connection and self.taken >= self.sink.per_connection:
            self.say("421 4.3.2 enough for one connection")
            self.over = True
            return
        self.reset()
        self.sender, self.parameters = re.match(r"mail from:<(.*?)>\s*(.*)", line, re.I).groups()
        self.say("250 2.1.0 ok")

    async def do_rcpt(self, line):
        recipient = re.match(r"rcpt to:<(.*)>", line, re.I)[1]
        found = MAGIC.search(recipient)
        once, data, what = found.groups() if found else (None, None, "")
        if once and recipient in self.sink.seen:
            what = ""
        self.sink.seen.add(recipient)
        if what == "timeout":
            await asyncio.sleep(3600)
        if what == "drop":
            self.over = True
            return
        if what == "dropdata" or data:
            self.magic, what = what, ""
        if what:
            self.say(WORDS[what])
            self.over = what == "421"
            return
        self.accepted.append(recipient)
        self.say("250 2.1.5 ok")

    async def do_data(self, _):
        if not self.accepted and not self.sink.always_354:
            self.say("554 5.5.1 no valid recipients")
            return
        self.say("354 go")
        lines = []
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.magic == "dropdata":
            self.over = True
        elif self.magic:
            self.say(WORDS[self.magic])
        elif not self.accepted:
            self.say("554 5.5.1 no valid recipients")
        else:
            self.taken += 1
            self.sink.mails += [Mail(self.sender, recipient, b"".join(lines), self.parameters) for recipient in self.accepted]
            self.say("250 2.0.0 taken")

    async def do_rset(self, _):
        self.reset()
        self.say("250 2.0.0 ok")

    async def do_noop(self, _):
        self.say("250 2.0.0 ok")

    async def do_quit(self, _):
        self.say("221 2.0.0 bye")
        self.over = True
