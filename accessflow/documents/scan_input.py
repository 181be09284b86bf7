"""What people upload as a scan (PDF, PNG, JPEG, in one file or several) -> one PDF of pages.

Only pages are taken over: no scripts, attached files or actions of a PDF. What would take the
machine's memory when it is unpacked is refused before that.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from typing import Any

import pikepdf
from PIL import Image, ImageOps

from accessflow.documents import media
from accessflow.domain.errors import Invalid

MAX_PIXELS = 80_000_000
"""Of one picture: A3 at 600 dpi is 70 million."""
MAX_PAGES = 300
MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of one stream of a PDF."""
A4_MM = (210, 297)
LIKELY_SHORT_MM = (130, 320)
"""A sheet's short side: a picture that claims another size has no true resolution in it."""
MM_PER_INCH = 25.4
POINTS = 72
_BROKEN_PICTURE = (OSError, ValueError, SyntaxError, ArithmeticError)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_EXIF_ORIENTATION = 0x0112
_TURNED_BY_CAMERA = {1: 0, 3: 180, 6: 90, 8: 270}
"""Clockwise degrees that bring the picture upright; the other values are mirrored."""


def assemble(uploads: Sequence[tuple[str, bytes]]) -> bytes:
    """One PDF of all pages in the order of the files: (name, content). The same files, the same
    bytes. Raises Invalid with the file's name and what to do."""
    if not uploads:
        raise Invalid("Выберите файл скана.")
    made = pikepdf.new()
    sources = []  # a page taken over leans on its document until this one is written
    for name, content in uploads:
        source = _document_of(name, content)
        sources.append(source)
        made.pages.extend(source.pages)
        if len(made.pages) > MAX_PAGES:
            raise Invalid(
                f"«{name}»: больше {MAX_PAGES} страниц. Разделите скан на несколько файлов."
            )
    return saved(made)


def saved(document: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def opened(content: bytes) -> pikepdf.Pdf:
    """Raises pikepdf.PdfError, its PasswordError where a password is asked for."""
    return pikepdf.open(io.BytesIO(content))


def _document_of(name: str, content: bytes) -> pikepdf.Pdf:
    kind = media.media_type(content)
    if kind == media.PDF:
        return _cleaned(name, content)
    if kind in (media.PNG, media.JPEG):
        return _of_picture(name, content, kind)
    raise Invalid(f"«{name}»: это не скан. Принимаются PDF, PNG, JPEG.")


def _cleaned(name: str, content: bytes) -> pikepdf.Pdf:
    try:
        document = opened(content)
        _refuse_bombs(name, document)
        document.flatten_annotations("all")
        for page in document.pages:
            for key in ("/Annots", "/AA", "/Metadata", "/PieceInfo"):
                if key in page.obj:
                    del page.obj[key]
    except pikepdf.PasswordError:
        raise Invalid(
            f"«{name}»: PDF закрыт паролем. Сохраните его без пароля и загрузите снова."
        ) from None
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, KeyError, TypeError):
        raise Invalid(
            f"«{name}»: PDF повреждён и не открывается. Отсканируйте или сохраните его заново."
        ) from None
    if not document.pages:
        raise Invalid(f"«{name}»: в PDF нет ни одной страницы.")
    return document


def _refuse_bombs(name: str, document: pikepdf.Pdf) -> None:
    for thing in document.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        if thing.get("/Subtype") == "/Image":
            _refuse_large(name, int(thing.get("/Width", 0)), int(thing.get("/Height", 0)))
        if _filters(thing).count("/FlateDecode") and not _unpacks(thing):
            raise Invalid(f"«{name}»: страница при открытии занимает слишком много памяти.")


def _filters(stream: pikepdf.Stream) -> list[str]:
    found: Any = stream.get("/Filter")
    if found is None:
        return []
    return [str(one) for one in found] if isinstance(found, pikepdf.Array) else [str(found)]


def _unpacks(stream: pikepdf.Stream) -> bool:
    """Whether a packed stream stays within bounds. One packed twice is no scanner's work."""
    filters = _filters(stream)
    if filters.count("/FlateDecode") > 1:
        return False
    if filters[0] != "/FlateDecode":
        return True
    packed, unpacker, total = stream.read_raw_bytes(), zlib.decompressobj(), 0
    while packed and total <= MAX_UNPACKED:
        try:
            total += len(unpacker.decompress(packed, 1 << 20))
        except zlib.error:  # damaged: whoever draws the page tells it
            return True
        packed = unpacker.unconsumed_tail
    return total <= MAX_UNPACKED


def _refuse_large(name: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Invalid(
            f"«{name}»: изображение {width}×{height} точек слишком велико."
            " Отсканируйте с разрешением 200–300 dpi."
        )


def _of_picture(name: str, content: bytes, kind: str) -> pikepdf.Pdf:
    try:
        image = Image.open(io.BytesIO(content))
        _refuse_large(name, image.width, image.height)
        image.load()
        turned = _TURNED_BY_CAMERA.get(image.getexif().get(_EXIF_ORIENTATION, 1))
        if kind == media.JPEG and turned is not None and image.mode in ("L", "RGB"):
            return _page(image, content, "/DCTDecode", turned)
        return _drawn_anew(image)
    except _BOMB:
        raise Invalid(f"«{name}»: изображение слишком велико. Нужно 200–300 dpi.") from None
    except _BROKEN_PICTURE:
        raise Invalid(
            f"«{name}»: изображение повреждено и не открывается. Отсканируйте заново."
        ) from None


def _drawn_anew(image: Image.Image) -> pikepdf.Pdf:
    """Without loss: transparency on white, sixteen bits and palettes as eight bits."""
    dpi = image.info.get("dpi")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda level: level * (1 / 256))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    image = image.convert("L" if image.mode in ("1", "L", "I", "I;16") else "RGB")
    if dpi:
        image.info["dpi"] = dpi
    return _page(image, zlib.compress(image.tobytes(), 6), "/FlateDecode", 0)


def _page(image: Image.Image, data: bytes, packed: str, turned: int) -> pikepdf.Pdf:
    """One page of the sheet's size with the picture on all of it."""
    document = pikepdf.new()
    width, height = (side / resolution(image) * POINTS for side in image.size)
    picture = pikepdf.Stream(
        document,
        data,
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": image.width,
            "/Height": image.height,
            "/ColorSpace": pikepdf.Name.DeviceGray if image.mode == "L" else pikepdf.Name.DeviceRGB,
            "/BitsPerComponent": 8,
            "/Filter": pikepdf.Name(packed),
        },
    )
    page = document.add_blank_page(page_size=(round(width, 2), round(height, 2)))
    page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=picture))
    page.obj["/Contents"] = pikepdf.Stream(
        document, f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Scan Do Q".encode()
    )
    page.obj["/Rotate"] = turned
    return document


def resolution(image: Image.Image) -> float:
    """Dots per inch as the picture says, else as if it were an A4 sheet."""
    short, long = sorted(image.size)
    told = image.info.get("dpi")
    dpi = float(told[0]) if told and told[0] else 0.0
    if dpi and LIKELY_SHORT_MM[0] <= short / dpi * MM_PER_INCH <= LIKELY_SHORT_MM[1]:
        return dpi
    return max(short / A4_MM[0], long / A4_MM[1]) * MM_PER_INCH
