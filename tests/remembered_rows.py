"""Rows written once by the code that is tried, then copied for tests that only start from them."""

from collections.abc import Callable

from django.apps import apps
from django.db.models import Model

_kept: dict[str, list[list[Model]]] = {}


def written_once(name: str, app: str, write: Callable[[], object]) -> None:
    """Have `write` fill the tables of an application, empty before; copy its rows from then on.

    Keys are those of the first time: the rows that a test rolled back leave them free.
    """
    if name not in _kept:
        models = apps.get_app_config(app).get_models(include_auto_created=True)
        # What a migration wrote, as a version that triggers count, stands already.
        empty = [model for model in models if not model._base_manager.exists()]
        write()
        rows = [list(model._base_manager.all()) for model in empty]
        _kept[name] = [of_model for of_model in rows if of_model]
        return
    for of_model in _kept[name]:
        manager = type(of_model[0])._base_manager
        # The version that triggers count is there or not, as the tests before emptied tables.
        if not manager.exists():
            manager.bulk_create(of_model)
