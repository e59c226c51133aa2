import hashlib
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile, ImageOps
from PIL.PngImagePlugin import PngInfo

from crm.base import images
from crm.base.images import Photo, make_photo

ORIENTATION, GPS = 0x0112, 0x8825
PAYLOAD = b"<script>alert(document.domain)</script>"
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    written = BytesIO()
    image.save(written, image_format, **options)
    return written.getvalue()


def four_corners(width: int = 60, height: int = 40) -> Image.Image:
    image = Image.new("RGB", (2, 2))
    for place, colour in zip(
        [(0, 0), (1, 0), (0, 1), (1, 1)], [RED, GREEN, BLUE, WHITE], strict=True
    ):
        image.putpixel(place, colour)
    return image.resize((width, height), Image.Resampling.NEAREST)


def chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png_that_claims(width: int, height: int, *extra: bytes, pixels: bytes = b"\0" * 31) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(pixels))
    return SIGNATURE + header + b"".join(extra) + data + chunk(b"IEND", b"")


def jpeg_that_claims(width: int, height: int) -> bytes:
    content = bytearray(encoded(four_corners(), "JPEG"))
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp_that_claims(width: int, height: int) -> bytes:
    content = bytearray(encoded(four_corners(), "WEBP", lossless=True))
    content[21:25] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(content)


def photo_of(content: bytes) -> Photo:
    return make_photo(BytesIO(content))


def refusal_of(content: bytes) -> str | None:
    with pytest.raises(ValidationError) as refusal:
        photo_of(content)
    return refusal.value.code


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content), formats=("WEBP",))
    image.load()
    return image


