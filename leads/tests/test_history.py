"""The history of a lead, of which a salesperson may not see every field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from crm.tests.clients import signed_in
from crm.tests.pages import text
from leads.models import Lead
from leads.tests.make import make_lead

Login = Callable[[User], Client]


@pytest.fixture
def noted(sam: User) -> Lead:
    """A lead with a change of what only management sees, one of both, and one more of the first."""
    lead = make_lead(assigned_to=sam, name="Ana")
    for changes in (
        {"admin_notes": "Pays late."},
        {"admin_notes": "Pays.", "name": "Anna"},
        {"admin_notes": ""},
    ):
        for name, value in changes.items():
            setattr(lead, name, value)
        lead.save()
    return lead


def told(user: User, lead: Lead) -> list[Any]:
    answer = signed_in(user).get(f"/api/v1/leads/{lead.pk}/history")
    return [
        sorted(row["new_values"]) for row in answer.json()["results"] if row["action"] == "update"
    ]


def test_a_change_of_nothing_but_hidden_fields_is_no_entry(
    noted: Lead, sam: User, maria: User
) -> None:
    assert told(maria, noted) == [["admin_notes"], ["admin_notes", "name"], ["admin_notes"]]
    assert told(sam, noted) == [["name"]]


def test_nor_is_it_one_on_its_page(noted: Lead, sam: User, maria: User, back_office: Login) -> None:
    page = reverse("admin:leads_lead_history", args=[noted.pk])
    counts = [text(back_office(user).get(page)).count("Changed") for user in (sam, maria)]
    assert counts == [1, 3]


def test_nor_can_it_be_asked_for(noted: Lead, sam: User, maria: User, back_office: Login) -> None:
    newest = noted.history.latest("history_id").history_id
    version = f"/api/v1/leads/{noted.pk}/history/{newest}"
    page = reverse("admin:leads_lead_version", args=[noted.pk, newest])
    for user, status in ((sam, 404), (maria, 200)):
        assert signed_in(user).get(version).status_code == status
        assert back_office(user).get(page).status_code == status
    assert signed_in(sam).post(f"{version}/restore").status_code == 404
