"""What a PDF file says, read with another program than the one that wrote it."""

from io import BytesIO

from pypdf import PdfReader

from invoices.pdf.document import Document
from invoices.pdf.rendering import render


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf), strict=True)


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, its spaces plain."""
    plain = {ord("\N{NO-BREAK SPACE}"): " ", ord("\N{NARROW NO-BREAK SPACE}"): " "}
    return [page.extract_text().translate(plain) for page in reader(pdf).pages]


def printed(document: Document) -> str:
    return "\n".join(pages(render(document).pdf))
