"""Looking for cycles among what is in memory stops everybody for as long as it lasts, and that grows with the lines that are open.

So what is there once the program runs is looked at no more, and whole searches are rare: after so many lines have ended
that what they left behind is worth one.
"""

import gc

YOUNG, MIDDLE, OLD = 1000, 20, 1000
MOST_ENDED = 1000


class Collecting:
    """Of one process that serves."""

    def __init__(self) -> None:
        self._ended = 0

    def set_aside(self) -> None:
        """All modules are loaded and nobody is there yet."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, OLD)

    def tend(self, ended: int) -> None:
        """`ended`: how many lines have, since the program began."""
        if ended - self._ended >= MOST_ENDED:
            self._ended = ended
            gc.collect()
