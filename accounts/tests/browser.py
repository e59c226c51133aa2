from typing import Any

from accounts.models import AuthSession, User
from accounts.tests.tokens import ME, claims_of
from accounts.tokens import open_session
from crm.tests.clients import ApiClient


class Browser:
    """One device with its pair of tokens."""

    def __init__(self, user: User) -> None:
        self.take(open_session(user))

    def take(self, tokens: dict[str, Any]) -> None:
        self.access, self.fresh = tokens["access_token"], tokens["refresh_token"]
        self.api = ApiClient()
        self.api.credentials(HTTP_AUTHORIZATION=f"Bearer {self.access}")

    def works(self) -> bool:
        status = self.api.get(ME).status_code
        assert status in (200, 401)
        return status == 200

    def refresh(self, token: str = "") -> Any:
        body = {"refresh_token": token or self.fresh}
        return ApiClient().post("/api/v1/auth/refresh", body)

    def session(self) -> AuthSession:
        return AuthSession.objects.get(pk=claims_of(self.access)["sid"])


def assert_dead(browser: Browser) -> None:
    assert not browser.works()
    refused = browser.refresh()
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_token")
