"""Every answer has one form, so there is nothing to negotiate."""

from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation


class OneForm(DefaultContentNegotiation):
    """Leaves ``Accept`` and ``?format=`` alone (RFC 9110, section 12.5.1, allows it).

    A browser asks for a photo with ``image/*`` and would be refused by a renderer of JSON.
    """

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type
