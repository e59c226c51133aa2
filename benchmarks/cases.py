"""What people wait for, as a table: scale.py measures each case at every size.

In an address ``{name}`` stands for a value of the measured database, see ``samples.py``.
"""

from dataclasses import dataclass, replace
from typing import Literal

Role = Literal["sales", "admin"]
ROLES: tuple[Role, ...] = ("sales", "admin")
LOOK_UP = 5.0  # ms in the database: pages, search, exact look-ups, statistics
PIPELINE = 50.0
FEED = 50.0
# Who asks, what is on the page, and the entries of each table that has some there.
FEED_QUERIES = 14
# Also whom and which key one may choose, and how the trail stands.
AUDIT_PAGE_QUERIES = FEED_QUERIES + 5
REPORT = 1000.0
BACK_OFFICE = 200.0
BACK_OFFICE_QUERIES = 6


@dataclass(frozen=True)
class Case:
    """A GET and what it may cost. ``deep`` starts the page in the middle and goes one on.

    ``like`` names the case of today that one of the past is compared with.
    """

    name: str
    path: str
    role: Role = "sales"
    limit: float = LOOK_UP
    queries: int | None = None
    deep: bool = False
    status: int = 200
    like: str = ""

    @property
    def in_back_office(self) -> bool:
        return self.path.startswith("/admin/")


def back_office(
    name: str, path: str, queries: int | None = BACK_OFFICE_QUERIES, role: Role = "admin"
) -> Case:
    return Case(f"{role}: {name}", f"/admin/{path}", role, BACK_OFFICE, queries)


CUSTOMERS = "/api/v1/customers"
ORDERINGS = [
    f"{sign}{column}"
    for column in ("id", "name", "created_at", "updated_at", "registered_at")
    for sign in ("", "-")
]
FILTERS = {
    "type": "client_type=juridical",
    "common country": "country_code=VE",
    "rare country": "country_code=RU",
    "absent country": "country_code=IS",
    "city": "city=Lima",
    "email": "email={email}",
    "external id": "external_id={external_id}",
    "created by": "created_by={creator}",
    "archived": "archived=true",
    "archived, by name": "archived=true&ordering=name",
    "a day long ago": "created_at_after={day}&created_at_before={next_day}",
    "registered, a day": "registered_at_after={day}&registered_at_before={next_day}",
    "country by name": "country_code=RU&ordering=name",
}
TERMS = {
    "rare": "{rare}",
    "common": "caracas",
    "two words": "maria gonzalez",
    "absent": "zzqxjv",
    "short": "li",
    "short, absent": "qq",
    "short, two": "li ma",
    "one letter": "a",
    "one letter, absent": "q",
    "phone": "{phone_part}",
    "tax id": "{tax_id}",
}

