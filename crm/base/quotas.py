"""What an actor may do so many times in a period: how much is used, and how it is told."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.base.errors import RuleError

DAY = 86_400


@dataclass(frozen=True)
class Quota:
    """``used`` of ``limit`` in the period that ends in ``resets_in`` seconds."""

    policy: str
    limit: int
    used: int
    resets_in: int
    period: int = DAY

    @property
    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.limit};w={self.period}',
            "RateLimit": f'"{self.policy}";r={self.limit - self.used};t={self.resets_in}',
        }

    @property
    def exceeded(self) -> dict[str, Any]:
        """Return the members of the draft's problem document, and ours."""
        return {
            "type": "https://iana.org/assignments/http-problem-types#quota-exceeded",
            "violated-policies": [self.policy],
            "used": self.used,
            "limit": self.limit,
        }


class QuotaExceeded(RuleError):
    """The actor used up a quota; it becomes free again in ``quota.resets_in`` seconds."""

    code = "quota_exceeded"

    def __init__(self, quota: Quota) -> None:
        message = _("This API key has created its %(limit)d customers of today (UTC).")
        super().__init__(message % {"limit": quota.limit})
        self.quota = quota


def quota_of(actor: Any) -> Quota | None:
    """Return what the request under way left of ``actor``'s quota; None when it took nothing."""
    return getattr(actor, "quota", None)
