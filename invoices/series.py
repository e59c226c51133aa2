"""Where numbers come from: a series for each kind of document, a counter for each of its years."""

import string
from datetime import date
from typing import Any, NamedTuple, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.base.errors import Conflict, invalid
from crm.base.models import Record
from crm.base.querysets import RecordQuerySet
from crm.base.text import LineField
from crm.base.trail.history import History
from invoices.kinds import Kind

LONGEST = 40
MOST_DIGITS = 12
DEFAULT_CODES = {Kind.INVOICE: "FAC", Kind.CREDIT_NOTE: "NC"}
WORDS = {"series": "FAC", "year": 2026, "yy": "26", "number": "001"}

# One statement: whoever else issues waits for its row, and a rollback gives the numbers back.
TAKE = """
    INSERT INTO invoices_numbercounter (series, year, last, last_date) VALUES (%s, %s, %s, %s)
    ON CONFLICT (series, year) DO UPDATE
    SET last = invoices_numbercounter.last + excluded.last, last_date = excluded.last_date
    WHERE invoices_numbercounter.last_date <= excluded.last_date
    RETURNING last
"""


class Place(NamedTuple):
    """A place in the order of a series: ``year`` is 0 where the numbers do not begin anew."""

    series: str
    year: int
    sequence: int


class NumberSeriesQuerySet(RecordQuerySet["NumberSeries"]):
    def visible_to(self, actor: Any) -> Self:
        return self if actor.has_perm("invoices.view_numberseries") else self.none()

    def of(self, kind: str) -> "NumberSeries":
        """Return the series of ``kind``: FAC001, NC001 while nobody has set up another."""
        return self.filter(kind=kind).first() or self.default(kind)

    def default(self, kind: str) -> "NumberSeries":
        return self.model(kind=kind, code=DEFAULT_CODES[Kind(kind)])


class NumberSeries(Record):
    """How the numbers of one kind of document look."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, unique=True)
    code = LineField(
        _("code"), max_length=10, help_text=_("Such as FAC. Another code begins at 1.")
    )
    pattern = LineField(
        _("pattern"),
        max_length=60,
        default="{series}{number}",
        help_text=_("Of {series}, {year}, {yy} and {number}: {series}-{year}-{number}."),
    )
    padding = models.PositiveSmallIntegerField(
        _("digits"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DIGITS)],
        help_text=_("Fewer are filled up with zeros; larger numbers grow."),
    )
    yearly_reset = models.BooleanField(_("begins anew every year"), default=False)

    objects = NumberSeriesQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["id"]
        verbose_name = _("number series")
        verbose_name_plural = pgettext_lazy("several", "number series")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="series_code_once"),
            models.CheckConstraint(condition=~Q(code=""), name="series_coded"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="series_kind_known"),
            models.CheckConstraint(
                condition=Q(padding__gte=1, padding__lte=MOST_DIGITS), name="series_padding"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        if any(self.code == code for kind, code in DEFAULT_CODES.items() if kind != self.kind):
            raise invalid("code", _("The other kind of document has this code."), "taken")
        words = _words_of(self.pattern)
        if "number" not in words:
            raise invalid("pattern", _("The pattern needs {number}."), "number_missing")
        if self.yearly_reset and not words & {"year", "yy"}:
            message = _("Numbers that begin anew every year need {year} or {yy}.")
            raise invalid("pattern", message, "year_missing")
        if len(self.pattern.format(**WORDS)) + MOST_DIGITS + len(self.code) > LONGEST:
            raise invalid("pattern", _("These numbers would be too long."), "too_long")

    def take(self, on: date, count: int = 1) -> Place:
        """Take the next ``count`` numbers for documents of the day ``on``; return the last place.

        Nobody else gets a number of this series before the transaction ends. Raises ``Conflict``
        when a later day has begun: numbers and dates go the same way.
        """
        year = on.year if self.yearly_reset else 0
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [self.code, year, count, on])
            row = cursor.fetchone()
        if row is None:
            message = _("A document of a later day has been issued. Use a later date.")
            raise Conflict(message, code="date_goes_back", fields={"issue_date": message})
        return Place(self.code, year, row[0])

    def next_number(self, on: date) -> str:
        """Return the number that a document of the day ``on`` would get now."""
        year = on.year if self.yearly_reset else 0
        counters = NumberCounter.objects.filter(series=self.code, year=year)
        last: int = next(iter(counters.values_list("last", flat=True)), 0)
        return self.number(last + 1, on)

    def number(self, sequence: int, on: date) -> str:
        """Return the number as it is printed."""
        number, year = f"{sequence:0{self.padding}}", f"{on.year:04}"
        return self.pattern.format(series=self.code, year=year, yy=year[2:], number=number)


class NumberCounter(models.Model):
    """The last number given in a series and year, and the day of its document."""

    series = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()
    last_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "year"], name="counter_of_series_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year}: {self.last}"


def _words_of(pattern: str) -> set[str]:
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError:
        parts = [("", "?", "", None)]
    words = {name for _text, name, _format, _conversion in parts if name is not None}
    decorated = any(form or conversion for _text, _name, form, conversion in parts)
    if decorated or not words <= set(WORDS):
        raise invalid("pattern", _("Use only {series}, {year}, {yy} and {number}."), "bad_pattern")
    return words
