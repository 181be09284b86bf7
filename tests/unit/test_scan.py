"""A scan as a scanner makes it: read, made upright, taken apart, refused in words."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from accessflow.documents import scan
from accessflow.documents.model import Stamp
from accessflow.documents.picture import page_picture
from accessflow.domain.errors import Invalid, NotFound
from tests import scan_examples as paper
from tests.scan_examples import DIGEST, drawn, jpeg, printed, worn

CODE = Stamp(DIGEST, "2026-00412", 3)


def one(content: bytes, name: str = "скан.jpg") -> scan.Sheet:
    [sheet] = scan.look(scan.assemble([(name, content)]))
    return sheet


@pytest.mark.parametrize("dpi", [150, 200])
@pytest.mark.parametrize(
    ("skew", "turned"),
    [*((skew, 0) for skew in range(1, 8)), (-2, 90), (3, 90), (-7, 180), (5, 180), (-4, 270)],
)
def test_the_code_of_a_worn_page_is_read(dpi: int, skew: int, turned: int) -> None:
    [page] = drawn(printed(), dpi)
    sheet = one(jpeg(worn(page, skew=skew, noise=60, turned=turned), 40, dpi))
    assert sheet.codes == (CODE,)
    assert sheet.askew == turned  # turned one way by the scanner, the other way back
    assert not sheet.blank


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_is_brought_upright(turned: int) -> None:
    [page] = drawn(printed())
    pdf = scan.assemble([("a.png", paper.png(worn(page, turned=turned)))])
    upright = scan.upright(pdf, scan.look(pdf))
    [sheet] = scan.look(upright)
    assert (sheet.askew, sheet.codes) == (0, (CODE,))
    with Image.open(io.BytesIO(page_picture(upright, 1, 600))) as seen:
        assert seen.width > seen.height
        corner = seen.crop((int(seen.width * 0.8), int(seen.height * 0.8), *seen.size))
        assert corner.histogram()[0] > 0


@pytest.mark.parametrize("dpi", [72, 100, 150, 200, 300])
@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg"])
def test_the_resolution_is_told(dpi: int, kind: str) -> None:
    [page] = drawn(printed(), dpi)
    content = {
        "pdf": lambda: paper.pdf([page], dpi),
        "png": lambda: paper.png(page, dpi),
        "jpeg": lambda: jpeg(page, 80, dpi),
    }[kind]()
    assert one(content).dpi == pytest.approx(dpi, abs=1)


def test_a_photograph_without_a_true_resolution_counts_as_a_sheet() -> None:
    [page] = drawn(printed(), 300)
    assert one(jpeg(page, 80, 72)).dpi == pytest.approx(300, abs=2)
    assert one(paper.pdf([page], 72)).dpi == pytest.approx(300, abs=2)


def test_a_page_that_is_no_picture_has_no_resolution() -> None:
    sheet = one(printed(), "заявка.pdf")
    assert (sheet.dpi, sheet.codes) == (None, (CODE,))


@pytest.mark.parametrize("noise", [0, 60])
def test_a_blank_page_is_told_from_a_page_with_a_single_line(noise: int) -> None:
    assert one(jpeg(paper.blank(noise=noise))).blank
    sheet = paper.blank(noise=noise)
    sheet.paste(40, (300, 400, 900, 412))
    sheet.paste(40, (300, 500, 500, 504))
    assert not one(jpeg(sheet)).blank


def test_several_applications_in_one_scan() -> None:
    pages = [
        *drawn(printed("2026-00001", 1, pages=2)),
        paper.blank(),
        worn(drawn(printed("2026-00002", 4))[0], turned=180, skew=2),
    ]
    sheets = scan.look(scan.assemble([("всё.pdf", paper.pdf(pages))]))
    assert [sheet.code and (sheet.code.number, sheet.code.version) for sheet in sheets] == [
        ("2026-00001", 1), ("2026-00001", 1), None, ("2026-00002", 4),
    ]  # fmt: skip
    assert [sheet.blank for sheet in sheets] == [False, False, True, False]
    assert [sheet.askew for sheet in sheets] == [0, 0, 0, 180]


def test_two_sheets_on_one_glass_show_both_codes() -> None:
    [left], [right] = drawn(printed("2026-00001")), drawn(printed("2026-00002"))
    both = Image.new("L", (left.width, left.height * 2), 255)
    both.paste(left, (0, 0))
    both.paste(right, (0, left.height))
    assert {code.number for code in one(jpeg(both)).codes} == {"2026-00001", "2026-00002"}


def test_files_of_several_kinds_become_one_pdf_in_their_order() -> None:
    first, second = drawn(printed(pages=2))
    uploads = [("1.pdf", paper.pdf([first])), ("2.png", paper.png(second)), ("3.jpg", jpeg(first))]
    made = scan.assemble(uploads)
    assert len(scan.look(made)) == 3
    assert scan.assemble(uploads) == made


def test_a_picture_keeps_what_it_shows() -> None:
    image = Image.effect_noise((400, 300), 80)
    document = pikepdf.open(io.BytesIO(scan.assemble([("a.png", paper.png(image))])))
    [picture] = document.pages[0].get_images().values()
    assert isinstance(picture, pikepdf.Stream)
    assert pikepdf.PdfImage(picture).as_pil_image().tobytes() == image.tobytes()


def test_a_photograph_is_upright_as_the_camera_held_it() -> None:
    [page] = drawn(printed())
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    worn(page, turned=90).save(out, "JPEG", exif=exif)
    sheet = one(out.getvalue())
    assert (sheet.askew, sheet.codes) == (0, (CODE,))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    [page] = drawn(printed())
    if mode == "I;16":
        image = page.convert("I").point(lambda level: level * 257 + 0).convert(mode)
    else:
        image = page.convert("RGB").convert(mode)
    assert one(paper.png(image)).codes == (CODE,)


def test_pages_are_turned_and_taken() -> None:
    pdf = scan.assemble([("a.pdf", paper.scanned(printed(pages=2)))])
    turned = scan.turn(pdf, {2: 270})
    assert [sheet.askew for sheet in scan.look(turned)] == [0, 90]
    [second] = scan.look(scan.take(turned, [2]))
    assert second.askew == 90
    assert [s.askew for s in scan.look(scan.take(turned, [2, 1]))] == [90, 0]


def test_what_is_not_there_is_not_turned_or_taken() -> None:
    pdf = scan.assemble([("a.pdf", printed())])
    with pytest.raises(NotFound):
        scan.turn(pdf, {2: 90})
    with pytest.raises(NotFound):
        scan.take(pdf, [0])
    with pytest.raises(Invalid, match="90, 180 или 270"):
        scan.turn(pdf, {1: 45})
    with pytest.raises(Invalid, match="ни одной страницы"):
        scan.take(pdf, [])


def test_nothing_but_pages_is_taken_over() -> None:
    document = pikepdf.open(io.BytesIO(printed()))
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root.OpenAction = action
    document.pages[0].obj.AA = pikepdf.Dictionary(O=action)
    document.pages[0].obj.Annots = pikepdf.Array([
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action,
                           Rect=[0, 0, 9, 9]),
    ])  # fmt: skip
    document.attachments["x.exe"] = b"MZ"
    out = io.BytesIO()
    document.save(out)
    made = scan.assemble([("a.pdf", out.getvalue())])
    with pikepdf.open(io.BytesIO(made)) as clean:
        assert "/JavaScript" not in "".join(repr(thing) for thing in clean.objects)
        assert not clean.attachments
        assert set(clean.Root.keys()) == {"/Type", "/Pages"}


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def empty_pdf() -> bytes:
    out = io.BytesIO()
    pikepdf.new().save(out)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is larger than it has bytes for."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pdf_bomb() -> bytes:
    """A page whose content unpacks to gigabytes."""
    document = pikepdf.new()
    page = document.add_blank_page()
    packed = zlib.compress(b" " * 300_000_000, 9)
    page.obj.Contents = pikepdf.Stream(document, packed, {"/Filter": pikepdf.Name.FlateDecode})
    out = io.BytesIO()
    document.save(out, compress_streams=False)
    return out.getvalue()


def picture_bomb() -> bytes:
    with pikepdf.open(io.BytesIO(paper.scanned(printed()))) as document:
        [image] = document.pages[0].get_images().values()
        image.Width, image.Height = 100_000, 100_000
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (locked_pdf, "закрыт паролем. Сохраните его без пароля"),
        (empty_pdf, "нет ни одной страницы"),
        (lambda: b"%PDF-1.7 and no more", "повреждён и не открывается"),
        (lambda: paper.png(paper.blank())[:3000], "изображение повреждено"),
        (lambda: jpeg(paper.blank())[:200], "изображение повреждено"),
        (lambda: bomb(9000, 9000), "слишком велико"),
        (lambda: bomb(60_000, 60_000), "слишком велико"),
        (pdf_bomb, "слишком много памяти"),
        (picture_bomb, "слишком велико"),
        (lambda: b"PK\x03\x04", "это не скан. Принимаются PDF, PNG, JPEG"),
    ],
)
def test_what_cannot_be_a_scan_is_refused_in_words(
    content: Callable[[], bytes], words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        scan.assemble([("подписанная.pdf", content())])
    assert "подписанная.pdf" in refused.value.message


def test_a_scan_of_no_file_is_refused() -> None:
    with pytest.raises(Invalid, match="Выберите файл"):
        scan.assemble([])


def test_too_many_pages_are_refused() -> None:
    document = pikepdf.new()
    for _ in range(301):
        document.add_blank_page()
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(Invalid, match="больше 300 страниц"):
        scan.assemble([("a.pdf", out.getvalue())])


def test_a_page_keeps_what_it_had_from_its_document() -> None:
    """A rotation or a size may stand once for all pages of a PDF."""
    document = pikepdf.open(io.BytesIO(paper.scanned(printed(), turned=180)))
    document.Root.Pages.Rotate = 180
    out = io.BytesIO()
    document.save(out)
    assert one(out.getvalue(), "a.pdf").askew == 0
