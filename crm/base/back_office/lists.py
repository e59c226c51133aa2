"""Lists of the back office: bounded in cost, and deaf to parameters nobody declared."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.decorators import display
from unfold.views import ChangeList

Method = TypeVar("Method", bound=Callable[..., Any])
MOST_ROWS = 10_000
LONGEST_SEARCH = 200


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """Counts, and leads to, the first ``MOST_ROWS`` rows: beyond them one searches or filters.

    Counting and skipping cost more the more rows there are; this does not.
    """

    template_name = "back_office/pages.html"

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:MOST_ROWS].count()

    @property
    def is_cut(self) -> bool:
        return self.count == MOST_ROWS


class RecordChangeList(ChangeList):
    """A list that sorts by declared columns only and takes empty parameters for absent ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = capfirst(str(self.opts.verbose_name_plural))
        if not (self.query or self.has_active_filters):
            self.full_result_count = self.result_count  # nothing to "show all" of

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        given: dict[str, Any] = super().get_filters_params(params)
        return {name: values for name, values in given.items() if any(values)}

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Sort equal rows the way the others are sorted, which is how an index runs."""
        ordering: list[Any] = super().get_ordering(request, queryset)
        *first, last = ordering
        if last == "-pk" and first and not str(first[-1]).startswith("-"):
            return [*first, "pk"]
        return ordering

    def get_ordering_field(self, field_name: Any) -> Any:
        return super().get_ordering_field(field_name) if field_name in self.sortable_by else None

    def get_filters(self, request: HttpRequest) -> Any:
        declared = {spec.parameter_name for spec in self.list_filter}
        if not declared >= self.get_filters_params().keys():
            raise IncorrectLookupParameters
        return super().get_filters(request)


class BoundedListMixin:
    """What every list shares."""

    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 50
    list_filter_submit = True
    list_disable_select_all = True
    change_list_template = "back_office/change_list.html"
    sortable_by: Sequence[str] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordChangeList

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return True  # the list itself lets through what its filters declare, and nothing else

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list; a parameter it does not understand leads to the whole list."""
        query = request.GET.copy()
        refused = query.pop(ERROR_FLAG, None)
        # With the flag, Django would answer a second mistake with a page on a broken database.
        request.GET = query  # type: ignore[assignment]
        page = super().changelist_view(request, extra_context)  # type: ignore[misc]
        if refused and page.status_code == 200:
            note = _("The address asked for something unknown. This is the whole list.")
            messages.warning(request, note)
        return page


def badge(label: Any, colours: Mapping[str, str]) -> Callable[[Method], Method]:
    """Show a column as coloured badges; its method returns ``(key of colours, text)``."""

    def mark(method: Method) -> Method:
        return cast("Method", display(description=label, label=dict(colours))(method))

    return mark


def without(fields: Sequence[Any], hidden: Collection[str]) -> list[Any]:
    """Return ``fields``, in which a line is a sequence of its own, less the hidden ones."""
    lines = [field if isinstance(field, str) else without(field, hidden) for field in fields]
    return [line for line in lines if line and not (isinstance(line, str) and line in hidden)]
