import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from crm.base.filters import ArchivedFilter, RecordFilter


class UserFilter(RecordFilter):
    role = django_filters.ChoiceFilter(choices=Role.choices)
    is_active = django_filters.BooleanFilter()
    archived = ArchivedFilter(label=_("archived"))

    class Meta:
        model = User
        fields = ["role", "is_active", "archived"]


class AssignableFilter(RecordFilter):
    role = django_filters.ChoiceFilter(choices=Role.choices)

    class Meta:
        model = User
        fields = ["role"]
