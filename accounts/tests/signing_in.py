from typing import Any

from accounts.tests.make import PASSWORD
from crm.tests.clients import ApiClient

LOGIN = "/api/v1/auth/login"
HOME = "192.0.2.7"


def sign_in(username: str, password: str = PASSWORD, address: str = HOME, **headers: Any) -> Any:
    """Return the answer to somebody at ``address``."""
    body = {"username": username, "password": password}
    return ApiClient().post(LOGIN, body, REMOTE_ADDR=address, **headers)


def guess(username: str = "sam", address: str = HOME, **headers: Any) -> int:
    """Return the status of the answer to a wrong password."""
    status: int = sign_in(username, "wrong", address, **headers).status_code
    return status


def guesses(number: int, username: str = "sam", address: str = HOME) -> list[int]:
    return [guess(username, address) for _ in range(number)]
