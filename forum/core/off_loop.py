"""What would hold everybody up is done in a native thread where greenlets run, else right here."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from gevent import get_hub, monkey

P = ParamSpec("P")
R = TypeVar("R")


def off_loop(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` answers, or raises; other greenlets go on meanwhile. In its thread it knows of no request, nor of its language."""
    if monkey.is_module_patched("threading"):
        answer, error = get_hub().threadpool.apply(_tried, (work, args, kwargs))
        if error is not None:
            raise error
        return cast(R, answer)
    return work(*args, **kwargs)


def _tried(
    work: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object]
) -> tuple[R | None, BaseException | None]:
    """The pool writes what escapes it to the log, expected or not: so nothing does."""
    try:
        return work(*args, **kwargs), None
    except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
        return None, error
