"""What our commands share: their changes are audited, and what is refused is told plainly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError

from crm.base.api.field_errors import flatten_validation
from crm.base.context import acting, new_request_id
from crm.base.errors import RuleError
from crm.base.storing.constraints import conflict_of


class AuditedCommand(BaseCommand):
    """A command that works under one request id of its own, with ``command`` as the source.

    What rules, fields or the database refuse becomes a ``CommandError``: exit code 1.
    """

    requires_migrations_checks = True

    def execute(self, *args: Any, **options: Any) -> str | None:
        with acting(source="command", request_id=new_request_id()), command_errors():
            return super().execute(*args, **options)


@contextmanager
def command_errors() -> Iterator[None]:
    """Turn what the floor raises into ``CommandError`` with the sentences meant for people."""
    try:
        yield
    except ValidationError as error:
        rows = flatten_validation(error)
        lines = [f"{row['field']}: {row['detail']}".removeprefix(": ") for row in rows]
        raise CommandError("\n".join(lines)) from error
    except IntegrityError as error:
        raise _command_error(conflict_of(error)) from error
    except RuleError as error:
        raise _command_error(error) from error
    except OperationalError as error:
        raise CommandError(f"The database did not do it: {error}") from error


def _command_error(error: RuleError) -> CommandError:
    lines = [f"{field}: {detail}" for field, detail in error.fields.items()]
    return CommandError("\n".join(lines) or str(error.detail))
