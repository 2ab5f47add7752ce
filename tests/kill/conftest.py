"""A site of its own with the real clock, and the program that serves it."""

import pytest

from tests.conftest import on
from tests.kill.killrig import Rig


@pytest.fixture
def made_rig(settings, migrated):
    """Makes the rig; it ends with the test."""
    made = []

    def make(kind=Rig, **more):
        made.append(kind(on(settings, migrated), **more))
        return made[-1]

    yield make
    for rig in made:
        rig.__exit__()


@pytest.fixture
def rig(made_rig):
    """The usual one, not yet started."""
    return made_rig()
