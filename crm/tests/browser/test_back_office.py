"""The back office in a real browser: a working day of a seller, and every page once."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.tests.make import PASSWORD
from crm.base.context import acting
from crm.tests.samples import picture
from customers.models import Customer
from customers.tests.make import make_customer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.any_database,
    pytest.mark.django_db(transaction=True),
]

# The second frame after a page has loaded: its scripts have run, and what they changed shows.
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("#login-form [type=submit]")


def press(page: Page, name: str) -> None:
    """Press a button of the record's page, which on a small screen is behind the dots."""
    page.wait_for_url("**/change/**")
    page.wait_for_load_state()
    more = page.get_by_text("more_horiz")
    if more.is_visible():
        more.click()
    page.locator("#header-inner li a", has_text=name).click()


def test_a_sellers_day(page: Page, maria: User, complaints: list[str]) -> None:
    sign_in(page, "maria", "wrong")
    expect(page.get_by_text("Incorrect username or password.")).to_be_visible()
    sign_in(page, "maria")
    page.click("text=Add a customer")

    page.select_option("[name=client_type]", "juridical")
    page.fill("[name=name]", "Ana")
    page.fill("[name=phone]", "0412-345 67 89")
    page.click("[name=_save]")
    expect(page.get_by_text("This field is required.")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Ana")
    page.fill("[name=company_name]", "Ana C.A.")
    page.click("[name=_save]")
    expect(page.get_by_text("was added successfully")).to_be_visible()
    expect(page.get_by_text("+584123456789")).to_be_visible()

    page.locator("#result_list a", has_text="Ana").click()
    press(page, "Archive")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("1 record archived.")).to_be_visible()
    press(page, "Restore")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("1 record restored.")).to_be_visible()

    press(page, "History")
    for word in ("Restored", "Archived", "Created"):
        expect(page.get_by_text(word, exact=True).first).to_be_visible()
    assert complaints == []


def test_a_clash_a_photo_and_a_bulk_action(
    page: Page, maria: User, sam: User, complaints: list[str], tmp_path: Path
) -> None:
    ana = make_customer(name="Ana", city="Mérida")
    sign_in(page, "maria")
    page.wait_for_url("**/admin/")
    customers = f"{page.url}customers/customer/"
    page.goto(f"{customers}{ana.pk}/change/")
    with acting(actor=sam, source="api"):
        ana.city = "Lara"
        ana.save()
    page.fill("[name=city]", "Coro")
    page.click("[name=_save]")
    expect(page.locator("#conflict")).to_contain_text("Lara")
    expect(page.locator("[name=city]")).to_have_value("Coro")

    (tmp_path / "ana.png").write_bytes(picture().read())
    page.set_input_files("[name=picture]", tmp_path / "ana.png")
    page.click("[name=_continue]")
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    shown = page.locator(f"img[src*='{ana.pk}/photo/']")
    assert shown.evaluate("image => image.complete && image.naturalWidth") == 160
    assert Customer.objects.get().city == "Coro"

    page.goto(customers)
    page.locator("input.action-select").first.check()
    page.select_option("[name=action]", "archive_selected")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("1 record archived.")).to_be_visible()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    assert complaints == []


def test_the_palette_finds_a_customer(page: Page, sam: User, complaints: list[str]) -> None:
    make_customer(name="Ana Pérez")
    sign_in(page, "sam")
    page.wait_for_url("**/admin/day/")
    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially("perez")
    expect(page.locator("#command-results-list li")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[name=name]")).to_have_value("Ana Pérez")
    assert complaints == []


def test_the_looks_can_be_switched(page: Page, sam: User, complaints: list[str]) -> None:
    sign_in(page, "sam")
    page.wait_for_url("**/admin/day/")
    for theme, dark in (("dark", True), ("light", False)):
        page.evaluate(f"Alpine.$data(document.documentElement).switchTheme('{theme}')")
        expect(page.locator("html")).to_have_class("dark" if dark else "light")
        page.reload()
        assert page.evaluate("document.documentElement.classList.contains('dark')") == dark
    assert complaints == []


def test_the_frame_answers_to_keys(page: Page, sam: User, complaints: list[str]) -> None:
    sign_in(page, "sam")
    page.wait_for_url("**/admin/day/")
    page.goto(page.url.replace("/day/", "/customers/customer/"))
    menu = page.get_by_role("button", name="Menu", exact=True)
    if page.locator("#account").is_hidden():
        menu.press("Enter")
    page.locator("#account").press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    menu.press("Enter")
    expect(page.locator("#account")).to_be_hidden()

    page.get_by_role("button", name="Filters").press("Enter")
    expect(page.get_by_role("button", name="Apply Filters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Apply Filters")).to_be_hidden()
    assert complaints == []


@pytest.mark.parametrize("person", ["alice", "sam"])
def test_no_page_complains_or_is_too_wide(
    page: Page, request: pytest.FixtureRequest, person: str, complaints: list[str]
) -> None:
    user: Any = request.getfixturevalue(person)
    long = "Extraordinariamente " * 7
    ana = make_customer(name=long[:140], company_name=long[:140], city="x" * 100, email="a@x.com")
    gone = make_customer()
    gone.archive()
    sign_in(page, person)
    page.wait_for_url("**/admin/**")
    start = page.url.partition("/admin/")[0] + "/admin/"
    one, own = f"customers/customer/{ana.pk}", f"accounts/user/{user.pk}"
    paths = ["", "customers/customer/", "customers/customer/add/", f"{one}/change/"]
    paths += [f"{one}/history/", f"{one}/archive/", f"customers/customer/{gone.pk}/change/"]
    paths += ["customers/customer/?q=nobody", "profile/", "password_change/"]
    if person == "alice":
        paths += ["accounts/user/", "accounts/user/add/", f"{own}/change/", f"{own}/password/"]
        paths += [f"{own}/end-sessions/", "base/securityevent/"]
    for path in paths:
        page.goto(start + path)
        page.evaluate(PAINTED)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, path
    assert complaints == []
