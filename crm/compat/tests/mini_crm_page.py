"""What the tests of the Mini CRM share."""

from typing import Any

from accounts.models import User
from crm.compat.mini_crm import SERVICE
from crm.compat.models import LegacyId
from crm.compat.tests.clients import signed_in_at
from crm.tests.clients import ApiClient

ROOT = "/compat/mini-crm"
CLIENTS, LEADS, USERS = (f"{ROOT}/{name}/" for name in ("clients", "leads", "users"))
AUDIT = f"{ROOT}/audit-logs/"
FORBIDDEN = {"detail": "Not enough permissions"}


def as_person(user: User) -> ApiClient:
    return signed_in_at(SERVICE, user)


def know(kind: str, record: Any, legacy_id: int) -> None:
    """Let clients know ``record`` by the number that it had before it was imported."""
    LegacyId.objects.create(
        service=SERVICE.slug, kind=kind, legacy_id=str(legacy_id), record_id=record.pk
    )


def missing(name: str, number: Any) -> dict[str, Any]:
    """Return what is said when nothing of that number could be changed."""
    message = f"{name} with identifier '{number}' not found"
    return {"detail": {"status": "error", "message": message, "identifier": f"{number}"}}


def told(response: Any) -> tuple[int, Any]:
    """Return the status, and the detail of an error."""
    return response.status_code, response.json()["detail"]


def place(response: Any) -> tuple[int, list[str]]:
    """Return the status, and where the first invalid value is."""
    return response.status_code, response.json()["detail"][0]["loc"]


def shown(moment: Any) -> str:
    return str(moment.isoformat()).replace("+00:00", "Z")
