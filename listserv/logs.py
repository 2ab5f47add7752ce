"""The log: one line an event on stderr, in English, with names; stdout belongs to what a command prints."""

import logging
import sys
import time
from typing import Any

import structlog
from structlog.typing import EventDict


def configure(level: int = logging.WARNING) -> None:
    """Send both logging systems to stderr, one line an event, from this level up. May be called again."""
    root = logging.getLogger()
    root.setLevel(level)
    # At INFO these tell of their own insides, line by line.
    for chatty in ("alembic", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if not root.handlers:
        root.addHandler(Handler())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%dT%H:%M:%SZ", utc=True),
            structlog.processors.format_exc_info,
            line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=Stderr,
    )


class Stderr:
    """Where structlog writes: to whatever stderr is at that moment."""

    def __init__(self, *_: Any) -> None:
        pass

    def msg(self, words: str) -> None:
        """One event."""
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = exception = msg


class Handler(logging.Handler):
    """The same for the standard library's logging."""

    def __init__(self) -> None:
        super().__init__()
        formatter = logging.Formatter("%(asctime)sZ %(levelname)-7s %(message)s", datefmt="%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """One event."""
        Stderr().msg(self.format(record))


def line(logger: object, method: str, event: EventDict) -> str:
    """`2026-03-03T09:00:00Z INFO    held list=siecibp reason=nonmember`."""
    head = f"{event.pop('timestamp')} {str(event.pop('level')).upper():7} {event.pop('event', '')}"
    trouble = event.pop("exception", "")
    return " ".join([head, *(f"{key}={shown(value)}" for key, value in event.items())]) + (f"\n{trouble}" if trouble else "")


def shown(value: object) -> str:
    """A value that cannot be taken for two, nor for a line of its own."""
    text = str(value)
    return text if text and text.isprintable() and " " not in text else repr(text)
