import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from accounts.roles import Role
from crm.base.api.filters import ArchivedFilter, FlagFilter, RecordFilter


class UserFilter(RecordFilter):
    role = django_filters.ChoiceFilter(choices=Role.choices)
    is_active = FlagFilter()
    archived = ArchivedFilter(label=_("archived"))

    class Meta:
        model = User
        fields = ["role", "is_active", "archived"]


class AssignableFilter(RecordFilter):
    role = django_filters.ChoiceFilter(choices=Role.choices)

    class Meta:
        model = User
        fields = ["role"]


class ApiKeyFilter(RecordFilter):
    is_active = FlagFilter()

    class Meta:
        model = ApiKey
        fields = ["is_active"]
