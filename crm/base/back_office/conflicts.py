"""Two people changed one record: what the second is shown instead of overwriting the first."""

from dataclasses import dataclass
from typing import Any

from crm.base.readable import Names, label
from crm.base.trail import timeline


@dataclass(frozen=True)
class Change:
    """What became of one field since somebody began to edit: ``by`` changed it last."""

    old: Any
    new: Any
    by: str


@dataclass(frozen=True)
class Clash:
    """A row of the message: ``yours`` is "" where you had left the field as it was."""

    label: str
    by: str
    theirs: str
    yours: str


def changes_since(record: Any, version: str, hidden: frozenset[str]) -> dict[str, Change]:
    """Return the changes to ``record`` after ``version``, by field; garbage stands for 0."""
    seen = int(version) if version.isdecimal() and len(version) < 10 else 0
    history = record.history.all()
    rows = history.filter(version__gt=seen).order_by("history_id")
    found: dict[str, Change] = {}
    for entry in timeline.entries(rows, history, hidden):
        for name, new in entry["new_values"].items():
            first = found.get(name)
            old = first.old if first else entry["old_values"].get(name)
            found[name] = Change(old, new, entry["user"]["name"])
    return found


def merge(form: Any, data: Any, files: Any) -> list[Clash]:
    """Put what was typed over what is stored now, and return where the two differ.

    ``form`` is unbound and holds the record as it is now; ``data`` are the values typed on top
    of an older version. Fields that only others changed show their value.
    """
    record, actor = form.instance, form.submission.actor
    theirs = changes_since(record, data.get("version", ""), type(record).hidden_fields(actor))
    editable = {field.name for field in record._meta.concrete_fields if field.editable}
    clashes = []
    for name, field in form.fields.items():
        if name not in editable:
            continue
        typed = field.widget.value_from_datadict(data, files, form.add_prefix(name))
        stored = form.initial.get(name)
        before = theirs[name].old if name in theirs else stored
        is_yours = field.has_changed(field.prepare_value(before), typed)
        agrees = is_yours and not field.has_changed(stored, typed)
        if name in theirs and not agrees:
            clashes.append(_clash(form, name, theirs[name], (typed,) if is_yours else ()))
        if is_yours:
            form.initial[name] = typed
    return clashes


def _clash(form: Any, name: str, change: Change, typed: tuple[Any, ...]) -> Clash:
    model = type(form.instance)
    field = model._meta.get_field(name)
    rows = [{name: value} for value in (change.new, *typed)]
    names = Names(model, form.submission.actor, rows)
    yours = names.readable(field, typed[0]) if typed else ""
    return Clash(label(field), change.by, names.readable(field, change.new), yours)
