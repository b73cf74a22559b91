"""Long runs, apart from the tests: `make campaign`. The cast and the tree are those of the tests."""

from tests.conftest import *  # noqa: F403
from tests.conftest import _files_of_their_own, _flush_past_append_only  # noqa: F401 (a star leaves these out)
from tests.projects.conftest import *  # noqa: F403
