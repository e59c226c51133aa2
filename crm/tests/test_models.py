"""What every business model has."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import get_commands
from django.db import connection, models

from crm.base.querysets import RecordQuerySet
from crm.base.trail.history import HistoryEntry
from crm.tests.audit_check import record_models
from crm.tests.samples import MAKERS

MODELS = record_models()
TRACKED = {"created_at", "updated_at", "created_by", "modified_by", "version"}
# Not in the history: secrets, what is derived from other fields, and what is no change.
UNTRACKED = {"password", "hash", "search_text", "last_used_at", "touched_at", "owner"}


@pytest.fixture(params=MODELS, ids=lambda model: model._meta.label)
def model(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_it_has_a_history_of_our_kind(model: Any) -> None:
    history = model.history.model
    assert issubclass(history, HistoryEntry)
    columns = {field.name for field in model._meta.concrete_fields}
    assert columns - {field.name for field in history.tracked_fields} <= UNTRACKED


def test_it_says_itself_who_may_see_its_rows(model: Any) -> None:
    queryset = type(model.objects.all())
    assert issubclass(queryset, RecordQuerySet)
    assert "visible_to" in vars(queryset), f"{queryset.__name__} has no visible_to of its own"


def test_it_has_a_page_in_the_back_office(model: Any) -> None:
    assert model in admin.site._registry


def test_it_has_an_order_without_ties(model: Any) -> None:
    assert model._meta.ordering
    assert model._meta.get_field(model._meta.ordering[-1].lstrip("-")).unique


def test_it_is_named_for_people(model: Any) -> None:
    assert model._meta.original_attrs.get("verbose_name_plural")
    assert model.__str__ is not models.Model.__str__


def test_it_tells_who_and_when_and_no_form_sets_it(model: Any) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    assert set(fields) >= TRACKED
    assert not any(fields[name].editable for name in TRACKED)


def test_what_it_points_to_cannot_vanish_under_it(model: Any) -> None:
    relations = [field for field in model._meta.concrete_fields if field.is_relation]
    assert {field.remote_field.on_delete for field in relations} == {models.PROTECT}


def test_it_has_no_relation_that_history_cannot_follow(model: Any) -> None:
    assert not model._meta.many_to_many, "put a model with its own history between the two"


def test_what_is_searched_has_the_column_that_search_reads(model: Any) -> None:
    names = {field.name for field in model._meta.concrete_fields}
    assert set(model.searchable) <= names
    assert bool(model.searchable) == ("search_text" in names)


def test_the_tests_of_the_whole_project_can_make_one(model: Any) -> None:
    assert model in MAKERS


@pytest.mark.django_db
def test_no_index_is_kept_for_a_like_that_nobody_asks() -> None:
    found = connection.introspection.get_constraints
    with connection.cursor() as cursor:
        names = [name for table in our_tables() for name in found(cursor, table)]
    assert not [name for name in names if name.endswith("_like")], "DropLikeIndex, in a migration"


def our_tables() -> list[str]:
    folders = {path.parent for path in Path(settings.BASE_DIR).glob("[a-z]*/**/migrations")}
    ours = [app for app in apps.get_app_configs() if Path(app.path) in folders]
    return [model._meta.db_table for app in ours for model in app.get_models()]


def our_commands() -> list[str]:
    return sorted(
        name
        for name, app in get_commands().items()
        if app in settings.INSTALLED_APPS and Path(settings.BASE_DIR, *app.split(".")).is_dir()
    )


@pytest.mark.parametrize("command", our_commands())
def test_every_command_is_called_by_a_test(command: str) -> None:
    tests = Path(settings.BASE_DIR).glob("[a-z]*/**/tests/**/*.py")
    assert any(f'"{command}"' in path.read_text("utf-8") for path in tests)