def corners(image: Image.Image) -> list[str]:
    """Return the names of the colours in the corners, as near as a lossy format keeps them."""
    width, height = image.size
    names = []
    for place in [(5, 5), (width - 6, 5), (5, height - 6), (width - 6, height - 6)]:
        pixel = image.convert("RGB").getpixel(place)
        assert isinstance(pixel, tuple)
        names.append("".join(name for name, light in zip("RGB", pixel, strict=True) if light > 127))
    return names


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the sizes of the images whose pixels were decoded."""
    sizes: list[str] = []
    load = ImageFile.ImageFile.load

    def spy(self: ImageFile.ImageFile) -> Any:
        sizes.append(str(self.size))
        return load(self)

    monkeypatch.setattr(ImageFile.ImageFile, "load", spy)
    return sizes


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_it_makes_a_photo_and_a_thumbnail(image_format: str) -> None:
    photo = photo_of(encoded(four_corners(), image_format))
    assert photo.digest == hashlib.sha256(photo.full).hexdigest()
    assert opened(photo.full).size == (60, 40)
    assert opened(photo.thumbnail).size == (160, 160)
    assert corners(opened(photo.full)) == ["R", "G", "B", "RGB"]
    assert corners(opened(photo.thumbnail)) == ["R", "G", "B", "RGB"]


def test_the_same_upload_makes_the_same_photo() -> None:
    content = encoded(four_corners(), "PNG")
    assert photo_of(content) == photo_of(content)


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((4000, 3000), (1600, 1200)),
        ((1200, 2400), (800, 1600)),
        ((8000, 1), (1600, 1)),
        ((1, 1), (1, 1)),
    ],
)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_it_shrinks_what_is_larger_than_a_screen(
    image_format: str, size: tuple[int, int], made: tuple[int, int]
) -> None:
    photo = photo_of(encoded(Image.new("RGB", size, BLUE), image_format))
    assert opened(photo.full).size == made
    assert opened(photo.thumbnail).size == (160, 160)


def test_a_large_jpeg_shrinks_while_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded_sizes = []
    plain = images._in_plain_colours

    def spy(image: Image.Image) -> Image.Image:
        decoded_sizes.append(image.size)
        return plain(image)

    monkeypatch.setattr(images, "_in_plain_colours", spy)
    photo_of(encoded(Image.new("RGB", (6400, 3200)), "JPEG"))
    assert decoded_sizes == [(1600, 800)]


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("L", 200, (200, 200, 200, 255)),
        ("I;16", 200 * 256, (200, 200, 200, 255)),
        ("1", 255, (255, 255, 255, 255)),
        ("P", 0, (0, 0, 0, 255)),
        ("LA", (200, 0), (0, 0, 0, 0)),
        ("RGBA", (0, 0, 255, 255), (0, 0, 255, 255)),
    ],
)
def test_it_understands_every_kind_of_pixel(mode: str, colour: Any, shown: tuple[int, ...]) -> None:
    pixel = opened(photo_of(encoded(Image.new(mode, (9, 9), colour), "PNG")).full).convert("RGBA")
    found = pixel.getpixel((4, 4))
    assert isinstance(found, tuple)
    if shown[3] == 0:
        assert found[3] == 0
    else:
        assert all(abs(a - b) < 8 for a, b in zip(found, shown, strict=True))


def test_it_understands_a_printers_jpeg() -> None:
    assert corners(opened(photo_of(encoded(four_corners().convert("CMYK"), "JPEG")).full))[0] == "R"


# What is refused by its headers, before a pixel is decoded -------------------------------------


@pytest.mark.parametrize("claim", [png_that_claims, jpeg_that_claims, webp_that_claims])
@pytest.mark.parametrize(
    ("width", "height"), [(13_000, 13_000), (10_000, 9_000), (8_001, 1), (1, 8_001), (5_001, 5_000)]
)
def test_it_refuses_a_pixel_bomb_without_decoding_it(
    claim: Any, width: int, height: int, decoded: list[str]
) -> None:
    assert refusal_of(claim(width, height)) == "photo_too_many_pixels"
    assert decoded == []


@pytest.mark.parametrize(("width", "height"), [(2**31 - 1, 2**31 - 1), (60_000, 60_000)])
def test_it_refuses_a_claim_that_no_memory_could_hold(
    width: int, height: int, decoded: list[str]
) -> None:
    assert refusal_of(png_that_claims(width, height)) == "photo_too_many_pixels"
    assert decoded == []


def test_the_limit_on_pixels_is_no_tighter_than_it_says() -> None:
    blank = zlib.compress((b"\0" * (3 * 5000 + 1)) * 5000)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 5000, 5000, 8, 2, 0, 0, 0))
    content = SIGNATURE + header + chunk(b"IDAT", blank) + chunk(b"IEND", b"")
    assert opened(photo_of(content).full).size == (1600, 1600)


def test_it_reads_no_more_than_it_takes() -> None:
    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size > 0
            self.taken += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(ValidationError) as refusal:
        make_photo(endless)
    assert refusal.value.code == "photo_too_large"
    assert endless.taken <= images.LARGEST_FILE + 1


def test_it_takes_a_file_of_exactly_five_megabytes() -> None:
    content = encoded(four_corners(), "JPEG")
    assert photo_of(content.ljust(images.LARGEST_FILE, b"\0")) == photo_of(content)
    assert refusal_of(content.ljust(images.LARGEST_FILE + 1, b"\0")) == "photo_too_large"


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_it_refuses_an_animation(image_format: str, decoded: list[str]) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in (RED, GREEN)]
    content = encoded(frames[0], image_format, save_all=True, append_images=frames[1:])
    decoded.clear()
    assert refusal_of(content) == "photo_animated"
    assert decoded == []


def test_it_takes_the_photo_of_a_camera_that_adds_a_preview() -> None:
    content = encoded(
        four_corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9), RED)]
    )
    assert corners(opened(photo_of(content).full)) == ["R", "G", "B", "RGB"]


@pytest.mark.parametrize("image_format", ["GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "EPS", "PDF"])
def test_it_enters_no_other_decoder(image_format: str, decoded: list[str]) -> None:
    content = encoded(four_corners(), image_format)
    decoded.clear()
    assert refusal_of(content) == "photo_not_an_image"
    assert decoded == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"8BPS\0\1" + b"\0" * 40,
        b"SIMPLE  =                    T",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html>" + PAYLOAD,
        b"GIF89a/*" + encoded(Image.new("RGB", (9, 9)), "JPEG"),
        PAYLOAD + encoded(Image.new("RGB", (9, 9)), "PNG"),
        SIGNATURE,
        b"\xff\xd8\xff\xe0",
        b"RIFF\x24\0\0\0WEBPVP8X",
    ],
)
def test_it_refuses_what_only_calls_itself_an_image(content: bytes) -> None:
    assert refusal_of(content) == "photo_not_an_image"


def test_it_refuses_a_jpeg_of_endless_passes(decoded: list[str]) -> None:
    content = encoded(four_corners(), "JPEG", progressive=True)
    scan = content[content.rindex(b"\xff\xda") : -2]
    decoded.clear()
    assert refusal_of(content[:-2] + scan * 1000 + content[-2:]) == "photo_not_an_image"
    assert decoded == []


def test_it_refuses_text_that_unpacks_without_end() -> None:
    packed = zlib.compress(b"a" * 900_000)
    texts = [chunk(b"zTXt", b"key%d\0\0" % number + packed) for number in range(20)]
    assert refusal_of(png_that_claims(10, 10, *texts)) == "photo_not_an_image"


# What turns out to be broken only when it is decoded -------------------------------------------


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_it_refuses_a_truncated_file(image_format: str, kept: float) -> None:
    content = encoded(Image.effect_noise((200, 200), 80), image_format)
    assert refusal_of(content[: int(len(content) * kept)]) == "photo_not_an_image"


@pytest.mark.parametrize("claim", [png_that_claims, webp_that_claims])
def test_it_refuses_a_file_with_fewer_pixels_than_it_claims(claim: Any) -> None:
    assert refusal_of(claim(3000, 3000)) == "photo_not_an_image"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_whatever_is_damaged_it_is_a_photo_or_a_refusal(
    image_format: str, damage: list[tuple[float, int]]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    content = bytearray(encoded(four_corners(), image_format, exif=exif))
    for place, value in damage:
        content[int(place * len(content))] = value
    try:
        made = photo_of(bytes(content)).full
    except ValidationError:
        return
    assert opened(made).format == "WEBP"


# What must not survive --------------------------------------------------------------------------


def jpeg_with_payload() -> bytes:
    return encoded(four_corners(), "JPEG", comment=PAYLOAD) + PAYLOAD


def png_with_payload() -> bytes:
    text = PngInfo()
    text.add_text("Comment", PAYLOAD.decode())
    text.add_itxt("XML:com.adobe.xmp", PAYLOAD.decode())
    return encoded(four_corners(), "PNG", pnginfo=text, icc_profile=PAYLOAD) + PAYLOAD


def webp_with_payload() -> bytes:
    return encoded(four_corners(), "WEBP", xmp=PAYLOAD, icc_profile=PAYLOAD) + PAYLOAD


@pytest.mark.parametrize("make", [jpeg_with_payload, png_with_payload, webp_with_payload])
def test_nothing_but_pixels_survives(make: Any) -> None:
    content = make()
    assert PAYLOAD in content
    photo = photo_of(content)
    for made in (photo.full, photo.thumbnail):
        assert PAYLOAD not in made
        assert b"script" not in made
        assert not {"exif", "icc_profile", "xmp"} & set(opened(made).info)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_it_forgets_where_and_with_what_a_photo_was_taken(image_format: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    exif[GPS] = {1: "N", 2: (10.0, 30.0, 0.0), 3: "W", 4: (66.0, 54.0, 0.0)}
    content = encoded(four_corners(), image_format, exif=exif)
    assert b"SecretCameraMaker" in content
    photo = photo_of(content)
    for made in (photo.full, photo.thumbnail):
        assert b"SecretCameraMaker" not in made
        assert dict(opened(made).getexif()) == {}
        assert made[12:16] != b"VP8X"  # the simple container has no room for metadata


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_upright(image_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    content = encoded(four_corners(), image_format, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(BytesIO(content)))
    made = opened(photo_of(content).full)
    assert made.size == upright.size
    assert corners(made) == corners(upright)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "damaged",
    [
        b"nonsense",
        b"MM\0*\0",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x02x\0\0\0\0\0\0\0",  # a letter for a number
    ],
)
def test_damaged_metadata_are_no_reason_to_refuse_a_photo(
    image_format: str, damaged: bytes
) -> None:
    content = encoded(four_corners(), image_format, exif=b"Exif\0\0" + damaged)
    assert corners(opened(photo_of(content).full)) == ["R", "G", "B", "RGB"]
