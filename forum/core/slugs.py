"""Slugs: the readable part of an address, in any script."""

import re
import unicodedata

MOST = 80
# Folding knows one small sigma; at the end of a word there is another.
_LAST_SIGMA = re.compile(r"(?<=[^\W\d_])σ(?![^\W\d_])")
_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)


def slugify(text: str, *, fallback: str = "untitled") -> str:
    """Lower-case words joined by hyphens; letters of every script are kept, Latin accents are dropped."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = unicodedata.normalize("NFKD", folded.casefold())  # 𝕊 becomes S only now
    folded = "".join(c for c in folded if not _is_latin_accent(c))
    slug = _NOT_WORD.sub("-", unicodedata.normalize("NFC", folded)).replace("_", "-").strip("-")
    slug = re.sub("-{2,}", "-", slug)
    if len(slug) > MOST:
        slug = slug[:MOST].rpartition("-")[0] or slug[:MOST]
    return _LAST_SIGMA.sub("ς", slug) or fallback


def is_slug(text: str) -> bool:
    """Whether this is how an address is spelled; sigmas may be those of earlier ones, which have one kind alone."""
    return slugify(text).replace("ς", "σ") == text.replace("ς", "σ")


def _is_latin_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"
