"""Whoever has no mouse, or has the pages read aloud, reaches all that the others reach."""

from html.parser import HTMLParser
from typing import Any

import pytest

from accounts.models import User
from crm.tests.pages import text
from customers.tests.make import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Closed by the key Escape as well.
BESIDE = {"changelist-filter-close"}
PRESSED = {"button", "input", "label", "summary"}


class Controls(HTMLParser):
    """What reacts to a click and to no key; the icons of links and buttons that are read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.mouse_only: list[str] = []
        self.spoken_icons: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside += tag in ("a", "button")
        is_link = tag == "a" and "href" in given
        if "x-on:click" in given and tag not in PRESSED and not is_link:
            self.mouse_only += [] if given.get("id") in BESIDE else [str(attrs)]
        is_icon = "material-symbols-outlined" in given.get("class", "")
        if self._inside and is_icon and "aria-hidden" not in given:
            self.spoken_icons.append(str(attrs))

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag in ("a", "button")


def controls(page: Any) -> Controls:
    """Return what the page has but for the palette, which opens with Ctrl+K and closes with Esc."""
    found = Controls()
    found.feed(page.content.decode().partition('x-data="searchCommand()"')[0])
    return found


@pytest.mark.parametrize("path", ["", "customers/customer/", "profile/", "audit/", "board/"])
def test_the_frame_of_a_page_needs_no_mouse(back_office: Any, alice: User, path: str) -> None:
    make_customer()
    found = controls(back_office(alice).get(f"/admin/{path}"))
    assert found.mouse_only == []


def test_a_record_needs_no_mouse(back_office: Any, alice: User) -> None:
    page = back_office(alice).get(f"/admin/customers/customer/{make_customer().pk}/change/")
    assert controls(page).mouse_only == []
    assert 'aria-label="Go back"' in page.content.decode()


def test_no_icon_of_a_link_or_button_is_read_aloud(back_office: Any, alice: User) -> None:
    page = back_office(alice).get("/admin/customers/customer/")
    assert "\n".join(controls(page).spoken_icons) == ""


def test_there_is_a_way_past_the_menu(back_office: Any, alice: User) -> None:
    page = back_office(alice).get("/admin/customers/customer/").content.decode()
    way, target, menu = page.index("#content"), page.index('id="content"'), page.index("<ol")
    assert way < menu < target


def test_a_search_says_what_it_looks_for(back_office: Any, alice: User) -> None:
    page = back_office(alice).get("/admin/accounts/user/").content.decode()
    assert 'aria-label="Name, email or phone"' in page


@pytest.mark.parametrize("path", ["invoices/invoice/", "leads/lead/", "base/notice/"])
def test_a_filter_is_called_by_what_it_asks(back_office: Any, alice: User, path: str) -> None:
    page = text(back_office(alice).get(f"/admin/{path}"))
    assert "By status" not in page
    assert "Status" in page


def test_a_page_that_adds_does_not_offer_to_add(back_office: Any, alice: User) -> None:
    browser = back_office(alice)
    assert "addlink" in browser.get("/admin/customers/customer/").content.decode()
    assert "addlink" not in browser.get("/admin/customers/customer/add/").content.decode()


def test_signing_in_needs_no_mouse(client: Any) -> None:
    assert controls(client.get("/admin/login/")).mouse_only == []
