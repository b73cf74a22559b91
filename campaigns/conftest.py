"""Long runs, apart from the tests: `make campaign`. The cast and the tree are those of the tests."""

from tests.conftest import *  # noqa: F403
from tests.projects.conftest import *  # noqa: F403