API = [
    Case("list", CUSTOMERS),
    Case("list, counted", f"{CUSTOMERS}?count=true"),
    Case("country, counted", f"{CUSTOMERS}?country_code=VE&count=true"),
    *(Case(f"by {name}", f"{CUSTOMERS}?ordering={name}") for name in ORDERINGS),
    *(Case(f"by {name}, deep", f"{CUSTOMERS}?ordering={name}", deep=True) for name in ORDERINGS),
    *(Case(f"filter: {name}", f"{CUSTOMERS}?{query}") for name, query in FILTERS.items()),
    *(Case(f"search: {name}", f"{CUSTOMERS}/search?q={term}") for name, term in TERMS.items()),
    Case("list and search", f"{CUSTOMERS}?search={{rare}}"),
    Case("search in a country", f"{CUSTOMERS}?search=maria&country_code=IS"),
    Case("by phone", f"{CUSTOMERS}/by-phone/{{phone}}"),
    Case("by phone, nobody's", f"{CUSTOMERS}/by-phone/+584120000000", status=404),
    Case("detail", f"{CUSTOMERS}/{{id}}"),
    Case("history", f"{CUSTOMERS}/{{id}}/history"),
    Case("statistics", f"{CUSTOMERS}/stats"),
    Case("users", "/api/v1/users", "admin"),
    Case("users: search", "/api/v1/users?search=sales1", "admin"),
    Case("own profile", "/api/v1/auth/me"),
]
LEADS = "/api/v1/leads"
LEAD_FILTERS = {
    "status": "status=quoted",
    "status and channel": "status=closed&channel=manual",
    "open": "open=true",
    "overdue": "overdue=true",
    "stale": "stale=60",
    "stale, nobody": "stale=3000",
    "a day long ago": "created_at_after={day}&created_at_before={next_day}",
    "search": "search=maria gonzalez",
    "search, absent": "search=zzqxjv",
    "archived": "archived=true",
    "by change": "ordering=-updated_at",
    "by creation": "ordering=created_at",
    "customer": "customer={id}",
    "counted": "status=quoted&count=true",
}
LEAD_CASES = [
    case
    for role in ROLES
    for case in (
        Case(f"{role}: leads", LEADS, role, PIPELINE),
        *(
            Case(f"{role}: leads: {name}", f"{LEADS}?{query}", role, PIPELINE)
            for name, query in LEAD_FILTERS.items()
        ),
        Case(f"{role}: lead statistics", f"{LEADS}/stats", role, PIPELINE),
        Case(f"{role}: statistics of a channel", f"{LEADS}/stats?channel=web", role, PIPELINE),
        Case(f"{role}: due", "/api/v1/processes/due", role, PIPELINE),
        Case(f"{role}: overdue", "/api/v1/processes/due?overdue=true", role, PIPELINE),
        Case(f"{role}: processes", "/api/v1/processes", role, PIPELINE),
        Case(f"{role}: actions", "/api/v1/actions", role, PIPELINE),
    )
] + [
    Case("admin: leads: somebody's", f"{LEADS}?assigned_to={{creator}}", "admin", PIPELINE),
    Case("admin: leads: nobody's", f"{LEADS}?unassigned=true", "admin", PIPELINE),
]
INVOICES, REPORTS = "/api/v1/invoices", "/api/v1/reports"
INVOICE_FILTERS = {
    "status": "status=pending",
    "drafts": "status=draft",
    "overdue": "overdue=true",
    "a customer's": "customer={id}",
    "a number": "number=FAC7777",
    "currency": "currency=JPY",
    "credit notes": "kind=credit_note",
    "search": "search=fac7777",
    "by number": "ordering=-number",
    "by date": "ordering=-issue_date",
    "by due date": "ordering=due_date&status=pending",
    "counted": "status=pending&count=true",
}
INVOICE_CASES = [
    Case("invoices", INVOICES, "sales", LOOK_UP),
    *(Case(f"invoices: {name}", f"{INVOICES}?{query}") for name, query in INVOICE_FILTERS.items()),
    Case("report of invoices", f"{REPORTS}/invoices", "sales", REPORT),
    Case("report of a currency", f"{REPORTS}/invoices?currency=EUR", "sales", REPORT),
    Case("report of customers", f"{REPORTS}/customers", "sales", REPORT),
    Case("report of a customer", f"{REPORTS}/customers?customer={{id}}"),
]
AUDIT = "/api/v1/audit-logs"
AUDIT_FILTERS = {
    "table": "table=customer",
    "table without changes": "table=apikey",
    "record": "table=customer&record={id}",
    "record of any table": "record={id}",
    "user": "user={creator}",
    "nobody": "user=999999999",
    "action": "action=update",
    "rare action": "action=delete",
    "event": "action=login",
    "source": "source=api",
    "absent source": "source=import",
    "request": "request_id={request}",
    "changed field": "changed=instagram",
    "field that is never changed": "changed=photo",
    "from": "from={day}",
    "to": "to={day}",
    "a day long ago": "from={day}&to={next_day}",
    "the largest page": "page_size=200",
}
AUDIT_CASES = [
    Case("audit", AUDIT, "admin", FEED, FEED_QUERIES),
    *(
        Case(f"audit: {name}", f"{AUDIT}?{query}", "admin", FEED, FEED_QUERIES)
        for name, query in AUDIT_FILTERS.items()
    ),
]
THEN = "as_of={then}"


def then(case: Case, path: str = "") -> Case:
    """Return what ``case`` asks, as of a year ago; ``path`` where that has another address."""
    path = path or case.path
    asked = f"{path}{'&' if '?' in path else '?'}{THEN}"
    return replace(case, name=f"as of then: {case.name}", path=asked, limit=REPORT, like=case.name)


LISTS = [
    case
    for case in [*API, *LEAD_CASES, *INVOICE_CASES]
    if case.path.partition("?")[0] in (CUSTOMERS, LEADS, INVOICES) and not case.deep
]
PAST = [
    *map(then, LISTS),
    *(
        then(Case(f"search: {name}", ""), f"{CUSTOMERS}?search={term}")
        for name, term in TERMS.items()
    ),
    then(Case("detail", f"{CUSTOMERS}/{{id}}")),
]
BACK_OFFICE_PAGES = {
    "my day": "day/",
    "board": "board/",
    "leads": "leads/lead/",
    "leads in the pipeline": "leads/lead/?attention=open",
    "leads overdue": "leads/lead/?attention=overdue",
    "leads without a next step": "leads/lead/?attention=stepless",
    "leads untouched": "leads/lead/?stale=90",
    "leads: search": "leads/lead/?q=maria",
    "actions": "leads/action/",
    "follow-ups": "leads/process/",
    "follow-ups due": "leads/process/?due=overdue",
    "invoices": "invoices/invoice/",
    "invoices overdue": "invoices/invoice/?overdue=yes",
    "invoices: search": "invoices/invoice/?q=FAC",
    "payments": "invoices/payment/",
    "report of invoices": "invoices/invoice/reports/",
    "report of customers": "invoices/invoice/reports/customers/",
}
ADMIN = [
    back_office("home", ""),
    back_office("audit trail", "audit/", AUDIT_PAGE_QUERIES),
    back_office("customers", "customers/customer/"),
    *(
        back_office(f"search, {name}", f"customers/customer/?q={term}")
        for name, term in TERMS.items()
    ),
    back_office("by name", "customers/customer/?o=1"),
    back_office("page 100", "customers/customer/?p=100"),
    back_office("a customer", "customers/customer/{id}/change/", None),
    back_office("a customer's history", "customers/customer/{id}/history/"),
    back_office("users", "accounts/user/"),
    back_office("team", "team/"),
    *(
        back_office(f"page: {name}", path, role=role)
        for role in ROLES
        for name, path in BACK_OFFICE_PAGES.items()
    ),
]
CASES = [*API, *LEAD_CASES, *INVOICE_CASES, *AUDIT_CASES, *PAST, *ADMIN]
