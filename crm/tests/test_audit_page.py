"""The audit trail in the back office: read by admins and management, in words and with links."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from accounts.tests.make import make_key
from audit.sealing import seal
from audit.standing import note_verified
from crm.base.context import acting
from crm.base.trail.security_events import note
from crm.tests.pages import errors, text, told
from customers.tests.make import make_customer
from leads.models import Lead
from leads.tests.make import make_lead, make_process

TRAIL = "/admin/audit/"
Login = Callable[[User], Client]


@pytest.fixture
def browser(back_office: Login, maria: User) -> Client:
    return back_office(maria)


def test_admins_and_management_find_it_in_the_menu(
    back_office: Login, alice: User, maria: User, sam: User
) -> None:
    for user in (alice, maria):
        assert TRAIL in back_office(user).get("/admin/").content.decode()
        assert back_office(user).get(TRAIL).status_code == 200
    assert TRAIL not in back_office(sam).get("/admin/day/").content.decode()
    assert back_office(sam).get(TRAIL).status_code == 403


def test_a_change_is_told_in_words(browser: Client, sam: User) -> None:
    with acting(actor=sam, source="api"):
        lead = make_lead(name="Eva", assigned_to=sam)
        lead.status = "contacted"
        lead.save()
    shown = text(browser.get(f"{TRAIL}?table=lead"))
    assert "Changed Lead Eva sam Sales · API" in shown
    assert "Status New → Contacted" in shown
    assert "Assigned to sam" in shown
    assert "As it was then" not in shown  # which is a page of the record


def test_an_event_is_told_in_words(browser: Client, sam: User, alice: User) -> None:
    with acting(actor=alice, source="admin", address="192.0.2.7"):
        note("role_changed", of="sam", old="sales", new="management")
    shown = text(browser.get(f"{TRAIL}?action=role_changed"))
    assert "Role changed alice Administrator · back office" in shown.partition("Show everything")[2]
    assert "User sam Old role Sales New role Management Address 192.0.2.7" in shown


def test_a_deletion_shows_what_was_there(browser: Client) -> None:
    make_process(name="Second visit").delete()
    shown = text(browser.get(f"{TRAIL}?action=delete"))
    assert "Deleted Follow-up Second visit" in shown
    assert "Name Second visit" in shown


def test_what_one_may_not_see_stays_hidden(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_lead(admin_notes="Pays late")
    assert "Pays late" in text(browser.get(TRAIL))
    monkeypatch.setattr(Lead, "hidden_fields", classmethod(lambda cls, actor: {"admin_notes"}))
    assert "Pays late" not in text(browser.get(TRAIL))


def test_a_key_that_management_may_not_see_leads_nowhere_secret(browser: Client) -> None:
    key = make_key("shop")
    shown = browser.get(f"{TRAIL}?table=apikey").content.decode()
    assert "shop" in shown
    assert key.hash not in shown
    assert f"/admin/accounts/apikey/{key.pk}/" not in shown


def test_it_shows_what_a_key_did(browser: Client) -> None:
    key = make_key("shop")
    with acting(actor=key, source="api"):
        make_customer(name="Ana", surname="")
    make_customer(name="Eva", surname="")
    shown = text(browser.get(f"{TRAIL}?table=customer&key={key.pk}"))
    assert ("Customer Ana" in shown, "Customer Eva" in shown) == (True, False)
    assert list(errors(browser.get(f"{TRAIL}?key=999999"))) == ["key"]


def test_days_are_those_of_the_reader(browser: Client, maria: User) -> None:
    maria.time_zone = "America/Caracas"  # four hours behind
    maria.save()
    for moment, name in (("2026-03-01T03:59Z", "Ana"), ("2026-03-01T04:00Z", "Eva")):
        with time_machine.travel(moment, tick=False):
            make_customer(name=name, surname="")
    shown = text(browser.get(f"{TRAIL}?table=customer&from=2026-03-01&to=2026-03-01"))
    assert ("Customer Eva" in shown, "Customer Ana" in shown) == (True, False)
    shown = text(browser.get(f"{TRAIL}?table=customer&from=2026-02-28&to=2026-02-28"))
    assert ("Customer Eva" in shown, "Customer Ana" in shown) == (False, True)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("table=nothing", "table"),
        ("record=ana", "record"),
        ("user=999999", "user"),
        ("changed=password", "changed"),
        ("from=0001-01-01", "from"),
        ("to=9999-12-31", "to"),
        ("request_id=%00", "request_id"),
    ],
)
def test_a_mistake_is_told_and_shows_nothing(browser: Client, query: str, field: str) -> None:
    make_customer(name="Ana", surname="")
    page = browser.get(f"{TRAIL}?{query}")
    assert page.status_code == 200
    assert list(errors(page)) == [field]
    assert page.context["entries"] == []
    assert "Correct what is marked above." in text(page)


def test_it_says_when_the_trail_was_verified_to_whom_seals_are_shown(
    browser: Client, back_office: Login, alice: User
) -> None:
    assert "It was never verified." in text(back_office(alice).get(TRAIL))
    for faults, sentence in ((0, ": whole."), (2, ": not whole.")):
        note_verified(faults=faults, anchors=True)
        told = text(back_office(alice).get(TRAIL)).partition("Verified last on ")[2]
        assert sentence in told[:60]
    assert "Faults 2 Compared with anchors Yes" in text(
        browser.get(f"{TRAIL}?action=trail_verified")
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("usr=1", "There is no parameter 'usr' here."),
        ("table=lead&record_id=4", "There is no parameter 'record_id' here."),
        ("table=lead&table=customer", "Give this parameter once."),
    ],
)
def test_a_misspelt_question_is_told_and_shows_nothing(
    browser: Client, query: str, sentence: str
) -> None:
    make_customer(name="Ana", surname="")
    page = browser.get(f"{TRAIL}?{query}")
    assert page.status_code == 200
    assert errors(page)[""].startswith(sentence)
    assert sentence in text(page)
    assert page.context["entries"] == []


@pytest.mark.parametrize("query", ["cursor=x", "page_size=0"])
def test_a_page_that_is_not_there_leads_to_the_newest(browser: Client, query: str) -> None:
    page = browser.get(f"{TRAIL}?{query}")
    assert (page.status_code, page["Location"]) == (302, TRAIL)
    assert told(page) == ["This page is not there any more. This is the newest."]


def test_nothing_is_told_when_nothing_is_there(browser: Client) -> None:
    assert "Nothing is recorded." in text(browser.get(f"{TRAIL}?table=invoice"))


def test_pages_follow_each_other(browser: Client) -> None:
    for number in range(3):
        make_customer(name=f"Ana{number}", surname="")
    page = browser.get(f"{TRAIL}?table=customer&page_size=2")
    assert "Ana2" in text(page)
    assert not page.context["newer"]
    older = browser.get(page.context["older"])
    assert [entry["label"] for entry in older.context["entries"]] == ["Ana0"]
    assert len(browser.get(older.context["newer"]).context["entries"]) == 2


def test_names_and_requests_lead_to_what_else_was_done(browser: Client, sam: User) -> None:
    with acting(actor=sam, source="api", request_id="request-1"):
        customer = make_customer(name="Ana", surname="")
    with acting(actor=sam, source="api", request_id="request-2"):
        make_lead(name="Eva")
    page = browser.get(f"{TRAIL}?table=customer").content.decode()
    day = f"{customer.created_at:%Y-%m-%d}"
    assert f"?user={sam.pk}&amp;from=" in page
    assert f'href="/admin/customers/customer/{customer.pk}/change/"' in page
    request = text(browser.get(f"{TRAIL}?request_id=request-1"))
    assert ("Ana" in request, "Eva" in request) == (True, False)
    person = text(browser.get(f"{TRAIL}?user={sam.pk}&from=2026-01-01"))
    assert ("Ana" in person, "Eva" in person) == (True, True)
    assert day


def test_a_persons_page_leads_to_what_they_did(back_office: Login, alice: User, sam: User) -> None:
    page = back_office(alice).get(f"/admin/accounts/user/{sam.pk}/change/").content.decode()
    assert f"{TRAIL}?user={sam.pk}&amp;from=" in page


def test_a_records_history_leads_to_the_trail(
    back_office: Login, browser: Client, sam: User
) -> None:
    customer = make_customer()
    history = f"/admin/customers/customer/{customer.pk}/history/"
    link = f"{TRAIL}?table=customer&amp;record={customer.pk}"
    assert link in browser.get(history).content.decode()
    assert TRAIL not in back_office(sam).get(history).content.decode()


def test_admins_see_when_the_trail_was_sealed(back_office: Login, alice: User, maria: User) -> None:
    admin = back_office(alice)
    make_customer()
    assert "Nothing is sealed yet." in text(admin.get(TRAIL))
    seal()
    note("exported")
    shown = text(admin.get(TRAIL))
    assert "is the last one. 1 entry is not sealed yet." in shown
    assert "sealed" not in text(back_office(maria).get(TRAIL))


def test_many_values_are_folded_in_the_trail_and_open_in_a_record_s_history(
    browser: Client, sam: User
) -> None:
    lead = make_lead(name="Eva", assigned_to=sam)
    lead.status = "contacted"
    lead.save()
    created = browser.get(f"{TRAIL}?action=create&table=lead").content.decode()
    assert "Eva" in created.partition("<details")[2]
    assert "<details" not in browser.get(f"{TRAIL}?action=update").content.decode()
    own = browser.get(f"/admin/leads/lead/{lead.pk}/history/").content.decode()
    assert "Eva" in own
    assert "<details" not in own.partition('id="content')[2]
