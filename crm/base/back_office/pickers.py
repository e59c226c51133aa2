"""Foreign keys in forms of the back office: picked by typing, and deaf to what is no number."""

from typing import Any

from django.http import HttpRequest

from crm.base.back_office.records import RecordAdmin


def is_number(value: Any) -> bool:
    """Return whether ``value`` may be asked of the database as a primary key."""
    return str(value).isascii() and str(value).isdecimal() and len(str(value)) <= 18


class PickingAdmin(RecordAdmin):
    """For records with ``autocomplete_fields``."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Return the field; its widget shows nothing for a value that is no number."""
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if field and db_field.name in self.autocomplete_fields:
            shown = field.widget.optgroups

            def optgroups(name: str, value: list[Any], attrs: Any = None) -> Any:
                return shown(name, [each for each in value if is_number(each)], attrs)

            field.widget.optgroups = optgroups
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer no pop-up windows to add or change what is pointed to."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field and db_field.is_relation:
            for verb in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{verb}_related", False)
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Let an address fill in what a new record points to, and nothing else."""
        given = request.GET.items()
        return {
            name: value
            for name, value in given
            if name in self.autocomplete_fields and is_number(value)
        }
