"""What verification finds wrong, in words."""

from typing import NamedTuple

from django.utils.translation import gettext as _


class Fault(NamedTuple):
    """One thing that is wrong; ``record`` and ``entry`` are numbers where it is about one."""

    what: str
    table: str = ""
    record: int | None = None
    entry: int | None = None

    def __str__(self) -> str:
        where = [
            self.table,
            _("record %(number)d") % {"number": self.record} if self.record is not None else "",
            _("entry %(number)d") % {"number": self.entry} if self.entry is not None else "",
        ]
        return ": ".join(filter(None, [", ".join(filter(None, where)), self.what]))
