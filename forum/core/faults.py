"""What is wrong with a value, in words that say what to do: the one place that reads the errors of pydantic."""

from typing import Any

from flask_babel import gettext as _


def in_words(error: Any) -> str:
    """One of the errors that a model found, told to whoever sent the value."""
    context = error.get("ctx") or {}
    match error["type"]:
        case "missing" | "string_too_short" if context.get("min_length", 1) == 1:
            return _("Fill this in.")
        case "string_too_short":
            return _("At least %(count)s characters.", count=context["min_length"])
        case "string_too_long":
            return _("At most %(count)s characters.", count=context["max_length"])
        case "extra_forbidden":
            return _("There is no such field.")
        case "enum" | "literal_error":
            return _("Choose one of: %(choices)s.", choices=_choices(str(context.get("expected", ""))))
        case "int_parsing" | "int_type" | "int_from_float":
            return _("Give a whole number.")
        case "int_parsing_size" | "finite_number":
            return _("This number is too large.")
        case "float_parsing" | "float_type":
            return _("Give a number.")
        case "date_parsing" | "date_from_datetime_parsing" | "date_from_datetime_inexact" | "date_type":
            return _("Give a date like 2026-12-31.")
        case (
            "datetime_parsing"
            | "datetime_from_date_parsing"
            | "datetime_object_invalid"
            | "datetime_type"
            | "timezone_aware"
            | "timezone_naive"
        ):
            return _("Give a date and a time, such as 2026-12-31T09:00.")
        case "string_type" | "string_sub_type" | "string_unicode":
            return _("Give text.")
        case "bool_type" | "bool_parsing":
            return _("Give true or false.")
        case "list_type" | "tuple_type":
            return _("Give a list.")
        case "dict_type" | "model_type" | "model_attributes_type":
            return _("Give an object of names and values.")
        case "too_short":
            return _("At least %(count)s of them.", count=context["min_length"])
        case "too_long":
            return _("At most %(count)s of them.", count=context["max_length"])
        case "string_pattern_mismatch":
            return _("There are characters in this that cannot stand here.")
        case "greater_than_equal":
            return _("Not below %(least)s.", least=context["ge"])
        case "less_than_equal":
            return _("Not above %(most)s.", most=context["le"])
        case "json_invalid" | "json_type":
            return _("The body is not valid JSON.")
        case "value_error" if context.get("error"):
            return str(context["error"])  # the words of a check of our own
        case _:
            return _("This cannot be taken as it is.")


def _choices(expected: str) -> str:
    """`'a', 'b' or 'c'` as pydantic says it, without the English word in it."""
    return expected.replace(" or ", ", ").replace("'', ", "")
