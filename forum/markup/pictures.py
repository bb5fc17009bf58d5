"""Pictures and files of this site in a text: `![alt](/uploads/12/1600x1200.webp)`, `[name](/uploads/12/name.pdf)`.

The address of a picture says how large it is, so that a text is rendered without looking anything up. Who may see the bytes is
asked when they are asked for. One that moves says that too, `1600x1200.moving.webp`: in a text it stands still, and leads to where it plays. A picture is no `figure`: those are quotes, and `quotes.py` counts where they end.
"""

import re
from html import escape

NARROWER = (320, 1_200)  # the widths there are of every wider picture
SIZES = "(min-width: 48rem) 42rem, 92vw"

PLAY_SLOT = '<span class="picture__play">…</span>'
REMOVED = "/uploads/removed"  # stands in a text where something was, and is no more

_ID = r"[1-9]\d{0,18}"
_PICTURE = re.compile(rf"/uploads/({_ID})/([1-9]\d{{0,4}})x([1-9]\d{{0,4}})(\.moving)?\.webp", re.ASCII)
_VARIANT = re.compile(rf"/uploads/{_ID}/(?:[1-9]\d{{0,4}}x)?[1-9]\d{{0,4}}\.webp", re.ASCII)
_SET = re.compile(rf"{_VARIANT.pattern} \d{{1,5}}w(?:, {_VARIANT.pattern} \d{{1,5}}w){{0,2}}", re.ASCII)
_FILE = re.compile(rf"/uploads/{_ID}/[^/?#\s]+", re.ASCII)


def is_picture(address: str) -> bool:
    return bool(_PICTURE.fullmatch(address))


def is_variant(address: str) -> bool:
    """Whether this may be the source of a picture: of this site's own making, and nothing else."""
    return bool(_VARIANT.fullmatch(address))


def is_set(addresses: str) -> bool:
    """Whether this is such a list of sources as is written here."""
    return bool(_SET.fullmatch(addresses))


def is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[1-9]\d{0,4}", text, re.ASCII))


def is_file(address: str) -> bool:
    """Whether a link leads to what was uploaded."""
    return bool(_FILE.fullmatch(address)) and not is_picture(address)


def picture_html(address: str, alt: str, *, is_link: bool) -> str:
    """The picture, leading to its widest variant where it has words for that; to the one that moves, by words of its own."""
    found = _PICTURE.fullmatch(address)
    if not found:
        raise ValueError(address)
    upload, width, height = found[1], int(found[2]), int(found[3])
    narrower, moves = [step for step in NARROWER if step < width], bool(found[4])
    if moves:
        narrower = narrower[:1]
    sources = [(f"/uploads/{upload}/{step}.webp", step) for step in narrower]
    sources.append((f"/uploads/{upload}/{width}x{height}.webp", width))
    shown = sources[min(1, len(sources) - 1)][0]
    several = ", ".join(f"{source} {step}w" for source, step in sources)
    chosen = f' srcset="{several}" sizes="{SIZES}"' if narrower else ""
    image = (
        f'<img class="picture__image" src="{shown}"{chosen} width="{width}" height="{height}"'
        f' alt="{escape(alt)}" loading="lazy">'
    )
    if moves and is_link:
        return f'<a class="picture" href="{address}">{image}{PLAY_SLOT}</a>'
    return f'<a class="picture" href="{address}">{image}</a>' if is_link and alt else image
