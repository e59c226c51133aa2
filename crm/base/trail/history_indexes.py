"""The indexes of a record's history."""

from collections.abc import Sequence

from django.db.models import Index

NARROWING = {
    "request": "request_id",
    "user": "history_user_id",
    "action": "action",
    "source": "source",
}


def history_indexes(label: str, asked_by: Sequence[str]) -> list[Index]:
    """Return those for one record's history, for the feed of all, and for lists of the past.

    The feed is narrowed in several ways; each of its indexes holds its order, newest first, so that
    a page reads no more entries than it shows. Lists of the past go by ``asked_by``.
    """
    newest = ("history_date", "history_id")
    return [
        Index(fields=["id", "history_id"], name=f"{label}_past"),
        Index(fields=newest, name=f"{label}_past_date"),
        *(
            Index(fields=[column, *newest], name=f"{label}_past_{name}")
            for name, column in NARROWING.items()
        ),
        *(
            Index(fields=[*names, "id"], name=f"{label}_past_{names[-1]}")
            for names in map(str.split, asked_by)
        ),
    ]
