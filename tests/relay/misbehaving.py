"""A real SMTP server that does what a test tells it to do at any stage.

    def behave(stage, argument, session):
        if stage == "RCPT" and "slow.example" in argument:
            return "451 4.7.1 not now"

    with Misbehaving(behave) as server:
        ...

Stages are GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA and BODY (`argument` is the mail then). What `behave` returns is said
instead of a yes: one reply or several lines of it; CLOSE ends the connection; HANG says nothing until the server ends; a number
waits so many seconds and says yes; None says yes. `session.taken` counts the mails of this connection.
"""

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field

CLOSE, HANG = object(), object()
YES = {"GREETING": "220 hello", "MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on", "BODY": "250 2.0.0 taken"}
FEATURES = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True)
class Taken:
    sender: str
    recipient: str
    data: bytes
    parameters: str


@dataclass
class Misbehaving:
    """The server. `forgetful`: it announces PIPELINING, and throws away what came with a command."""

    behave: object = None
    features: tuple = FEATURES
    tls: object = None
    forgetful: bool = False
    port: int = 0
    mails: list = field(default_factory=list)
    commands: list = field(default_factory=list)
    connections: int = 0

    def __enter__(self):
        self._over, self._open = threading.Event(), set()
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self):
        return [mail.recipient for mail in self.mails]

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        self.connections += 1
        try:
            Session(self, connection).run()
        except OSError:
            pass
        finally:
            self._open.discard(connection)
            connection.close()


class Session:
    """One connection."""

    def __init__(self, server, connection):
        self.server, self.connection, self.buffer, self.taken = server, connection, b"", 0
        self.begun = False
        self.sender = self.recipient = self.parameters = ""

    def say(self, stage, argument=""):
        """Answer at this stage; was it a yes? None where the connection is over."""
        found = self.server.behave(stage, argument, self) if self.server.behave else None
        if found is HANG:
            self.server._over.wait(30)
        if found in (CLOSE, HANG):
            return None
        if isinstance(found, (int, float)):
            self.server._over.wait(found)
            found = None
        reply = found if found is not None else self.features() if stage == "EHLO" else YES.get(stage, "250 ok")
        if stage == "BODY" and reply[:1] == "2":
            # Before the yes is told: a test looks as soon as it is heard.
            self.server.mails.append(argument)
            self.taken += 1
        self.connection.sendall(reply.encode("utf-8", "surrogateescape") + b"\r\n")
        return None if reply.rpartition("\n")[2].startswith("421") else reply[:1] in "23"

    def features(self):
        lines = ["here", *self.server.features]
        return "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"])

    def until(self, mark):
        while mark not in self.buffer:
            if not (data := self.connection.recv(65536)):
                raise ConnectionResetError
            self.buffer += data
        unit, _, self.buffer = self.buffer.partition(mark)
        return unit

    def run(self):
        if self.say("GREETING") is None:
            return
        while True:
            line = self.until(b"\r\n").decode("utf-8", "replace")
            if self.server.forgetful:
                self.buffer = b""
            self.server.commands.append(line)
            if line == "QUIT" or self.command(line) is None:
                return

    def command(self, line):
        verb = line[:4].upper()
        if verb in ("EHLO", "HELO", "AUTH", "STAR"):
            stage = {"STAR": "STARTTLS", "HELO": "EHLO"}.get(verb, verb)
            said = self.say(stage, line)
            if stage == "STARTTLS" and said and self.server.tls:
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
            return said
        if verb == "MAIL":
            self.sender, self.parameters = re.match(r"MAIL FROM:<(.*?)> ?(.*)", line, re.IGNORECASE).groups()
            self.recipient, said = "", self.say("MAIL", line)
            self.begun = bool(said)
            return said
        if verb == "RCPT":
            if not self.begun:
                self.connection.sendall(b"503 5.5.1 MAIL first\r\n")
                return False
            address = re.match(r"RCPT TO:<(.*)>", line, re.IGNORECASE)[1]
            said = self.say("RCPT", address)
            self.recipient = address if said else self.recipient
            return said
        if verb != "DATA":
            return self.say(verb, line)
        if not self.recipient:
            self.connection.sendall(b"554 5.5.1 no valid recipients\r\n")
            return False
        said = self.say("DATA", line)
        return self.body() if said else said

    def body(self):
        self.buffer = b"\r\n" + self.buffer
        data = self.until(b"\r\n.\r\n").removeprefix(b"\r\n").replace(b"\r\n..", b"\r\n.") + b"\r\n"
        return self.say("BODY", Taken(self.sender, self.recipient, data, self.parameters))
