"""Small forms about one document. ``run`` does what they ask for and returns what is told of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from crm.base.context import current
from crm.base.currencies import round_half_up
from crm.base.errors import StaleRecord
from crm.base.figures import money, plain
from crm.base.money import MOST_PLACES
from invoices.admin_lines import Number
from invoices.corrections import uncredited
from invoices.kinds import Method
from invoices.lines import DIGITS, PLACES
from invoices.mailing import mail
from invoices.models import LONGEST_NOTE, CompanyProfile, Invoice

PART = ("quantity", "amount")


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=UnfoldAdminTextInputWidget({"type": "date"}), **options)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else value


def amount_field(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=DIGITS, decimal_places=MOST_PLACES, widget=Number, **options
    )


def note_field(**options: Any) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget({"rows": 3})
    return forms.CharField(required=False, max_length=LONGEST_NOTE, widget=widget, **options)


class DocumentForm(forms.Form):
    """What can be done to ``invoice``; it carries the version that its reader saw."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, invoice: Invoice, data: Any = None, **options: Any) -> None:
        self.invoice = invoice
        self.today = CompanyProfile.objects.today()
        super().__init__(data, initial={"version": invoice.version, **self.start()}, **options)

    def start(self) -> dict[str, Any]:
        """Return what the form begins with."""
        return {}

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        """Do it; return the record whose page comes next, and a sentence."""
        raise NotImplementedError

    def check_version(self, invoice: Invoice) -> None:
        if self.cleaned_data["version"] != invoice.version:
            raise StaleRecord


class IssueForm(DocumentForm):
    issue_date = DayField(
        label=gettext_lazy("Date"), required=False, help_text=gettext_lazy("Empty: today.")
    )

    def start(self) -> dict[str, Any]:
        return {"issue_date": self.today}

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        invoice.issue(self.cleaned_data["issue_date"])
        return invoice, _("Issued as %(number)s.") % {"number": invoice.number}


class PaymentForm(DocumentForm):
    amount = amount_field(label=gettext_lazy("Amount"))
    payment_date = DayField(
        label=gettext_lazy("Date"), required=False, help_text=gettext_lazy("Empty: today.")
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Method"), choices=Method.choices, widget=UnfoldAdminSelectWidget
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    def start(self) -> dict[str, Any]:
        due = round_half_up(self.invoice.due_amount, self.invoice.currency)
        return {"amount": f"{due:f}", "payment_date": self.today, "method": Method.TRANSFER}

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        values = self.cleaned_data
        payment = invoice.record_payment(
            values["amount"],
            on=values["payment_date"],
            method=values["method"],
            reference=values["reference"],
        )
        shown = {"amount": money(payment.amount, invoice.currency)}
        return invoice, _("Payment of %(amount)s noted.") % shown


class ReverseForm(DocumentForm):
    reference = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )
    payment: Any = None

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        self.payment.invoice = invoice
        self.payment.reverse(self.cleaned_data["reference"])
        return invoice, _("The payment is reversed; its amount is due again.")


class CancelForm(DocumentForm):
    description = note_field(label=gettext_lazy("Reason, printed on the credit note"))

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        note = invoice.cancel(self.cleaned_data["description"])
        return invoice, _("Cancelled by the credit note %(number)s.") % {"number": note.number}


class MailForm(DocumentForm):
    """Its key lets a form that is sent twice send one letter."""

    address = forms.EmailField(
        label=gettext_lazy("To"), max_length=254, widget=UnfoldAdminEmailInputWidget
    )
    key = forms.RegexField(regex="^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def start(self) -> dict[str, Any]:
        return {"address": self.invoice.billing_email, "key": uuid4().hex}

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        address = self.cleaned_data["address"]
        mail(invoice, current().actor, address, self.cleaned_data["key"])
        return invoice, _("It is on its way to %(address)s.") % {"address": address}


class CreditForm(DocumentForm):
    """For each line a quantity, or an amount without tax; an empty row is not credited."""

    description = note_field(label=gettext_lazy("Reason, printed on the credit note"))

    def __init__(self, invoice: Invoice, data: Any = None, **options: Any) -> None:
        super().__init__(invoice, data, **options)
        self.lines = list(invoice.lines.all())
        for line in self.lines:
            self.fields[f"quantity-{line.pk}"] = forms.DecimalField(
                label=gettext_lazy("Quantity"),
                max_digits=DIGITS,
                decimal_places=PLACES,
                required=False,
                widget=Number,
            )
            self.fields[f"amount-{line.pk}"] = amount_field(
                label=gettext_lazy("Amount"), required=False
            )
            for name in PART:
                field = self.fields[f"{name}-{line.pk}"]
                field.widget.attrs["aria-label"] = f"{field.label}: {line.description}"

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield for each line what is left of it, and its two fields."""
        rest = uncredited(self.invoice)
        for line in self.lines:
            yield {
                "line": line,
                "sold": f"{plain(line.quantity)} x {plain(line.unit_price)}",
                "quantity": self[f"quantity-{line.pk}"],
                "amount": self[f"amount-{line.pk}"],
                "left": money(rest.get(line.pk, Decimal(0)), self.invoice.currency),
                "is_left": bool(rest.get(line.pk)),
            }

    def plain_fields(self) -> list[Any]:
        return [self["description"]]

    def clean(self) -> None:
        for part in self.parts():
            if all(name in part for name in PART):
                message = _("Name either a quantity or an amount.")
                self.add_error(f"amount-{part['line']}", message)
        if not self.errors and not self.parts():
            self.add_error(None, _("Say of at least one line what is to be credited."))

    def parts(self) -> list[dict[str, Any]]:
        """Return what ``Invoice.credit`` takes."""
        found = []
        for line in self.lines:
            given = {name: self.cleaned_data.get(f"{name}-{line.pk}") for name in PART}
            chosen = {name: value for name, value in given.items() if value is not None}
            if chosen:
                found.append({"line": line.pk, **chosen})
        return found

    def place(self, name: str) -> str | None:
        """Return the field that an error of ``lines.0`` belongs to."""
        index = name.removeprefix("lines.")
        if not index.isdecimal() or int(index) >= len(self.parts()):
            return None
        part = self.parts()[int(index)]
        return f"{'quantity' if 'quantity' in part else 'amount'}-{part['line']}"

    def run(self, invoice: Invoice) -> tuple[Any, str]:
        note = invoice.credit(self.parts(), self.cleaned_data["description"])
        return note, _("Credited by %(number)s.") % {"number": note.number}
