"""The entry point of Django's tools and of WSGI servers; ours comes through crm.rsgi."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

_django = get_wsgi_application()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer a request as Django does, once its content type can do no harm."""
    environ["CONTENT_TYPE"] = harmless(environ.get("CONTENT_TYPE", ""))
    return _django(environ, start_response)


def harmless(content_type: str) -> str:
    """Return ``content_type`` without a charset, also in the notation of RFC 2231 (``charset*=``).

    All text is UTF-8 here. Django obeys a charset while it builds the request, where none of our
    code could catch what "charset*=nope''x", or a query of too many fields, raises.
    """
    media_type, *parameters = content_type.split(";")
    kept = [text for text in parameters if "*" not in text and "charset" not in text.lower()]
    return ";".join([media_type, *kept])
