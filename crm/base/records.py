"""What every business record is made of."""

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.base.context import acts_as_key
from crm.base.errors import StaleRecord
from crm.base.folding import fold_all
from crm.base.stamps import Stamped
from crm.base.storing.columns import columns_of
from crm.base.storing.constraints import blame
from crm.base.storing.validating import clean_columns
from crm.base.trail.changes import Remembering
from crm.base.trail.fence import writing
from crm.base.trail.history import acting_user
from crm.base.trail.inserts import insert
from crm.base.with_past import WithPast


class Record(Remembering, Stamped, WithPast):
    """A business record; a concrete model adds ``history = History()``.

    ``save`` is the one way in: it normalises and validates, refuses to overwrite somebody else's
    change, and writes nothing when nothing changed.
    """

    # The fields people search by; a model that names some has a ``search_text`` column.
    searchable: ClassVar[Sequence[str]] = ()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Validate and write the record and its history row together, or nothing.

        A new record is one statement on PostgreSQL: what prepares and validates it only reads,
        and only a key's creations have to be counted with it.

        Raises ``ValidationError`` for bad values, ``StaleRecord`` when somebody else was faster,
        ``IntegrityError`` when a constraint refuses.
        """
        options.pop("update_fields", None)
        connection = transaction.get_connection()
        adds = self._state.adding and connection.vendor == "postgresql"
        one_statement = adds and not acts_as_key()
        try:
            if one_statement or connection.in_atomic_block:
                self._write(options)
            else:
                with transaction.atomic():
                    self._write(options)
        except IntegrityError as error:
            blame(error, self)
            raise

    def _write(self, options: dict[str, Any]) -> None:
        if self._state.adding:
            self.prepare()
            super().save(**options)
            self.created()
        elif self._prepare_change():
            # No savepoint: should the history fail, the whole unit of work goes with it.
            with transaction.atomic(savepoint=False), writing(self):
                super().save(**options)
        else:
            return
        self._remember()

    def _save_table(self, *args: Any, **options: Any) -> bool:
        """Write a new record without Django's comparisons of its fields with its keys."""
        if self._state.adding and self.pk is None:
            self.pk = insert(self, columns_of(type(self)).written)
            return False
        updated: bool = super()._save_table(*args, **options)  # type: ignore[misc]
        return updated

    def _do_insert(
        self, manager: Any, using: Any, fields: Any, returning_fields: Any, raw: bool
    ) -> list[tuple[int]]:
        """Write the row when Django's ``save`` comes to it, and the history with it."""
        return [(insert(self, fields),)]

    def prepare(self) -> None:
        """Make a new record complete and valid, without writing it."""
        if self.created_by_id is None:
            self.created_by = self.modified_by = acting_user()
        else:
            self.modified_by_id = self.created_by_id  # the user need not be read for it
        self.updated_at = self.created_at
        self.validate()

    def created(self) -> None:
        """Do what belongs to the creation of a record, in its transaction, after its row."""

    def validate(self) -> None:
        """Bring every field into the form that is stored and check the rules on it.

        Uniqueness and foreign keys are left to the database, which alone can answer in a race.
        """
        clean_columns(self)
        for name in columns_of(type(self)).nullable:
            if self.__dict__.get(name) == "":
                setattr(self, name, None)
        self.clean()
        self.index()

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Do nothing, for forms too: the database answers, and its answer names the field."""

    def _prepare_change(self) -> bool:
        self.validate()
        changed = self.changed_fields()
        if not changed:
            return False
        self.guard(changed)
        self._claim_version()
        self.updated_at = timezone.now()
        self.modified_by = acting_user()
        for name in self.updated_too:
            setattr(self, name, self.updated_at)
        return True

    def guard(self, changed: list[str]) -> None:
        """Check the rules on a change of the columns ``changed``, inside its transaction."""

    def _claim_version(self) -> None:
        same = type(self)._base_manager.filter(pk=self.pk, version=self.version)
        with writing(self):
            found = same.update(version=self.version + 1)
        if not found:
            raise StaleRecord
        self.version += 1

    def delete(self, *args: Any, **options: Any) -> Any:
        """Delete the row; the last entry of its history tells what it was."""
        with writing(self):
            return super().delete(*args, **options)

    def index(self) -> None:
        """Fill the column that search reads."""
        if self.searchable:
            self.search_text = fold_all(getattr(self, name) for name in self.searchable)

    @classmethod
    def hidden_fields(cls, actor: Any) -> frozenset[str]:
        """Return the fields that ``actor`` may neither see nor set."""
        return frozenset()
