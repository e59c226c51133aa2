"""``Idempotency-Key``: a POST repeated with the same key and body gets the same answer.

The key's row is inserted in the transaction that does the work. A second request waits for it at
the unique index: when the first commits, its answer is replayed; when it fails, the row is gone
with everything else and the second does the work.
"""

import hashlib
import json
import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.refusals import BadRequest
from crm.base.api.renderers import dumps
from crm.base.errors import invalid
from crm.base.models import IdempotencyRecord

KEPT_HEADERS = ("ETag", "Location")
VISIBLE = re.compile(r"[!-~]{1,255}")


def key_of(request: Request) -> str | None:
    """Return the request's key; raises 400 when it is not 1 to 255 visible ASCII characters."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not VISIBLE.fullmatch(key):
        message = _("Idempotency-Key has 1 to 255 visible ASCII characters.")
        raise BadRequest(message, field="Idempotency-Key")
    return str(key)


def fingerprint(request: Request) -> str:
    """Return the SHA-256 of the body's values and files, whatever their order."""
    # The standard library's, for orjson knows no integer beyond 64 bits.
    text = json.dumps(dict(request.data), default=str, sort_keys=True)
    digest = hashlib.sha256(text.encode())
    for name, file in sorted(request.FILES.items()):
        digest.update(name.encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()


def once(request: Request, key: str, work: Callable[[], Response]) -> Response:
    """Do ``work`` unless this actor sent ``key`` to this path before; else repeat the answer."""
    actor = request.user
    # Not request.path, which still has the slash that a client may add.
    scope = f"{type(actor).__name__}:{actor.pk}:{request.path_info}"[:200]
    record = IdempotencyRecord(scope=scope, key=key, fingerprint=fingerprint(request))
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        return _replay(record)
    response = work()
    record.status = response.status_code
    record.body = dumps(response.data).decode()
    record.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    record.save()
    return response


def _replay(record: IdempotencyRecord) -> Response:
    first = IdempotencyRecord.objects.get(scope=record.scope, key=record.key)
    if first.fingerprint != record.fingerprint:
        message = _("This key was used with another body. Use a new key for a new request.")
        raise invalid("Idempotency-Key", message, "key_reused")
    headers = first.headers | {"Idempotency-Replayed": "true"}
    return Response(json.loads(first.body), first.status, headers=headers)
