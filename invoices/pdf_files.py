"""The PDF file of a document, for whoever may see the document."""

from io import BytesIO
from typing import Any

from django.http import FileResponse

from crm.base.private_files import HEADERS, private_file
from invoices import printing
from invoices.kinds import Status

PDF = "application/pdf"


def pdf_response(invoice: Any) -> FileResponse:
    """Answer with the stored file of ``invoice``, or with a preview of a draft."""
    name = file_name(invoice)
    if invoice.status != Status.DRAFT:
        return private_file(printing.printout(invoice).path, PDF, name, download=True)
    file = BytesIO(printing.preview(invoice).pdf)
    return FileResponse(file, as_attachment=True, filename=name, content_type=PDF, headers=HEADERS)


def file_name(invoice: Any) -> str:
    """Return the name to save the file under; a number may have slashes."""
    return f"{str(invoice).replace('/', '-')}.pdf"
