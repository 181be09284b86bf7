"""What PDF/A-2b asks beyond reportlab's own: metadata, colour space, streams that end on a line.

ISO 19005-2: 6.2.3 (output intent), 6.1.7.1 (streams), 6.6 (metadata), 6.1.3 (file identifier).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFCatalog,
    PDFDictionary,
    PDFDocument,
    PDFInfo,
    PDFName,
    PDFObject,
    PDFOutlines,
    PDFStream,
    PDFString,
    PDFZCompress,
)

PRODUCER = "accessflow (reportlab)"
_PROFILE = Path(__file__).with_name("srgb.icc")
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>ru-RU</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


class ArchivalDocument(PDFDocument):
    """A reportlab document that claims PDF/A-2b. Its identifier comes from its content alone."""

    def __init__(self, title: str) -> None:
        super().__init__(invariant=1, pdfVersion=(1, 7))
        self.Pages: PDFObject
        self.info = _Info(title)
        catalog = _Catalog(self.Pages)
        catalog.Lang = PDFString("ru-RU")
        catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": "true"})
        catalog.Metadata = _metadata(title)
        catalog.OutputIntents = PDFArray([_output_intent()])
        self.Catalog = self._catalog = catalog
        self.outline = self.Outlines = _NoOutlines()

    def Reference(self, obj: Any, name: str | None = None) -> Any:  # noqa: N802
        """reportlab's streams end without the line break that 6.1.7.1 asks for."""
        if type(obj) is PDFStream:
            obj.__class__ = _Stream
        return super().Reference(obj, name)  # type: ignore[no-untyped-call]  # as reportlab has it

    def save(self) -> bytes:
        """The finished file."""
        return bytes(self.GetPDFData(None))


class _Stream(PDFStream):
    def format(self, document: PDFDocument) -> bytes:
        whole = bytes(super().format(document))
        return whole.removesuffix(b"endstream\n") + b"\nendstream\n"


class _Catalog(PDFCatalog):
    """reportlab's writes only entries that it knows."""

    Lang: PDFString
    ViewerPreferences: PDFDictionary
    Metadata: PDFStream
    OutputIntents: PDFArray

    def __init__(self, pages: PDFObject) -> None:
        super().__init__()
        self.__NoDefault__ = [*PDFCatalog.__NoDefault__, "OutputIntents"]
        self.Pages = pages


class _NoOutlines(PDFOutlines):
    """Not ready, so that nothing refers to them."""

    def prepare(self, document: PDFDocument, canvas: object) -> None:
        self.ready = -1


class _Info(PDFInfo):
    """The title alone: a date would change the bytes, and what is not there contradicts nothing."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title

    def format(self, document: PDFDocument) -> bytes:
        entries = {"Title": PDFString(self.title), "Producer": PDFString(PRODUCER)}
        return bytes(PDFDictionary(entries).format(document))


def _metadata(title: str) -> PDFStream:
    text = _XMP.format(title=escape(title), producer=PRODUCER).encode()
    kind = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    return PDFStream(kind, text)


def _output_intent() -> PDFDictionary:
    stream = PDFStream(PDFDictionary({"N": 3}), _profile(), [PDFZCompress])
    return PDFDictionary({
        "Type": PDFName("OutputIntent"),
        "S": PDFName("GTS_PDFA1"),
        "OutputConditionIdentifier": PDFString("sRGB"),
        "Info": PDFString("sRGB IEC61966-2.1"),
        "DestOutputProfile": stream,
    })  # fmt: skip


@cache
def _profile() -> bytes:
    return _PROFILE.read_bytes()
