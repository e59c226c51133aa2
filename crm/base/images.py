"""Photos: what is uploaded is decoded with suspicion and made anew, so nothing of it survives."""

import hashlib
import math
import struct
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, PngImagePlugin
from PIL.Image import Resampling, Transpose

FORMATS = ("JPEG", "PNG", "WEBP")  # the only decoders ever entered
LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 8_000
FULL_SIDE = 1_600
THUMBNAIL_SIDE = 160
# A JPEG has at most some dozens of scans; each costs a pass over all pixels for a few bytes.
MOST_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
_ORIENTATION = 0x0112  # EXIF
_TURNED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

warnings.simplefilter("error", Image.DecompressionBombWarning)
PngImagePlugin.MAX_TEXT_MEMORY = 4_000_000  # text is unpacked on opening, and thrown away here

# A photo at the limits takes some 250 MB while it is decoded: one at a time per process.
_decoding = threading.Lock()


@dataclass(frozen=True)
class Photo:
    """An image made here: upright WebP without metadata, and its square thumbnail.

    ``digest`` is the SHA-256 of ``full``, in hex.
    """

    digest: str
    full: bytes
    thumbnail: bytes


def make_photo(file: IO[bytes]) -> Photo:
    """Make a photo of an uploaded JPEG, PNG or WebP.

    Raises ``ValidationError`` with the code ``photo_too_large``, ``photo_not_an_image``,
    ``photo_too_many_pixels`` or ``photo_animated``; all but broken pixels before any is decoded.
    """
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValidationError(_("The photo is larger than 5 MB."), code="photo_too_large")
    with _decoding:
        image = _open(content)
        try:
            upright = _upright(image)
        # Decoders meet hostile bytes with nearly every exception there is.
        except Exception as error:
            raise _not_an_image() from error
        full = _webp(upright)
        thumbnail = _webp(ImageOps.fit(upright, (THUMBNAIL_SIDE, THUMBNAIL_SIDE)))
    return Photo(hashlib.sha256(full).hexdigest(), full, thumbnail)


def _open(content: bytes) -> Image.Image:
    """Read the headers of an image and check what they promise."""
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise _not_an_image() from error
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise _too_many_pixels()
    # A camera's "MPO" is a JPEG with a preview or a depth map behind it: the first is the photo.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise ValidationError(_("The photo is animated."), code="photo_animated")
    if image.format in ("JPEG", "MPO") and content.count(_START_OF_SCAN) > MOST_SCANS:
        raise _not_an_image()
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Decode ``image``, no larger than needed, as a camera's owner saw it."""
    scale = FULL_SIDE / max(image.size)
    width, height = (math.ceil(side * scale) for side in image.size)
    image.draft(None, (width, height))  # a JPEG shrinks while it is decoded
    image.load()
    turned = _TURNED.get(_orientation(image))
    image = _in_plain_colours(image)
    image.thumbnail((FULL_SIDE, FULL_SIDE), Resampling.LANCZOS)
    return image.transpose(turned) if turned is not None else image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except (LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return 1  # damaged metadata are no reason to refuse the pixels


def _in_plain_colours(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would clip
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)  # convert() copies regardless


def _webp(image: Image.Image) -> bytes:
    # Only what is named here is written: no profile, no position, no text.
    written = BytesIO()
    image.save(written, "WEBP", quality=82)
    return written.getvalue()


def _not_an_image() -> ValidationError:
    message = _("The photo is not a JPEG, PNG or WebP image, or it is damaged.")
    return ValidationError(message, code="photo_not_an_image")


def _too_many_pixels() -> ValidationError:
    message = _("The photo is too large: at most 25 megapixels, and 8000 pixels a side.")
    return ValidationError(message, code="photo_too_many_pixels")
