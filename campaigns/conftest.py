"""Long runs, apart from the tests: `make campaign`. The cast and the tree are those of the tests."""

import logging

import pytest

from tests.conftest import *  # noqa: F403
from tests.conftest import _emptied_past_append_only, _files_of_their_own  # noqa: F401 (a star leaves these out)
from tests.projects.conftest import *  # noqa: F403


@pytest.fixture(autouse=True)
def _refusals_in_silence(caplog):
    """Thousands of refusals are what is expected here; crashes still say so."""
    caplog.set_level(logging.ERROR, logger="django.request")
