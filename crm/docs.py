"""The API's description, and pages that show it without reaching outside."""

from django.conf import settings
from django.urls import URLPattern, path
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

documentation: list[URLPattern] = []
if settings.DOCS_ENABLED:
    documentation = [
        path(
            "openapi.json",
            SpectacularAPIView.as_view(renderer_classes=[OpenApiJsonRenderer]),
            name="schema",
        ),
        path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    ]
