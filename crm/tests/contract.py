"""Checks an answer against ``openapi.yaml``: its status is declared and its body fits."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.urls import Resolver404
from jsonschema_rs import Draft4Validator

OPENAPI = Path(settings.BASE_DIR) / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    # In C, where there is one: every process of the suite reads the file.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(OPENAPI.read_text(), loader)  # noqa: S506 — both are safe
    return loaded


@cache
def path_of(route: str) -> str:
    """Return Django's route as OpenAPI writes it; "" when the file does not describe it."""
    for path in document()["paths"]:
        if _shape(path) == _shape("/" + route):
            return str(path)
    return ""


@cache
def _shape(path: str) -> str:
    """Return ``path`` with every parameter, in either notation, as {}."""
    path = re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\)[^()]*)*\)", "{}", path)
    path = re.sub(r"<[^>]+>|\{[^}]+\}", "{}", path)
    return path.replace("^", "").replace("/?$", "").replace("$", "").replace(r"\Z", "").rstrip("/")


def check_answer(method: str, response: Any) -> None:
    """Raise ``AssertionError`` when ``response`` is not what the file promises."""
    try:
        # Found already, unless the request was answered before; the client's own is a second look.
        found = response.wsgi_request.resolver_match or response.resolver_match
        path = path_of(found.route)
    except (AttributeError, Resolver404):  # answered before or without a route
        return
    operation = document()["paths"].get(path, {}).get(method.lower())
    if operation is None:
        return
    status = str(response.status_code)
    if response.status_code == 405:
        return
    assert status in operation["responses"], f"{method} {path} does not declare {status}"
    content = operation["responses"][status].get("content", {})
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if not content:
        assert not response.content, f"{method} {path} {status} declares no body"
        return
    assert media_type in content, f"{method} {path} {status} declares {list(content)}"
    if media_type.endswith("json"):
        errors = _validator(method.lower(), path, status, media_type).iter_errors(
            json.loads(response.content)
        )
        lines = [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in errors]
        assert not lines, f"{method} {path} {status}: {lines}"


@cache
def _validator(method: str, path: str, status: str, media_type: str) -> Draft4Validator:
    content = document()["paths"][path][method]["responses"][status]["content"]
    schema = _nullable(content[media_type]["schema"]) | {"components": _components()}
    return Draft4Validator(schema, validate_formats=False)


@cache
def _components() -> Any:
    return _nullable(document()["components"])


def _nullable(schema: Any) -> Any:
    """Turn OpenAPI 3.0's ``nullable`` into what JSON Schema understands."""
    if isinstance(schema, list):
        return [_nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _nullable(item) for name, item in schema.items() if name != "nullable"}
    if "oneOf" in plain:  # "" fits both "blank" and "a link"
        plain["anyOf"] = plain.pop("oneOf")
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
