"""Files that are shown to those who may see the record they belong to, and can run nothing."""

from pathlib import Path

from django.http import FileResponse, Http404

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def private_file(
    path: Path, content_type: str, name: str, *, download: bool = False
) -> FileResponse:
    """Answer with the file at ``path``, whose type and name are ours; raises ``Http404``."""
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        file, content_type=content_type, filename=name, as_attachment=download, headers=HEADERS
    )
