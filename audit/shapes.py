"""Which columns the proofs of a time covered, by the shape that a proof names."""

from functools import cache

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import ForeignKey

from crm.base.trail.shapes import Shape, shape


@cache
def shapes() -> dict[str, Shape]:
    """Return every shape that a table with proofs has had, by its digest.

    The migrations tell: nothing has to be kept that could be forged or lost.
    """
    graph = MigrationLoader(None).graph
    state, found = ProjectState(), {}
    for key in graph._generate_plan(graph.leaf_nodes(), at_end=True):
        state = graph.nodes[key].mutate_state(state, preserve=False)
        for (app, _), model in state.models.items():
            if app == key[0] and "proof" in model.fields:
                one = _shape(model)
                found[one.digest] = one
    return found


def _shape(model: ModelState) -> Shape:
    table = model.options.get("db_table") or f"{model.app_label}_{model.name_lower}"
    return shape(
        table,
        [
            f"{name}_id" if isinstance(field, ForeignKey) else name
            for name, field in model.fields.items()
            if not field.primary_key and name != "proof"
        ],
    )
