"""The lines of a draft in a form: rows that are added and taken away, with or without scripts."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from crm.base.figures import plain
from invoices.company import CompanyProfile
from invoices.drafts import MOST_LINES
from invoices.lines import BLANK, DIGITS, PLACES, InvoiceLine

SPARE_ROWS = 2
RATES = "tax-rates"  # the list of usual rates, beside the fields


class Number(UnfoldAdminDecimalFieldWidget):
    """A number with any decimals, without the zeros that say nothing."""

    def __init__(self, attrs: Mapping[str, str] | None = None) -> None:
        super().__init__({"step": "any", "inputmode": "decimal", **(attrs or {})})

    def format_value(self, value: Any) -> Any:
        is_number = isinstance(value, Decimal) and value.is_finite()
        return f"{value.normalize():f}" if is_number else super().format_value(value)


def label(name: str) -> Any:
    field: Any = InvoiceLine._meta.get_field(name)
    return capfirst(field.verbose_name)


class LineForm(forms.Form):
    """One line. What a line must be is the record's business; here it is only read."""

    description = forms.CharField(
        label=label("description"), strip=True, widget=UnfoldAdminTextInputWidget
    )
    quantity = forms.DecimalField(
        label=label("quantity"), max_digits=DIGITS, decimal_places=PLACES, widget=Number
    )
    unit_price = forms.DecimalField(
        label=label("unit_price"), max_digits=DIGITS, decimal_places=PLACES, widget=Number
    )
    tax_rate = forms.DecimalField(
        label=label("tax_rate"), max_digits=6, decimal_places=3, widget=Number({"list": RATES})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs |= {"aria-label": str(field.label), "data-column": name}

    def has_changed(self) -> bool:
        """Tell whether it says anything: a row comes with a quantity and a rate filled in."""
        return any(self[name].data for name in ("description", "unit_price"))


_Base: Any = BaseFormSet  # no generic at run time


class BaseLineFormSet(_Base):
    """The rows; each that says nothing is left out, so emptying one takes it away."""

    def kept(self) -> list[Any]:
        """Return the forms of the rows that become lines."""
        return [form for form in self.forms if form.has_changed() and not self._is_removed(form)]

    def _is_removed(self, form: Any) -> bool:
        return bool(form["DELETE"].data)

    def given(self) -> list[dict[str, Any]]:
        """Return what ``Invoice.write`` takes; the rows are valid."""
        return [_values(form) for form in self.kept()]

    def guessed(self) -> Iterator[dict[str, Any] | None]:
        """Yield for every row what it says by now; None for one that is wrong or unfinished."""
        for form in self.forms:
            form.empty_permitted = False
            form.fields["description"].required = False
            usable = not form.errors and not self._is_removed(form)
            yield _values(form) if usable else None

    def refuse(self, place: str, text: str) -> bool:
        """Put an error of ``0.quantity`` on its row; tell whether there is such a row."""
        index, _dot, name = place.partition(".")
        kept = self.kept()
        if not index.isdecimal() or int(index) >= len(kept):
            return False
        form = kept[int(index)]
        form.add_error(name if name in form.fields else None, text)
        return True


def _values(form: Any) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in BLANK}


_FormSet: Any = formset_factory(
    LineForm,
    formset=BaseLineFormSet,
    extra=SPARE_ROWS,
    can_delete=True,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + SPARE_ROWS,
)


class LineFormSet(_FormSet):
    """The rows of one draft; new ones begin with the company's usual tax rate."""

    def __init__(
        self, company: CompanyProfile, data: Any = None, lines: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self.rates = [f"{rate.normalize():f}" for rate in company.rates()]
        super().__init__(data, initial=None if data is not None else lines, prefix="lines")

    def get_form_kwargs(self, index: Any) -> dict[str, Any]:
        blank = index is None or index >= self.initial_form_count()
        usual = {"quantity": "1", "tax_rate": self.rates[0] if self.rates else "0"}
        given = {"initial": usual} if blank and not self.is_bound else {}
        return {"empty_permitted": True, **given}


def told(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the lines in a few words, to be compared by eye."""
    shown = [
        f"{plain(line['quantity'])} x {line['description']}, {plain(line['unit_price'])}"
        for line in lines
    ]
    return "; ".join(shown) or _("none")
