"""How a problem of ours becomes a service's words."""

from typing import Any

from crm.base.api.problems import problem
from crm.compat.answers import FASTAPI, answer

MISSING = {
    "status": "error",
    "message": "Lead with identifier '{pk}' not found",
    "identifier": "{pk}",
}


def told(status: int, code: str, *fields: tuple[str, str], **answers: Any) -> Any:
    rows = [{"field": field, "code": found, "detail": "Ours."} for field, found in fields]
    document = problem(status, code, "Ours.", fields=rows)
    return answer(document, {**FASTAPI, **answers}, {"pk": 999, "email": "{pk}"})


def test_what_the_request_said_is_filled_in_as_it_is() -> None:
    known = {"taken:email": (400, "Email '{email}' of {nobody} already exists")}
    assert told(409, "taken", ("email", "taken"), **known) == (
        400,
        "Email '{pk}' of  already exists",
    )


def test_an_answer_may_be_an_object() -> None:
    filled = {
        "status": "error",
        "message": "Lead with identifier '999' not found",
        "identifier": "999",
    }
    assert told(404, "not_found", not_found=(404, MISSING)) == (404, filled)


def test_a_field_is_told_of_before_its_code() -> None:
    known = {"taken": (400, "Something."), "taken:email": (400, "The email.")}
    assert told(409, "taken", ("phone", "taken"), **known) == (400, "Something.")
    assert told(409, "taken", ("email", "taken"), **known) == (400, "The email.")


def test_of_two_that_are_taken_the_first_of_the_services_answers_is_told() -> None:
    known = {"taken:phone": (400, "The phone."), "taken:email": (400, "The email.")}
    both = (("name", "taken"), ("email", "taken"), ("phone", "taken"))
    assert told(409, "taken", *both, **known) == (400, "The phone.")
    assert told(409, "taken", *both[:2], **known) == (400, "The email.")


def test_what_nobody_named_is_told_as_we_do() -> None:
    assert told(409, "archived") == (409, "Ours.")


def test_invalid_fields_are_told_as_fastapi_does() -> None:
    found = told(422, "invalid", ("lines.0.price", "max_value"), ("name", "required"), ("", "x"))
    assert found == (
        422,
        [
            {"loc": ["body", "lines", "0", "price"], "msg": "Ours.", "type": "max_value"},
            {"loc": ["body", "name"], "msg": "Field required", "type": "missing"},
            {"loc": ["body"], "msg": "Ours.", "type": "x"},
        ],
    )


def test_what_cannot_be_read_is_invalid() -> None:
    row = {"loc": ["body"], "msg": "Ours.", "type": "malformed"}
    assert told(400, "malformed") == (422, [row])
