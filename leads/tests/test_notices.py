"""Who is told of what happens to leads, whoever does it; and in which words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.tests.make import make_key, make_user
from crm.base.context import acting
from crm.base.outbox.tables import Notice
from crm.tests.clients import ApiClient, with_key
from leads.assignment import assign_many
from leads.conversion import convert
from leads.models import Lead
from leads.telling import MOST_NAMED
from leads.tests.callers import Api, Code
from leads.tests.mailbox import delivered, reasons, waiting
from leads.tests.make import make_action, make_lead

CREATED, ASSIGNED, MOVED = "lead_created", "lead_assigned", "lead_status_changed"


@pytest.fixture(autouse=True)
def people(alice: User, maria: User, sam: User, sue: User, settings: Any) -> None:
    """Everybody can be reached; bob is of management, like maria, and zoe has left it."""
    settings.BASE_URL = "https://crm.example.org"
    bob = make_user("bob", role=Role.MANAGEMENT)
    for user in (alice, maria, bob, sam, sue):
        user.email = f"{user.username}@example.org"
        user.save()
    make_user("zoe", role=Role.MANAGEMENT, email="zoe@example.org").archive()


@pytest.fixture
def lead(sam: User) -> Lead:
    """A lead of sam's, of which everybody has been told."""
    lead = make_lead(name="Ana", phone="+584123456789", assigned_to=sam)
    Notice.objects.all().delete()
    return lead


def overseers(*, but: str = "") -> list[tuple[str, str]]:
    return [(name, CREATED) for name in ("alice", "bob", "maria") if name != but]


def maker(caller: Any) -> str:
    """Return who the caller is; nobody where the system itself acts."""
    return "" if isinstance(caller, Code) and caller.user is None else "maria"


def test_those_who_oversee_hear_of_a_new_lead(caller: Any) -> None:
    assert caller.enter(email="eva@example.org") == ""
    assert waiting() == overseers(but=maker(caller))


def test_of_a_salesperson_s_own_too_and_nobody_else_does(seller: Any) -> None:
    assert seller.enter(email="eva@example.org") == ""
    assert waiting() == overseers()


def test_a_program_is_nobody_though_its_number_is_somebody_s(lead: Lead, sam: User) -> None:
    program = with_key(make_key("Shop", pk=sam.pk, scopes=["leads:read", "leads:write"]))
    path = f"/api/v1/leads/{lead.pk}/status"
    assert program.patch(path, {"status": "quoted"}).status_code == 200
    [message] = delivered()
    assert_mail(message, "Ana: New → Quoted", "By: API key Shop")
    assert program.post("/api/v1/leads", {"email": "eva@example.org"}).status_code == 201
    Notice.objects.exclude(kind=CREATED).delete()
    assert waiting() == overseers()


def test_whoever_gets_a_new_lead_hears_of_it(caller: Any, sam: User) -> None:
    value = sam.pk if isinstance(caller, Api) else sam
    assert caller.enter(email="eva@example.org", assigned_to=value) == ""
    assert waiting() == sorted([*overseers(but=maker(caller)), ("sam", ASSIGNED)])


def test_a_new_owner_hears_of_it(caller: Any, lead: Lead, sue: User) -> None:
    assert caller.assign(lead, sue) == ""
    assert caller.assign(lead, sue) == ""  # that changes nothing
    assert caller.change(lead, name="Eva") == ""
    assert waiting() == [("sue", ASSIGNED)]
    assert caller.assign(lead, None) == ""
    assert waiting() == [("sue", ASSIGNED)]


def test_not_who_takes_it_themselves(caller: Any, lead: Lead, maria: User) -> None:
    assert caller.assign(lead, maria) == ""
    assert waiting() == ([] if maker(caller) else [("maria", ASSIGNED)])


@pytest.mark.parametrize("status", ["contacted", "closed", "discarded"])
def test_the_owner_hears_of_a_move_by_others(caller: Any, status: str, lead: Lead) -> None:
    assert caller.move(lead, status, "Went elsewhere") == ""
    assert waiting() == [("sam", MOVED)]


