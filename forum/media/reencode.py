"""A picture made anew from its pixels alone: run as a program of its own, with little memory and little time.

`python -I reencode.py SOURCE FOLDER` writes the variants into the folder, as WebP, and says on the standard output what it
made of it, as JSON: `{"width", "height", "frames", "variants": {name: [width, height]}}`, or `{"refused": reason}` with
`pixels`, `frames`, `format` or `broken`. It imports nothing of the application, so that it starts quickly, and whatever a
hostile file does to a decoder, it does it here. What dies of its limits leaves nothing that could be taken for an answer.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MOST_PIXELS = 25_000_000
MOST_FRAMES = 200
MOST_MOVING_PIXELS = 120_000_000  # of all frames together
WIDEST = 2_400
HIGHEST = 9_600  # a long picture of a screen stays readable; WebP ends at 16,383
WIDEST_MOVING = 800
NARROWER = (320, 1_200)
DRAWN_PIXELS, DRAWN_COLORS = 6_000_000, 2_048  # charts and pictures of screens: kept to the last pixel

MEMORY = 700_000_000  # of address space, in bytes
CPU_SECONDS = 5
LARGEST_OUTPUT = 40_000_000


class Refused(Exception):
    """The picture is not taken, and why in one word."""


def bind() -> None:
    """Less of everything, from here on and for good."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def reencode(source: Path, folder: Path) -> dict[str, Any]:
    """Write the variants; say what there is. Raises Refused."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(source, formats=FORMATS) as image:
        # Asked of the header, before a single pixel is unpacked.
        if image.width * image.height > MOST_PIXELS or min(image.size) < 1:
            raise Refused("pixels")
        frames = int(getattr(image, "n_frames", 1))
        if frames > MOST_FRAMES:
            raise Refused("frames")
        if frames > 1 and frames * image.width * image.height > MOST_MOVING_PIXELS:
            raise Refused("pixels")
        return _moving(image, frames, folder) if frames > 1 else _still(image, folder)


def _still(image: Any, folder: Path) -> dict[str, Any]:
    from PIL import ImageOps

    is_photograph = image.format == "JPEG"
    if is_photograph:
        image.draft("RGB" if image.mode != "CMYK" else "CMYK", (WIDEST * 2, HIGHEST * 2))
    image.load()
    upright = ImageOps.exif_transpose(image)
    full = _fitted(_in_plain_colors(upright), WIDEST, HIGHEST)
    is_drawn = full.width * full.height <= DRAWN_PIXELS and full.getcolors(DRAWN_COLORS) is not None
    variants = {}
    for width in (*NARROWER, 0):
        if width and width >= full.width:
            continue
        shown = _fitted(full, width, HIGHEST) if width else full
        name = f"{width}.webp" if width else f"{full.width}x{full.height}.webp"
        shown.save(
            folder / name,
            "WEBP",
            quality=82 if is_photograph else 90,
            method=2,
            lossless=not width and is_drawn,
        )
        variants[name] = [shown.width, shown.height]
    return {"width": full.width, "height": full.height, "frames": 1, "variants": variants}


def _moving(image: Any, frames: int, folder: Path) -> dict[str, Any]:
    """The animation, and its first frame as the picture that pages show: nothing moves unasked."""
    durations: list[int] = []

    def frame(number: int) -> Any:
        image.seek(number)
        durations.append(max(int(image.info.get("duration") or 100), 20))
        return _fitted(image.convert("RGBA"), WIDEST_MOVING, WIDEST_MOVING * 4)

    first = frame(0)
    still, name = f"{first.width}x{first.height}.webp", f"{first.width}x{first.height}.moving.webp"
    variants = {still: [first.width, first.height], name: [first.width, first.height]}
    first.save(folder / still, "WEBP", quality=82, method=2)
    if first.width > NARROWER[0]:
        small = _fitted(first, NARROWER[0], HIGHEST)
        small.save(folder / f"{NARROWER[0]}.webp", "WEBP", quality=82, method=2)
        variants[f"{NARROWER[0]}.webp"] = [small.width, small.height]
    loops = int(image.info.get("loop") or 0)
    rest = [frame(number) for number in range(1, frames)]
    first.save(
        folder / name,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=durations,
        loop=max(0, min(loops, 65_535)),
        quality=70,
        method=0,
    )
    return {"width": first.width, "height": first.height, "frames": frames, "variants": variants}


def _in_plain_colors(image: Any) -> Any:
    """RGB or RGBA as screens have it, whatever the file had; its profile is used up."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits a channel, or more
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            image = _as_srgb(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            profile = None  # a profile that cannot be read says nothing of the colors
    has_alpha = image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    plain.info.clear()
    return plain


def _as_srgb(image: Any, profile: bytes) -> Any:
    import io

    from PIL import ImageCms

    return ImageCms.profileToProfile(
        image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )


def _fitted(image: Any, width: int, height: int) -> Any:
    """No wider and no higher than this, in its own proportion."""
    from PIL import Image

    if image.width <= width and image.height <= height:
        return image
    smaller = image.copy()
    smaller.thumbnail((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return smaller


def main() -> int:
    bind()
    try:
        told = reencode(Path(sys.argv[1]), Path(sys.argv[2]))
    except Refused as refused:
        told = {"refused": str(refused)}
    except Exception as error:  # noqa: BLE001 - decoders fail in every way there is
        name = type(error).__name__
        told = {
            "refused": {"UnidentifiedImageError": "format", "DecompressionBombError": "pixels"}.get(
                name, "broken"
            )
        }
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
