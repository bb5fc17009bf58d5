"""Languages, countries and time zones that a person may choose."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _

LANGUAGES = {"en": "English"}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


@cache
def time_zones() -> frozenset[str]:
    """Every zone with a name of the form Continent/City, and UTC."""
    return frozenset(zone for zone in available_timezones() if _is_place(zone)) | {"UTC"}


def countries() -> list[tuple[str, str]]:
    """(code, name) in the reader's language, by name."""
    return sorted(_territories(str(get_locale() or "en")).items(), key=lambda item: item[1])


def country_name(code: str) -> str:
    return _territories(str(get_locale() or "en")).get(code, "")


def clean_country(code: str) -> str:
    if code and code not in _territories("en"):
        raise ValueError(_("Choose a country from the list."))
    return code


def clean_time_zone(name: str) -> str:
    if name and name not in time_zones():
        raise ValueError(_("Choose a time zone from the list."))
    return name


def clean_language(code: str) -> str:
    if code and code not in LANGUAGES:
        raise ValueError(_("Choose a language from the list."))
    return code


@cache
def _territories(language: str) -> dict[str, str]:
    names = Locale.parse(language).territories
    return {c: n for c, n in names.items() if len(c) == 2 and c.isalpha() and c not in _NO_COUNTRIES}


def _is_place(zone: str) -> bool:
    area = zone.partition("/")[0]
    return "/" in zone and area not in {"Etc", "SystemV", "posix", "right"}
