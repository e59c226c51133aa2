"""The form of a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.base.back_office.conflicts import Clash, changes_since
from crm.base.back_office.forms import RecordForm
from invoices.admin_lines import LineFormSet, told
from invoices.admin_verb_forms import DayField
from invoices.company import CompanyProfile

LINES = "lines"


class InvoiceForm(RecordForm):
    """A draft with its lines; both are stored, or refused, together.

    ``lines_version`` is that of the lines its reader saw.
    """

    due_date = DayField(label=gettext_lazy("Due date"), required=False)
    lines_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        company, invoice = CompanyProfile.objects.current(), self.instance
        self.initial["lines_version"] = invoice.lines_version
        self._explain(company)
        if invoice.pk is None:
            self.initial.setdefault("currency", company.currency)
            self.initial["language"] = company.language
        stored = [line.given() for line in invoice.lines.all()] if invoice.pk else []
        seen = data.get("lines_version") if data is not None else None
        if self.clashes is not None and seen != str(invoice.lines_version):
            self.lines = LineFormSet(company, lines=stored)
            self._tell_of_lines(LineFormSet(company, data), stored, data.get("version", ""))
        else:
            self.lines = LineFormSet(company, data, stored)

    def _explain(self, company: CompanyProfile) -> None:
        if "due_date" in self.fields:
            term = ngettext(
                "Empty: %(days)d day after the date.",
                "Empty: %(days)d days after the date.",
                company.payment_term_days,
            )
            self.fields["due_date"].help_text = term % {"days": company.payment_term_days}
        if "description" in self.fields:
            self.fields["description"].widget.attrs["rows"] = 3

    def _tell_of_lines(
        self, typed: LineFormSet, stored: Sequence[Mapping[str, Any]], version: str
    ) -> None:
        """Say that the form holds the others' lines, and what was typed instead."""
        change = changes_since(self.instance, version, frozenset()).get("lines_version")
        yours = told(typed.given()) if typed.is_valid() else _("not complete")
        clash = Clash(_("Lines"), change.by if change else "", told(stored), yours)
        self.clashes = [*(self.clashes or ()), clash]

    def full_clean(self) -> None:
        self.refused_lines: list[tuple[str, str]] = []
        super().full_clean()
        if self.refused_lines and self.lines.is_valid():
            for place, text in self.refused_lines:
                if not self.lines.refuse(place, text):
                    self.add_error(None, text)

    def _refuse(self, name: str, text: str) -> None:
        if name.startswith(LINES):
            self.refused_lines.append((name.removeprefix(LINES).lstrip("."), text))
        else:
            super()._refuse(name, text)

    def is_valid(self) -> bool:
        fine = super().is_valid()
        return bool(self.lines.is_valid()) and fine
