"""Jinja without its slowest habits: words looked up once a language, calls without ceremony, icons drawn once."""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from babel import Locale
from flask import Flask, g
from flask_babel import get_domain, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro
from markupsafe import Markup

MOST_ICONS = 2000

_said: dict[tuple[Locale | None, bool], dict[str, str]] = {}


class QuickContext(Context):
    """Calls plain functions and macros at once; everything else as Jinja does."""

    def call(self, called: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        kind = type(called)
        if kind is Macro:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return called(self.eval_ctx, *args, **kwargs)
        if kind is FunctionType and "jinja_pass_arg" not in called.__dict__:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return called(*args, **kwargs)
        if called is say:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
            return say(self.eval_ctx, *args, **kwargs)
        return super().call(called, *args, **kwargs)


@pass_eval_context
def say(context: EvalContext, text: str, **values: Any) -> str:
    """`_()` in templates: the words in the reader's language, with values escaped where the template escapes."""
    escapes = bool(context.autoescape)
    if not values:
        kept = _said.setdefault((_language(), escapes), {})
        found = kept.get(text)
        if found is None:
            found = kept[text] = _translated(text, escapes=escapes) % {}
        return found
    return _translated(text, escapes=escapes) % values


def init_quick_jinja(app: Flask) -> None:
    """After Babel, whose functions these stand in for."""
    app.jinja_env.context_class = QuickContext
    app.jinja_env.globals.update({"_": say, "gettext": say})


def drawn_once(draw: Callable[..., str]) -> Callable[..., str]:
    """The icon macro, each icon rendered once: the same name, label and kind are the same element."""
    kept: dict[Any, str] = {}

    def icon(name: str, label: str | None = None, kind: str = "") -> str:
        key = (name, label, kind)
        found = kept.get(key)
        if found is None:
            if len(kept) > MOST_ICONS:
                kept.clear()
            found = kept[key] = draw(name, label, kind)
        return found

    return icon


def _language() -> Locale | None:
    """What `get_locale()` says, read where it keeps it."""
    around = g.get("_flask_babel")
    kept: Locale | None = getattr(around, "babel_locale", None)
    return kept or get_locale()


def _translated(text: str, *, escapes: bool) -> str:
    said = get_domain().get_translations().ugettext(text)
    return Markup(said) if escapes else str(said)  # noqa: S704 - from the catalog, not from a person
