"""Slugs: the readable part of an address, in any script."""

import re
import unicodedata

MOST = 80
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
    return slug or fallback


def _is_latin_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"
