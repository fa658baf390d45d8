"""What makes an empty database ready in seconds: many tables in one operation, and changed models rendered alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The method of Django that says which models a change concerns. It is not public: `tests/plm/test_migrating.py` holds it.
WHAT_TO_RENDER = "_find_reload_model"


class CreateModels(Operation):
    """Makes these models in their order.

    Django makes the classes of all related models anew with every CreateModel of its own; here it does so once for all of
    them, which takes most of the time off an empty database.
    """

    def __init__(self, models: Sequence[CreateModel]) -> None:
        self.models = list(models)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without the classes that were made so far nothing is made anew; they are made when they are next asked for.
        state.__dict__.pop("apps", None)
        for operation in self.models:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.models:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.models):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.models)} models"


@contextmanager
def rendering_alone() -> Iterator[None]:
    """While migrations run on an empty database: a changed model is rendered anew, and not all that it is related to.

    Django renders each related model again with every field, index and constraint that is added. Here all are related to
    all through workspace and product, so each such step takes 0.1 s. What is not rendered again keeps pointing at the
    class of before, which has the same table and key. As the state says that it is delayed, code in a migration
    (`RunPython`) still gets all classes anew. Databases with rows go Django's way, so a slip here is seen by whoever
    starts afresh and by every test, and never by an installation that is updated.
    """

    def alone(
        state: Any, app_label: str, model_name: str, *_: bool, **__: bool
    ) -> set[tuple[str, str]]:
        state.is_delayed = True
        return {(app_label, model_name)}

    django_finds = getattr(ProjectState, WHAT_TO_RENDER)
    setattr(ProjectState, WHAT_TO_RENDER, alone)
    try:
        yield
    finally:
        setattr(ProjectState, WHAT_TO_RENDER, django_finds)
