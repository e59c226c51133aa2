"""Who made a record and changed it last, and when, as columns and fields of the back office."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crm.base.readable import moment


class StampsMixin:
    @admin.display(description=_("created"), ordering="created_at")
    def created_on(self, record: Any) -> str:
        return moment(record.created_at, record.created_by, "SHORT_DATE_FORMAT")

    @admin.display(description=_("created"))
    def created(self, record: Any) -> str:
        return moment(record.created_at, record.created_by)

    @admin.display(description=_("changed"))
    def changed(self, record: Any) -> str:
        return moment(record.updated_at, record.modified_by)
