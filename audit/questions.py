"""What the feed can be asked: the same names over the API and in the back office."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.key_names import borne_by
from audit.tables import field_names, tables
from crm.base.api.filter_fields import MomentField
from crm.base.api.filters import MOST
from crm.base.readable import SOURCES
from crm.base.trail.differences import ACTIONS
from crm.base.trail.event_kinds import KINDS


def choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


def same(names: Any) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


class QuestionForm(forms.Form):
    """Reads the parameters that narrow the feed; what is empty narrows nothing."""

    table = choice(_("table"), lambda: same(tables()))
    record = forms.IntegerField(label=_("record"), min_value=0, max_value=MOST, required=False)
    user = forms.IntegerField(label=_("user"), min_value=0, max_value=MOST, required=False)
    key = forms.IntegerField(label=_("API key"), min_value=0, max_value=MOST, required=False)
    action = choice(_("action"), same([*ACTIONS, *KINDS]))
    source = choice(_("source"), list(SOURCES.items()))
    request_id = forms.CharField(label=_("request"), max_length=64, required=False)
    changed = choice(_("changed field"), lambda: same(field_names()))

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        # A word of Python's, so that no attribute may have it.
        self.fields["from"] = MomentField(label=_("from"), required=False)
        self.fields["to"] = MomentField(label=_("until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins: an empty list would look like an answer."""
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", _("This is before the beginning of the range."))
        return self.cleaned_data

    def question(self) -> dict[str, Any]:
        """Return the values given, once the form is valid; of a key, its names in their time."""
        empty = (None, "")
        asked = {name: value for name, value in self.cleaned_data.items() if value not in empty}
        if "key" in asked:
            asked["key"] = borne_by(int(asked["key"]))
        return asked


PARAMETERS = frozenset({*QuestionForm.base_fields, "from", "to"})
PAGING = frozenset({"cursor", "page_size"})
