"""An uploaded picture on standard input → a clean JPEG on standard output, in a process of its own with little memory and time.

Exit 3: not a picture we take. Exit 4: too many pixels. Everything that is not picture (place, camera, comments) is left behind.
A picture of 20 KB may hold 169 million pixels and cost 800 MB: its size is looked at before it is decoded.
"""

from __future__ import annotations

import io
import sys

from PIL import Image, ImageOps, UnidentifiedImageError

PIXELS = 40_000_000
SIDE = 2048
MEMORY = 1 << 30  # bytes of address space
FORMATS = ("JPEG", "PNG", "WEBP")
NOT_A_PICTURE, TOO_MANY_PIXELS = 3, 4


def clean(raw: bytes) -> bytes:
    """JPEG of at most 2048 pixels a side, upright. Raises ValueError("pixels") or ValueError("picture")."""
    Image.MAX_IMAGE_PIXELS = None  # our own cap below answers before any decoding
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise ValueError("pixels")
            image.draft("RGB", (SIDE, SIDE))
            return _encode(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, OSError, SyntaxError, EOFError, MemoryError) as error:
        raise ValueError("picture") from error


def _encode(image: Image.Image) -> bytes:
    image.thumbnail((SIDE, SIDE))
    flat = Image.new("RGB", image.size, "white")
    seen = image.convert("RGBA") if "A" in image.getbands() or "transparency" in image.info else image.convert("RGB")
    flat.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=85, optimize=True)  # a new image: no comment, no EXIF, no profile comes along
    return out.getvalue()


def main() -> int:
    """Clean what comes in."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - exists on Unix only

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        sys.stdout.buffer.write(clean(sys.stdin.buffer.read()))
    except ValueError as error:
        return TOO_MANY_PIXELS if str(error) == "pixels" else NOT_A_PICTURE
    return 0


if __name__ == "__main__":
    sys.exit(main())
