"""What every operation of the API's description may answer that is no success."""

from typing import Any

from drf_spectacular.plumbing import ResolvedComponent

from crm.base.api.openapi import API
from crm.base.tables import CSV

UNSAFE = {"post", "put", "patch", "delete"}
PROBLEM = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "For programs; stable."},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "reasons": {"type": "array", "items": {"type": "string"}},
        "violated-policies": {"type": "array", "items": {"type": "string"}},
        "used": {"type": "integer", "description": "Of a quota, when it is exceeded."},
        "limit": {"type": "integer"},
        "customers": {"type": "array", "items": {"type": "object"}},
    },
}


def describe_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Declare the errors of every operation, as ``crm.base.api.problems`` answers them."""
    if not any(path.startswith(API) for path in result["paths"]):
        return result
    problem = ResolvedComponent(
        name="Problem", type=ResolvedComponent.SCHEMA, object="Problem", schema=PROBLEM
    )
    generator.registry.register_on_missing(problem)
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in statuses(path, method, operation):
                content = {"application/problem+json": {"schema": problem.ref}}
                body = {"description": "Problem", "content": content}
                operation["responses"].setdefault(str(status), body)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def statuses(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """Return the statuses of the errors that an operation may answer."""
    found = {400, 401, 403, 429, 503}
    if "{" in path:
        found.add(404)
    if method in UNSAFE:
        found |= {409, 411, 412, 413, 415, 422, 507}
    if CSV in operation["responses"].get("200", {}).get("content", ()):
        found.add(507)  # a file is written before it is sent
    headers = [one for one in operation.get("parameters", ()) if one["in"] == "header"]
    if headers:
        found.add(412)
    if any(one.get("required") for one in headers):
        found.add(428)
    return found
