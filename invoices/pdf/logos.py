"""The seller's logo, decoded here so that broken bytes never meet the page."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageOps

from crm.base.images import FORMATS, MOST_PIXELS

LARGEST = (1_200, 480)  # pixels: more than 300 dots an inch at the size it is printed


class BrokenLogoError(ValueError):
    pass


@lru_cache(maxsize=8)
def as_png(logo: bytes) -> bytes:
    """Return the logo as a PNG of at most ``LARGEST``; nothing when it cannot be read."""
    if not logo:
        return b""
    try:
        image = _decoded(logo)
    except BrokenLogoError:
        return b""
    image.thumbnail(LARGEST)
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _decoded(logo: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(logo), formats=FORMATS) as file:
            if file.width * file.height > MOST_PIXELS:
                raise BrokenLogoError
            return ImageOps.exif_transpose(file).convert("RGBA")
    # Decoders meet broken bytes with nearly every exception there is.
    except Exception as error:
        raise BrokenLogoError from error
