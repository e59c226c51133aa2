"""One feed over all tables, newest first, in keyset pages."""

from functools import partial
from typing import Any

from django.http import QueryDict

from audit.tables import Question, tables
from crm.base.api.merging import MergedPage, Part


class FeedPage(MergedPage):
    """A page of the entries that answer ``question``, as ``actor`` may see them."""

    def __init__(self, question: Question, actor: Any, query: QueryDict) -> None:
        asked = {name: value for name, value in question.items() if name != "table"}
        only = question.get("table")
        parts = [
            Part(table.name, rows, table.order, partial(table.entries, actor=actor))
            for table in tables().values()
            if only in (None, table.name) and (rows := table.narrowed(asked, actor)) is not None
        ]
        super().__init__(parts, list(tables()), query)
