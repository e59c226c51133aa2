"""The feed's questions as a form of the back office: names to pick from, and whole days."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.models import ApiKey
from audit.questions import PAGING, PARAMETERS, QuestionForm
from audit.tables import HistoryTable, tables
from crm.base.api.parameters import check_parameters
from crm.base.api.refusals import BadRequest
from crm.base.back_office.history import ACTIONS
from crm.base.back_office.inputs import FIRST_YEAR, LAST_YEAR
from crm.base.readable import SOURCES, label
from crm.base.trail.event_kinds import KINDS

Choices = list[tuple[str, Any]]
ALL: Choices = [("", _("All"))]
MOMENT = timedelta(microseconds=1)


class TrailForm(QuestionForm):
    """Reads the same parameters as the API does, days in place of moments."""

    def __init__(self, actor: Any, query: QueryDict) -> None:
        super().__init__(query)
        self.query = query
        choices = {
            "table": table_choices(),
            "user": user_choices(actor),
            "key": key_choices(),
            "action": action_choices(),
            "source": [(word, capfirst(str(text))) for word, text in SOURCES.items()],
            "changed": changed_choices(),
        }
        for name, offered in choices.items():
            self.fields[name] = picked(self.fields[name].label, offered)
        self.fields["from"] = day(_("from"))
        self.fields["to"] = day(_("until"))
        for field in self.fields.values():
            field.label = capfirst(str(field.label))
        for name in ("record", "request_id"):
            self.fields[name].widget = UnfoldAdminTextInputWidget()

    def clean(self) -> dict[str, Any]:
        """Refuse what the API refuses: a misspelt parameter would narrow nothing."""
        asked = super().clean()
        if not self.errors:
            try:
                check_parameters(self.query, PARAMETERS | PAGING)
            except BadRequest as error:
                self.add_error(None, str(error.detail))
        return asked

    def question(self) -> dict[str, Any]:
        """Return the values given, the days as the moments they begin and end at."""
        asked = super().question()
        if "from" in asked:
            asked["from"] = beginning(asked["from"])
        if "to" in asked:
            asked["to"] = beginning(asked["to"] + timedelta(days=1)) - MOMENT
        return asked


def picked(title: Any, choices: Choices) -> forms.ChoiceField:
    widget = UnfoldAdminSelectWidget()
    return forms.ChoiceField(label=title, choices=ALL + choices, required=False, widget=widget)


def day(title: Any) -> forms.DateField:
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    return forms.DateField(
        label=title,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget({"type": "date"}),
        validators=[MinValueValidator(first), MaxValueValidator(last)],
    )


def beginning(of: date) -> datetime:
    """Return when the day begins in the reader's time zone."""
    return timezone.make_aware(datetime.combine(of, time()))


def table_choices() -> Choices:
    named = [
        (name, capfirst(str(table.model._meta.verbose_name_plural)))
        for name, table in tables().items()
    ]
    return sorted(named, key=lambda choice: choice[1])


def user_choices(actor: Any) -> Choices:
    people: Any = get_user_model()._default_manager.all()
    named = people.visible_to(actor).order_by("username").values_list("pk", "username")
    return [(str(pk), username) for pk, username in named]


def key_choices() -> Choices:
    """Return every key: the entries that the reader may see name them, too."""
    keys = ApiKey.objects.order_by("name").values_list("pk", "name")
    return [(str(pk), name) for pk, name in keys]


def action_choices() -> Choices:
    changes: Choices = [(word, text) for word, (text, _colour) in ACTIONS.items()]
    return changes + [(kind, text) for kind, (text, _colour) in KINDS.items()]


def changed_choices() -> Choices:
    histories = [table for table in tables().values() if isinstance(table, HistoryTable)]
    fields = {
        field.name: label(field)
        for table in histories
        for field in table.history.tracked_fields
        if field.name in table.field_names()
    }
    return sorted(fields.items(), key=lambda choice: choice[1])
