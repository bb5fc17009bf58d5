"""What would hold everybody up is done in a native thread where greenlets run, else right here."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent import get_hub, monkey

P = ParamSpec("P")
R = TypeVar("R")


def off_loop(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` answers; other greenlets go on meanwhile."""
    if monkey.is_module_patched("threading"):
        result: R = get_hub().threadpool.apply(work, args, kwargs)
        return result
    return work(*args, **kwargs)
