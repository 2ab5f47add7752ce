"""The corpus of real mail, read where it lies: LISTSERV_CORPUS, or ../shared/corpus beside the checkout. None of it is part of this project."""

import json
import os
from pathlib import Path

import pytest

CORPUS = Path(os.environ.get("LISTSERV_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
needed = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real mail is not here; LISTSERV_CORPUS says where it is")


def items(category: str) -> list[dict]:
    """What the index of a category says of each of its files."""
    return json.loads((CORPUS / category / "index.json").read_bytes())["items"]


def files(category: str) -> list[str]:
    """The files of a category, as `read` takes them."""
    return [item["file"] for item in items(category) if not item["file"].startswith("cases/")]


def read(category: str, name: str) -> bytes:
    """One file, byte for byte."""
    return (CORPUS / category / name).read_bytes()
