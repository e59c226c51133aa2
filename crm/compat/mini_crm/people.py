"""Its users, as objects in other records' answers."""

from collections.abc import Collection
from typing import Any, ClassVar

from accounts.models import User
from crm.compat.ids import Id, Ours
from crm.compat.mini_crm.fields import Fields

SHOWN = ("id", "username", "email", "role", "is_active", "created_at", "updated_at")
Named = tuple[int | None, str]


class PersonFields(Fields):
    """A user as others see them."""

    id = Id("user")

    class Meta:
        model = User
        fields: ClassVar = [*SHOWN]


def people(actor: Any, wanted: Collection[Named], nobody: int | None = None) -> dict[Named, Any]:
    """Return an object for each number and name; ``nobody`` is the number of those without one.

    Of whom ``actor`` may not see there is no more than that; nor is there of a program.
    """
    known = User.objects.visible_to(actor).filter(pk__in={pk for pk, _name in wanted if pk})
    rows = {row["id"].pk: row for row in PersonFields().rows(known.order_by())}
    return {(pk, name): rows.get(pk) or _stand_in(pk, name, nobody) for pk, name in wanted}


def _stand_in(pk: int | None, name: str, nobody: int | None) -> dict[str, Any]:
    number = nobody if pk is None else Ours("user", pk)
    return {**dict.fromkeys(SHOWN), "id": number, "username": name}
