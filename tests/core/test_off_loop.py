"""What is done off the event loop answers and fails as if it were done here."""

import subprocess
import sys

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import threading
from forum.core.off_loop import off_loop
native = monkey.get_original("threading", "get_ident")
print(off_loop(lambda a, b: a + b, 1, b=2), off_loop(native) != native())
try:
    off_loop(int, "x")
except ValueError as error:
    print(error)
"""


def test_what_fails_there_is_raised_here_and_nothing_is_written_of_it() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["3 True", "invalid literal for int() with base 10: 'x'"]
    assert ran.stderr == ""
