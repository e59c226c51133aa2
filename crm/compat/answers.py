"""Our problems, as a service tells them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

# The status and the text, or the object, that a service answers with. ``{name}`` in a text is what
# the request's body or address said for that name.
Answer = tuple[int, Any]
Answers = Mapping[str, Answer]

# What FastAPI says by itself, and those who built on it left as it was.
FASTAPI: Answers = {
    "not_authenticated": (401, "Not authenticated"),
    "invalid_token": (401, "Could not validate credentials"),
    "permission_denied": (403, "Not enough permissions"),
    "forbidden": (403, "Not enough permissions"),
    "not_found": (404, "Not Found"),
    "method_not_allowed": (405, "Method Not Allowed"),
}
REQUIRED = ("Field required", "missing")  # as pydantic says it
# A body of another type, or one that cannot be read, is as invalid as any other.
UNREADABLE = frozenset(
    {
        *("malformed", "not_an_object", "duplicate_name", "bad_number", "too_deep"),
        *("bad_character", "bad_encoding", "parse_error", "unsupported_media_type"),
    }
)


def answer(
    problem: Mapping[str, Any], answers: Answers, values: Mapping[str, Any], place: str = "body"
) -> Answer:
    """Return the status and ``detail`` for ``problem``, a document of ``crm.base.api.problems``.

    ``answers`` knows problems by ``code:field`` or by ``code``; ``place`` is where invalid values
    came from: body, query or path. Of several values that are taken it tells the one that comes
    first in ``answers``: the services looked for one after the other.
    """
    for row in _in_their_order(problem, list(answers)):
        for key in (f"{row['code']}:{row['field']}", row["code"]):
            if key in answers:
                return answers[key][0], filled(answers[key][1], values)
    if problem["code"] in answers:
        status, text = answers[problem["code"]]
        return status, filled(text, values)
    if problem["status"] == 422 or problem["code"] in UNREADABLE:
        return 422, invalid(problem, place)
    return problem["status"], problem["detail"]


def _in_their_order(problem: Mapping[str, Any], known: list[str]) -> list[Mapping[str, str]]:
    if problem["code"] != "taken":
        return list(problem["errors"])
    places = {name: place for place, name in enumerate(known)}
    return sorted(
        problem["errors"], key=lambda row: places.get(f"taken:{row['field']}", len(known))
    )


def invalid(problem: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    """Return the ``detail`` of a 422 as FastAPI writes it: ``[{loc, msg, type}]``."""
    rows = problem["errors"] or [{"field": "", "code": problem["code"], "detail": ""}]
    return [_row(row, place, problem["detail"]) for row in rows]


def _row(row: Mapping[str, str], place: str, otherwise: str) -> dict[str, Any]:
    told = (row["detail"] or otherwise, row["code"])
    message, kind = REQUIRED if row["code"] == "required" else told
    names = row["field"].split(".") if row["field"] else []
    return {"loc": [place, *names], "msg": message, "type": kind}


def filled(text: Any, values: Mapping[str, Any]) -> Any:
    """Return ``text`` with its names filled in, also inside an object."""
    if isinstance(text, Mapping):
        return {name: filled(item, values) for name, item in text.items()}
    known = defaultdict(str, {name: str(value) for name, value in values.items()})
    return text.format_map(known) if isinstance(text, str) else text
