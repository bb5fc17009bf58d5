"""What some tests use that is no part of the project: real archives, large attack sets, a Redis.

Whoever has the project alone runs all the others, and each of these says what it lacks. Where everything must be there
(`REQUIRE_SERVICES=1`, as `.ci/run` says), a missing service stops the run instead: see `conftest.py`.
"""

import os
import shutil
from pathlib import Path

import pytest

DATA = Path(os.environ.get("FORUM_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def needs_data(*parts: str) -> pytest.MarkDecorator:
    """For tests over a folder of the real data, which others have written and the project does not pass on."""
    folder = DATA.joinpath(*parts)
    lacks = f"FORUM_TEST_DATA names a folder with {'/'.join(parts)} in it"
    return pytest.mark.skipif(not folder.is_dir(), reason=f"for whoever has the real data: {lacks}")


def needs_redis(url: str | None) -> str:
    """The address of Redis; for whoever tests without one, the test is left out and says so."""
    if url is None:
        pytest.skip("for whoever runs Redis: TEST_REDIS_URL, or port 6379")
    return url


def needs_programs(*names: str) -> pytest.MarkDecorator:
    """For tests that run programs of the system, where administrators have them too."""
    lacking = [name for name in names if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None]
    return pytest.mark.skipif(
        bool(lacking), reason=f"for whoever has these on their machine: {', '.join(lacking)}"
    )
