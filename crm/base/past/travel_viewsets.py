"""What a viewset inherits whose records can be read as they stood at a moment."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base.api.refusals import BadRequest
from crm.base.api.viewsets import RecordViewSet
from crm.base.as_of import journey
from crm.base.past.travel import Journey, travelling
from crm.base.querysets import RecordQuerySet

AS_OF = "as_of"
# RFC 3339, section 5.6: a date, a time and an offset, none of which may be left out.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")


class TimeTravel(RecordViewSet):
    """Answers ``?as_of=2026-01-31T12:00:00Z`` with the data as it stood then.

    Who may see which rows and fields is what it is today. There is no ETag: nothing that is past
    can be changed.
    """

    # The actions that answer it.
    travelling: ClassVar[frozenset[str]] = frozenset({"list", "retrieve"})

    def known_parameters(self) -> frozenset[str]:
        known = super().known_parameters()
        return known | {AS_OF} if self.verb in self.travelling else known

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        text = request.query_params.get(AS_OF)
        if text is not None:
            # As ``Endpoint`` does for what is written: handlers are bound per request.
            name = str(request.method).lower()
            setattr(self, name, partial(self._travel, moment_of(text), getattr(self, name)))

    def _travel(
        self,
        moment: datetime,
        handler: Callable[..., Response],
        request: Request,
        *args: Any,
        **kwargs: Any,
    ) -> Response:
        with travelling(Journey(moment)):
            response = handler(request, *args, **kwargs)
        response.headers.pop("ETag", None)
        return response

    def get_queryset(self) -> RecordQuerySet[Any]:
        visible, under_way = super().get_queryset(), journey()
        return under_way.through(visible) if under_way else visible

    def ordering(self) -> list[str]:
        """Order by creation for ``id``: an index on that begins at any moment of the past."""
        columns, under_way = super().ordering(), journey()
        if under_way:
            if columns[0].lstrip("-") == "id":
                columns = [f"{columns[0].removesuffix('id')}created_at", *columns]
            under_way.ordered[self.model] = columns[0].lstrip("-")
        return columns


def moment_of(text: str) -> datetime:
    """Return the moment that ``as_of`` names; raises 400 for what is none, or is not past."""
    message = _("Use a moment with its time zone, such as %(example)s, and in a query %%2B for +.")
    unreadable = BadRequest(
        message % {"example": "2026-01-31T12:00:00Z"}, field=AS_OF, code="bad_value"
    )
    if not MOMENT.fullmatch(text):
        raise unreadable
    try:
        moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise unreadable from error
    if moment > timezone.now():
        raise BadRequest(_("This moment has not come yet."), field=AS_OF, code="in_the_future")
    return moment