def test_of_a_conversion_as_well(caller: Any, lead: Lead) -> None:
    assert caller.convert(lead) == ""
    assert waiting() == [("sam", MOVED)]


def test_not_of_their_own(seller: Any, lead: Lead) -> None:
    assert seller.move(lead, "contacted") == ""
    assert seller.convert(lead) == ""
    assert waiting() == []


def test_what_is_nobody_s_moves_without_notice(caller: Any, lead: Lead) -> None:
    caller.assign(lead, None)
    assert caller.move(lead, "contacted") == ""
    assert waiting() == []


def test_actions_archiving_and_other_fields_are_no_news(caller: Any, lead: Lead) -> None:
    assert caller.log(lead) == ""
    assert caller.plan(lead) == ""
    assert caller.change(lead, sales_notes="Calls back") == ""
    assert caller.archive(lead) == ""
    assert caller.restore(lead) == ""
    assert waiting() == []


@pytest.mark.parametrize("status", ["lost", "discarded"])
def test_what_is_refused_is_not_told(as_maria: ApiClient, lead: Lead, status: str) -> None:
    path = f"/api/v1/leads/{lead.pk}/status"
    assert as_maria.patch(path, {"status": status}).status_code == 422
    assert as_maria.post("/api/v1/leads", {"name": "Eva"}).status_code == 422
    assert waiting() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(lead: Lead, sue: User) -> None:
    with transaction.atomic():
        make_lead()
        lead.assign(sue)
        convert(lead)
        assert waiting()
        transaction.set_rollback(True)
    assert waiting() == []


def test_many_given_at_once_are_one_notice(lead: Lead, sam: User, sue: User, maria: User) -> None:
    leads = [make_lead(name=f"Prospect {n}") for n in range(MOST_NAMED + 4)]
    Notice.objects.all().delete()
    with acting(actor=maria):
        assign_many(leads[:2], sue)
        assign_many([*leads, lead], sue)
    first, second = Notice.objects.order_by("pk")
    assert (first.payload["count"], second.payload["count"]) == (2, MOST_NAMED + 3)
    assert_mail(delivered()[1], f"{MOST_NAMED + 3} leads for you", "Prospect 2", "and 3 more")


def test_who_is_given_what_they_have_is_told_nothing(lead: Lead, sam: User) -> None:
    assign_many([lead], sam)
    assign_many([lead], None)
    assert waiting() == []


def test_a_successor_gets_one_notice(as_alice: ApiClient, lead: Lead, sue: User) -> None:
    others = [make_lead(assigned_to=lead.assigned_to) for _ in range(2)]
    Notice.objects.all().delete()
    users = f"/api/v1/users/{lead.assigned_to_id}"
    assert as_alice.delete(f"{users}?successor={sue.pk}").status_code == 204
    assert waiting() == [("sue", ASSIGNED)]
    Lead.objects.get(pk=others[1].pk).archive()
    assert_mail(delivered()[0], "2 leads for you", "Ana", str(others[0]))


def test_an_import_and_demo_data_tell_nobody(sam: User) -> None:
    with acting(source="import"):
        lead = make_lead(assigned_to=sam)
        lead.status = "quoted"
        lead.save()
        assign_many([lead], None)
    call_command("seed", customers=5, leads=9, invoices=9, force=True)
    assert waiting() == []


def test_each_kind_is_switched_by_itself(as_sam: ApiClient, lead: Lead, sue: User) -> None:
    switches = {row["switch"]: row["on"] for row in as_sam.get("/api/v1/auth/me").json()["notices"]}
    mine = ("lead_assigned", "lead_status_changed", "follow_ups_due", "follow_up_due")
    assert switches == {f"{kind}:email": True for kind in mine}
    off = {"notice_switches": {"lead_status_changed:email": False}}
    assert as_sam.patch("/api/v1/auth/me", off).status_code == 200
    Code(None).move(lead, "contacted")
    Code(None).assign(lead, sue)
    Code(None).assign(lead, lead.assigned_to)
    assert waiting() == [("sam", ASSIGNED), ("sue", ASSIGNED)]


def test_management_is_offered_all(back_office: Any, maria: User) -> None:
    page = back_office(maria).get("/admin/profile/").content.decode()
    for label in ("A new lead", "A lead is given to me", "every morning", "at its hour"):
        assert label in page


