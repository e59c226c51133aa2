"""Who is known already, and who only looks so."""

import copy
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.base.folding import fold
from crm.compat.importing.rows import MERGED, Row
from customers.models import Customer

UNIQUE = ("email", "phone")
# What two records of one person never differ in where both say something.
TELLING = (
    *("external_id", "email", "phone", "company_name", "tax_id", "instagram", "address", "city"),
    *("postal_code", "country", "age", "gender", "photo_url"),
)


class Acquaintances:
    """The live customers who have an email or a phone that rows of one batch have, too."""

    def __init__(self, rows: Iterable[Row]) -> None:
        records = [row.record for row in rows]
        emails = {record.email for record in records} - {None}
        phones = {record.phone for record in records} - {None}
        self._holders: dict[tuple[str, str], Customer] = {}
        self._enriched: dict[int, Customer] = {}
        for known in Customer.objects.live().filter(Q(email__in=emails) | Q(phone__in=phones)):
            self._hold(known)

    def _hold(self, record: Customer) -> None:
        for field in UNIQUE:
            if value := getattr(record, field):
                self._holders.setdefault((field, value), record)

    def settle(self, rows: Sequence[Row]) -> None:
        """Make each of ``rows`` the customer it is, or one beside those it resembles."""
        for row in rows:
            self._settle(row)
        Customer.objects.audited_bulk_change([[record] for record in self._enriched.values()])

    def _settle(self, row: Row) -> None:
        record = row.record
        own = row.memory.record_id if row.memory else None
        others = {
            id(other): other
            for field in UNIQUE
            if (other := self._holders.get((field, getattr(record, field))))
            and (own is None or other.pk != own)
        }
        if row.is_new and len(others) == 1:
            [other] = others.values()
            if not (differing := contradictions(other, record)):
                self._merge(row, other)
                return
            self._stand_beside(row, differing)
        elif others:
            self._stand_beside(row, [])
        self._hold(record)

    def _merge(self, row: Row, known: Customer) -> None:
        so_far = self._enriched.get(known.pk, known)
        said = {field: getattr(row.record, field) for field in TELLING}
        if news := {name: said[name] for name in said if said[name] and not getattr(so_far, name)}:
            kept = self._holder_to_change(known)
            for field, value in news.items():
                setattr(kept, field, value)
            self._hold(kept)
        row.note("merged", _("Nothing contradicts that it is the customer named."), other=known)
        row.record, row.outcome = known, MERGED

    def _holder_to_change(self, known: Customer) -> Customer:
        """Return the record to fill up: itself while it is unsaved, else its next version."""
        if known._state.adding:
            return known
        if known.pk not in self._enriched:
            later = self._enriched[known.pk] = copy.copy(known)
            later.updated_at, later.modified_by_id = timezone.now(), None
        return self._enriched[known.pk]

    def _stand_beside(self, row: Row, differing: Sequence[str]) -> None:
        """Leave to others what they have already, and say that they may be the same."""
        record = row.record
        for field in UNIQUE:
            value = getattr(record, field)
            other = self._holders.get((field, value))
            if not other or (row.memory and other.pk == row.memory.record_id):
                continue
            named = {"field": field, "differing": ", ".join(differing) or "-"}
            message = _("Possible duplicate: the same %(field)s, but these differ: %(differing)s.")
            row.note("possible_duplicate", message % named, field, value, other)
            setattr(record, field, None)
            if field == "phone":
                record.phone_as_given = value


def contradictions(one: Customer, other: Customer) -> list[str]:
    """Return the fields in which both say something, and not the same."""
    differing = [
        field
        for field in TELLING
        if (ours := getattr(one, field))
        and (theirs := getattr(other, field))
        and fold(str(ours)) != fold(str(theirs))
    ]
    if one.client_type != other.client_type:
        differing.append("client_type")
    return differing if _same_name(one, other) else ["name", *differing]


def _same_name(one: Customer, other: Customer) -> bool:
    ours, theirs = (fold(f"{who.name} {who.surname}") for who in (one, other))
    return ours == theirs
