"""What rules raise. They know nothing of HTTP; ``crm.base.api.problems`` makes them answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class RuleError(Exception):
    """A rule refused. ``code`` is for programs, ``detail`` says to a person what to do."""

    code = "refused"
    detail: Any = _("This is not possible.")

    def __init__(
        self,
        detail: Any = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = detail or self.detail
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.extra = dict(extra or {})
        super().__init__(str(self.detail))


class Conflict(RuleError):
    """The request is well formed but at odds with what is stored."""

    code = "conflict"
    detail = _("This conflicts with what is stored.")


class NeedsConfirmation(Conflict):
    """The actor must confirm: ``reasons`` lists what would be affected."""

    code = "confirmation_required"

    def __init__(self, reasons: Sequence[Any]) -> None:
        detail = " ".join([*map(str, reasons), str(_("Confirm to go on."))])
        super().__init__(detail, extra={"reasons": [str(reason) for reason in reasons]})


class StaleRecord(RuleError):
    """Somebody else changed the record after it was read."""

    code = "stale"
    detail = _("Somebody changed this record meanwhile. Read it again and repeat your change.")


class Forbidden(RuleError):
    """The actor may not do this."""

    code = "forbidden"
    detail = _("You may not do this.")


class UnauditedWrite(RuntimeError):
    """Code tried to write past the history: use ``save``, ``audited_update`` or the like."""


def invalid(field: str, message: Any, code: str) -> ValidationError:
    """Return the error for one field with a code that programs can rely on."""
    return ValidationError({field: ValidationError(message, code=code)})
