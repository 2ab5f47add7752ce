"""A program that hears webhooks: a real HTTP server on loopback that remembers what came, and answers as it is told."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from listserv.config import WebhookSettings


@dataclass
class Heard:
    """One call."""

    path: str
    headers: dict
    body: bytes

    @property
    def said(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.said["type"]


@dataclass
class Receiver:
    """`answers` maps a path to a status, or to a function of the handler; 204 where nothing is said."""

    heard: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)

    def __enter__(self):
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                answer = receiver.answers.get(self.path, 204)
                if callable(answer):
                    answer(self)
                    return
                code, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(code)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    @property
    def types(self):
        return [one.type for one in self.heard]


def on_loopback(settings):
    """The same settings, with webhooks that may call this machine."""
    return settings.model_copy(update={"webhooks": WebhookSettings(loopback=True)})