@pytest.mark.parametrize(
    ("meanwhile", "left"),
    [
        ("assign", 0),
        ("archive", 0),
        ("deactivate", 0),
        ("move", 1),  # of two moves the last is told, of the one meanwhile
        ("nothing", 2),
    ],
)
def test_what_is_no_news_any_more_is_dropped(
    meanwhile: str, left: int, lead: Lead, sam: User, sue: User
) -> None:
    lead.assign(None)
    lead.assign(sam)
    lead.status = "contacted"
    lead.save()
    undo: dict[str, Callable[[], Any]] = {
        "assign": lambda: Lead.objects.audited_update(assigned_to_id=sue.pk),
        "archive": lead.archive,
        "deactivate": lambda: sam.archive(confirmed=True),
        "move": lambda: Lead.objects.audited_update(status="quoted"),
        "nothing": lambda: None,
    }
    undo[meanwhile]()
    assert len(delivered()) == left
    assert len(reasons()) == 2 - left


def assert_mail(message: Any, subject: str, *lines: str) -> None:
    assert message.subject == subject
    assert [line for line in lines if line not in message.body] == []


def speak(user: User, language: str) -> User:
    user.language = language
    user.save()
    return user


@pytest.mark.parametrize(
    ("language", "created", "assigned", "moved"),
    [
        ("", "New lead: Ana", "A lead for you: Ana", "Ana: New → Discarded"),
        ("es", "Prospecto nuevo: Ana", "Un prospecto para usted: Ana", "Ana: Nuevo → Descartado"),
        ("ru", "Новый лид: Ana", "Лид для вас: Ana", "Ana: Новый → Отклонён"),
    ],
)
def test_everybody_reads_it_in_their_language(
    language: str, created: str, assigned: str, moved: str, alice: User, sam: User, maria: User
) -> None:
    speak(alice, language), speak(sam, language)
    with acting(actor=maria):
        lead = make_lead(name="Ana", assigned_to=sam, channel="web", admin_notes="Pays late")
    subjects = {message.to[0]: message.subject for message in delivered()}
    assert subjects["alice@example.org"] == created
    assert subjects["sam@example.org"] == assigned
    Api(maria).move(lead, "discarded", "Se fue")
    [message] = delivered()
    path = f"https://crm.example.org/admin/leads/lead/{lead.pk}/change/"
    assert_mail(message, moved, path, "maria", "Se fue")


def test_management_s_notes_are_in_no_notice(lead: Lead, sam: User, maria: User) -> None:
    lead.admin_notes = "Pays late"
    lead.save()
    with acting(actor=maria):
        lead.assign(None)
        lead.assign(sam)
        lead.status = "quoted"
        lead.save()
    told = delivered()
    assert len(told) == 2
    assert not [message for message in told if "Pays late" in f"{message.message()}"]


def test_entering_one_asks_little_more(as_sam: ApiClient) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert as_sam.post("/api/v1/leads", {"phone": "0412 345 67 89"}).status_code == 201
    of_it = [q["sql"] for q in asked if "base_notice" in q["sql"] or '"role" IN' in q["sql"]]
    assert len(of_it) == 2  # who oversees, and one statement for all of them


def test_from_the_api_to_the_mailbox(as_sam: ApiClient) -> None:
    given = {"name": "Eva", "email": "eva@example.com", "channel": "web"}
    pk = as_sam.post("/api/v1/leads", given).json()["id"]
    call_command("worker", "--once")
    assert sorted(message.to[0] for message in mail.outbox) == [
        *("alice@example.org", "bob@example.org", "maria@example.org"),
    ]
    facts = ("Channel: Web", "Email: eva@example.com", "Created by: sam", "Assigned to: sam")
    path = f"https://crm.example.org/admin/leads/lead/{pk}/change/"
    assert_mail(mail.outbox[0], "New lead: Eva", *facts, path)
    call_command("worker", "--once")
    assert len(mail.outbox) == 3


def test_a_step_that_opens_by_itself_is_no_news(lead: Lead) -> None:
    make_action(lead)
    assert waiting() == []
