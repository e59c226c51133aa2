"""What people want to be told, switched in the API and on their page of the back office."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from crm.base.outbox import kinds
from crm.base.tests.outbox.sample import kind
from crm.tests.clients import ApiClient
from crm.tests.pages import filled, text

ME = "/api/v1/auth/me"
PROFILE = "/admin/profile/"


@pytest.fixture(autouse=True)
def three_kinds(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three kinds and no others: told, told on demand, and not for everybody."""
    monkeypatch.setattr(kinds, "_kinds", {})
    settings.NOTICE_CHANNELS = {"email": True, "whatsapp": True}
    with (
        kind(name="usual", label="The usual"),
        kind(name="quiet", label="The quiet", on_by_default=False),
        kind(name="people", label="Of people", permission="accounts.view_user"),
    ):
        yield


def test_the_api_lists_what_one_may_be_told(as_sam: ApiClient, as_alice: ApiClient) -> None:
    seen = as_sam.get(ME).json()
    assert seen["notice_switches"] == {}
    assert [(row["switch"], row["on"]) for row in seen["notices"]] == [
        ("usual:email", True),
        ("usual:whatsapp", True),
        ("quiet:email", False),
        ("quiet:whatsapp", False),
    ]
    assert seen["notices"][0] == {
        "switch": "usual:email",
        "label": "The usual",
        "channel": "email",
        "on": True,
    }
    everything = as_alice.get(ME).json()["notices"]
    assert "people:email" in {row["switch"] for row in everything}


def test_the_api_switches(as_sam: ApiClient, sam: User) -> None:
    chosen = {"usual:email": False, "quiet:whatsapp": True}
    answer = as_sam.patch(ME, {"notice_switches": chosen})
    assert answer.status_code == 200
    assert answer.json()["notice_switches"] == chosen
    assert [row["on"] for row in answer.json()["notices"]] == [False, True, False, True]
    sam.refresh_from_db()
    assert sam.notice_switches == chosen
    assert sam.history.latest("history_id").notice_switches == chosen


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"usual:fax": False}, "unknown_notice"),
        ({"usual": False}, "unknown_notice"),
        ({"usual:email": "perhaps"}, "invalid"),
        ({"usual:email": None}, "null"),
        (["usual:email"], "not_a_dict"),
        ("usual:email", "not_a_dict"),
        (None, "null"),
    ],
    ids=str,
)
def test_nothing_else_is_stored(as_sam: ApiClient, sam: User, switches: Any, code: str) -> None:
    response = as_sam.patch(ME, {"notice_switches": switches})
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["field"].startswith("notice_switches")
    assert error["code"] == code
    sam.refresh_from_db()
    assert sam.notice_switches == {}


@pytest.fixture
def browser(back_office: Callable[[User], Client], sam: User) -> Client:
    return back_office(sam)


def test_the_back_office_shows_boxes_and_keeps_what_is_unusual(browser: Client, sam: User) -> None:
    page = browser.get(PROFILE)
    assert "The usual (email)" in text(page)
    assert "Of people" not in text(page)
    assert filled(page)["notice_switches"] == ["usual:email", "usual:whatsapp"]
    typed = filled(page, notice_switches=["usual:whatsapp", "quiet:email"])
    assert browser.post(PROFILE, typed).status_code == 302
    sam.refresh_from_db()
    assert sam.notice_switches == {"usual:email": False, "quiet:email": True}
    assert filled(browser.get(PROFILE))["notice_switches"] == ["usual:whatsapp", "quiet:email"]


def test_what_is_not_offered_today_is_not_forgotten(browser: Client, sam: User) -> None:
    sam.notice_switches = {"gone:email": False, "people:email": False}
    sam.save()
    browser.post(PROFILE, filled(browser.get(PROFILE), notice_switches=[]))
    sam.refresh_from_db()
    assert sam.notice_switches == {
        **dict.fromkeys(["gone:email", "people:email"], False),
        **dict.fromkeys(["usual:email", "usual:whatsapp"], False),
    }


def test_a_box_that_is_not_offered_is_refused(browser: Client, sam: User) -> None:
    page = browser.get(PROFILE)
    answer = browser.post(PROFILE, filled(page, notice_switches=["people:email"]))
    assert answer.status_code == 200
    sam.refresh_from_db()
    assert sam.notice_switches == {}


def test_where_there_is_nothing_to_switch_there_are_no_boxes(
    browser: Client, sam: User, settings: Any
) -> None:
    settings.NOTICE_CHANNELS = {"email": False, "whatsapp": False}
    page = browser.get(PROFILE)
    assert "Tell me about" not in text(page)
    assert browser.post(PROFILE, filled(page, language="es")).status_code == 302
    sam.refresh_from_db()
    assert sam.language == "es"


def test_two_who_change_them_at_once_are_told(browser: Client, sam: User) -> None:
    typed = filled(browser.get(PROFILE), notice_switches=[])
    sam.notice_switches = {"quiet:email": True}
    sam.save()
    page = browser.post(PROFILE, typed)
    assert "Somebody else changed this record" in text(page)
    assert [row.label for row in page.context["form"].clashes] == ["Notices"]
    assert browser.post(PROFILE, filled(page)).status_code == 302
    sam.refresh_from_db()
    assert sam.notice_switches == {"usual:email": False, "usual:whatsapp": False}


def test_the_history_reads_well(
    back_office: Callable[[User], Client], alice: User, sam: User
) -> None:
    sam.notice_switches = {"quiet:email": True}
    sam.save()
    page = back_office(alice).get(f"/admin/accounts/user/{sam.pk}/history/")
    assert "quiet:email: Yes" in text(page)
