"""The log as a server writes it: by itself structlog draws tables of all that stands around an error, for seconds."""

import logging

import pytest
import structlog

from listserv import logs


@pytest.fixture(autouse=True)
def log_of_a_server():
    before, level = structlog.get_config(), logging.getLogger().level
    logs.configure()
    yield
    structlog.configure(**before)
    logging.getLogger().setLevel(level)
