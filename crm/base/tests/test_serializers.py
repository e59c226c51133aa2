"""What serializers take and show: nothing unknown, nothing of the system, nobody unseen."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers

from crm.base.api.fields import PersonField
from crm.base.api.serializers import RecordSerializer
from crm.base.context import acting
from crm.base.tests.sample import Sample, make

pytestmark = pytest.mark.django_db


class SampleSerializer(RecordSerializer):
    created_by = PersonField()
    secret = serializers.CharField(write_only=True, required=False)

    class Meta:
        model = Sample
        fields = ["id", "name", "email", "phone", "age", "created_by", "version", "secret"]


class OwnerSerializer(RecordSerializer):
    """Takes a foreign key; ours are set by the system, so one is made writable here."""

    class Meta:
        model = Sample
        fields = ["id", "name", "created_by"]
        extra_kwargs = {"created_by": {"read_only": False}}

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        field_class, options = super().build_relational_field(field_name, relation_info)
        options = {"queryset": relation_info.related_model.objects.all()}
        return field_class, options


def errors_of(data: dict[str, Any], serializer: Any = SampleSerializer, **options: Any) -> Any:
    checked = serializer(data=data, **options)
    assert not checked.is_valid()
    return {name: [error.code for error in found] for name, found in checked.errors.items()}


def test_it_refuses_what_it_does_not_know_and_what_is_not_to_be_set() -> None:
    given = {"name": "Ana", "nmae": "Ana", "id": 5, "version": 9, "created_by": 1}
    assert errors_of(given) == {
        "nmae": ["unknown"],
        "id": ["read_only"],
        "version": ["read_only"],
        "created_by": ["read_only"],
    }


def test_it_tells_of_every_error_at_once() -> None:
    given = {"name": "", "email": "x", "age": 200, "nmae": "Ana"}
    assert set(errors_of(given)) == {"name", "email", "age", "nmae"}


def test_a_partial_change_is_as_strict() -> None:
    found = errors_of({"nmae": "Ana"}, instance=make(), partial=True)
    assert found == {"nmae": ["unknown"]}


@pytest.mark.parametrize("age", ["x", "", [], {}, 1.5, True, -1, 151, 2**64, "1e3"])
def test_a_number_is_a_number(age: Any) -> None:
    assert set(errors_of({"name": "Ana", "age": age})) == {"age"}


def test_a_phone_becomes_what_is_stored() -> None:
    serializer = SampleSerializer(data={"name": "Ana", "phone": "0412 345 67 89"})
    assert serializer.is_valid()
    assert serializer.validated_data["phone"] == "+584123456789"
    assert set(errors_of({"name": "Ana", "phone": "12"})) == {"phone"}


def test_a_record_and_a_list_read_alike(alice: Any) -> None:
    with acting(actor=alice):
        record = make(name="Ana", email="ana@example.org")
    serializer = SampleSerializer()
    (row,) = serializer.rows(Sample.objects.all())
    assert row == SampleSerializer(record).data
    assert row["created_by"] == {"id": alice.pk, "username": "alice"}
    assert "secret" not in row


def test_a_list_is_read_with_one_statement(alice: Any) -> None:
    with acting(actor=alice):
        for _ in range(5):
            make()
    with CaptureQueriesContext(connection) as captured:
        assert len(list(SampleSerializer().rows(Sample.objects.all()))) == 5
    assert len(captured) == 1
    assert "password" not in captured.captured_queries[0]["sql"]


def test_nobody_is_null() -> None:
    make()
    (row,) = SampleSerializer().rows(Sample.objects.all())
    assert row["created_by"] is None


class Request:
    """The little of a request that a serializer looks at."""

    def __init__(self, user: Any) -> None:
        self.user = user


def test_a_foreign_key_knows_only_what_the_actor_sees(alice: Any, sam: Any, sue: Any) -> None:
    context = {"request": Request(sam)}
    own = OwnerSerializer(data={"name": "Ana", "created_by": sam.pk}, context=context)
    assert own.is_valid()
    hidden = {"name": "Ana", "created_by": sue.pk}
    nowhere = {"name": "Ana", "created_by": 10**17}
    expected = {"created_by": ["does_not_exist"]}
    assert errors_of(hidden, OwnerSerializer, context=context) == expected
    assert errors_of(nowhere, OwnerSerializer, context=context) == expected
    seen = OwnerSerializer(data=hidden, context={"request": Request(alice)})
    assert seen.is_valid()


@pytest.mark.parametrize("value", [True, 1.5, [], {}, "x", "1e3", 2**64, -(2**70), "9" * 30])
def test_a_foreign_key_is_a_number_of_a_record(sam: Any, value: Any) -> None:
    given = {"name": "Ana", "created_by": value}
    found = errors_of(given, OwnerSerializer, context={"request": Request(sam)})
    assert set(found) == {"created_by"}


def test_what_the_actor_must_not_see_is_neither_shown_nor_taken(
    monkeypatch: pytest.MonkeyPatch, sam: Any
) -> None:
    record = make(name="Ana", email="ana@example.org")
    monkeypatch.setattr(
        Sample, "hidden_fields", classmethod(lambda cls, actor: frozenset({"email"}))
    )
    context = {"request": Request(sam)}
    assert "email" not in SampleSerializer(record, context=context).data
    (row,) = SampleSerializer(context=context).rows(Sample.objects.all())
    assert "email" not in row
    given = {"name": "Ana", "email": "other@example.org"}
    assert errors_of(given, context=context) == {"email": ["unknown"]}


class RenamingSerializer(RecordSerializer):
    """Makes something else of what it gets."""

    nick = serializers.CharField(source="surname", default="nobody")

    class Meta:
        model = Sample
        fields = ["id", "name", "city", "nick"]

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value({"name": data["called"], "city": data["from"]})


def test_what_is_left_out_is_required_gets_its_default_or_is_nothing() -> None:
    assert errors_of({}) == {"name": ["required"]}
    given = SampleSerializer(data={"name": "Ana"})
    assert given.is_valid()
    assert given.validated_data == {"name": "Ana"}
    assert set(given.fields) == {"name"}


def test_what_a_serializer_makes_of_the_values_may_name_any_field() -> None:
    given = RenamingSerializer(data={"called": "Ana", "from": "Lima"})
    assert given.is_valid()
    assert given.validated_data == {"name": "Ana", "city": "Lima", "surname": "nobody"}
