"""A world with a row of every model, then with as many rows of each as asked.

`World` adds a row to every model that has none; `grow` copies rows level by level: a copy hangs
on the first world at its level, and on copies below it, so that pages meet both many rows beside
each other and rows that have rows of their own. Both work from the models alone: a model added
tomorrow is in the world without a line here, unless the database refuses a plain row of it.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import NOT_PROVIDED, Field, Model, UniqueConstraint
from django.db.models.base import ModelState

OURS = ("accounts", "catalogue", "cooperation", "desk", "employers", "housing", "levers")
ALONE = {
    # Counts, sessions and marks that no page lists.
    "accounts.Counter", "accounts.OpenSession", "desk.Notification",
    # The database refuses an entry without its lines, and lines without their entry.
    "housing.Ecriture", "housing.Ligne",
    # The outcome of a computation, of which pages show the last.
    "levers.RechercheTerritoire",
}  # fmt: skip

TEMPLATES = 3
BATCH = 500

# What a plain row lacks to be accepted by the constraints, or to be shown.
GIVEN: dict[str, dict[str, Any]] = {
    "accounts.SecurityReset": {"due_at": timedelta(days=7)},
    "accounts.Invitation": {"expires_at": timedelta(days=7)},
    "catalogue.Attente": {"servi_le": None},
    "catalogue.Arret": {"lat": 45.0, "lon": 3.9},
    "catalogue.LieuCovoiturage": {"lat": 45.0, "lon": 3.9, "insee": "43157"},
    "catalogue.ZoneService": {"geojson": '{"type": "Polygon", "coordinates": []}'},
    "catalogue.SolutionCode": {"liste": "publics", "code": "seniors"},
    "cooperation.Creneau": {"debut": time(9), "fin": time(10)},
    "cooperation.Engagement": {
        "etat": "confirme", "organisation_nom": "Garage", "organisation": None,
        "confirme_le": timedelta(0),
    },
    "cooperation.Decision": {"resultat": "retenue"},
    "cooperation.Moderation": {"seance": None},
    "cooperation.Pilote": {"compte": None, "nom": "Ana"},
    "cooperation.Idee": {"source": "telephone"},
    "cooperation.Invite": {"reponse": "oui", "arrive_le": timedelta(0)},
    "cooperation.Releve": {"secret": True},
    "desk.AnswerLink": {"expires_at": timedelta(days=7)},
    "desk.CheckPoint": {"month": 1},
    "desk.KeptAnswer": {"document": {"options": [], "helps": [], "aids": []}},
    "desk.SentMail": {"organisation": None},
    "cooperation.Regard": {"engagement": None},
    "cooperation.Seance": {"idee_montree": None},
    "levers.VersionDeScenario": {
        "resultat": {
            "gained": {"people": 0, "people_served": 0, "pairs": 0, "people_x_jobs": 0,
                       "communes_opened": []},
            "lost": {"people": 0, "pairs": 0, "people_x_jobs": 0, "communes_closed": [],
                     "communes_closed_hidden": 0},
            "cost": {"eur_year": None, "eur_per_person": None},
        },
    },
}  # fmt: skip


def models_in_order() -> list[type[Model]]:
    """Return every model with rows of ours, parents before those that point at them."""
    waiting = {
        model
        for app in OURS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.label not in ALONE
    }
    ordered: list[type[Model]] = []
    while waiting:
        ready = [model for model in waiting if not (set(_parents(model)) & waiting)]
        assert ready, waiting
        ordered += sorted(ready, key=lambda model: model._meta.label)
        waiting -= set(ready)
    return ordered


class World:
    """The rows that are there, and the copies made of them so far."""

    def __init__(self, now: datetime) -> None:
        """Add rows to the models that have none; one that another points at twice gets two."""
        self.models = models_in_order()
        twice = {
            parent
            for model in self.models
            for parent, n in Counter(_parents(model)).items()
            if n > 1
        }
        self.templates: dict[type[Model], list[Model]] = {}
        self.depths: dict[type[Model], int] = {}
        for model in self.models:
            rows = model._base_manager
            for _ in range(rows.count(), 2 if model in twice else 1):
                rows.bulk_create([model(**dict(_columns(model, now)))])
            self.templates[model] = list(rows.order_by("pk")[:TEMPLATES])
            self.depths[model] = 1 + max(
                (self.depths[parent] for parent in _parents(model)), default=-1
            )
        # Odd, so that every template meets every level.
        self.n_levels = (max(self.depths.values()) + 1) | 1
        self.n = 0

    def grow(self, n: int) -> None:
        """Copy rows until each model has `n` more than at first, less those that are only once."""
        copies: dict[type[Model], dict[int, Any]] = {}
        for model in self.models:
            rows = {
                number: self._copy(model, number, copies)
                for number in range(self.n, n)
                if self._is_one_world(model, number % self.n_levels)
            }
            model._base_manager.bulk_create(rows.values(), batch_size=BATCH, ignore_conflicts=True)
            kept = set(model._base_manager.values_list("pk", flat=True))
            copies[model] = {number: row.pk for number, row in rows.items() if row.pk in kept}
        self.n = n

    def _is_one_world(self, model: type[Model], level: int) -> bool:
        """Return whether the two rows that a link ties are of the same world at a level."""
        return all(n == 1 or level >= self.depths[p] for p, n in Counter(_parents(model)).items())

    def _copy(self, model: type[Model], number: int, copies: Any) -> Model:
        templates = self.templates[model]
        template = templates[number // self.n_levels % len(templates)]
        row = model.__new__(model)
        row.__dict__.update({k: v for k, v in template.__dict__.items() if k != "_state"})
        row._state = ModelState()
        # Above its level, a copy shares the first world.
        level = number % self.n_levels
        linked: set[type[Model]] = set()
        for field in model._meta.concrete_fields:
            value = getattr(row, field.attname)
            parent = field.related_model
            if parent is model:
                _point_at_itself(row, field, template, number)
            elif parent is not None and value is not None:
                if self.depths.get(parent, -1) >= level and parent not in linked:
                    linked.add(parent)
                    setattr(row, field.attname, copies[parent].get(number, value))
            elif field.primary_key or field.name in _unique_fields(model):
                setattr(row, field.attname, _varied(field, value, number))
        return row


def _point_at_itself(row, field, template, number) -> None:
    """Make every other copy a part of its template, where a row may have several parts."""
    if field.null and not field.unique and number % 2:
        setattr(row, field.attname, template.pk)


def _parents(model: type[Model]) -> Iterator[type[Model]]:
    """Yield the models that a model points at, those left empty by hand apart."""
    given = GIVEN.get(model._meta.label, {})
    for field in model._meta.concrete_fields:
        parent = field.related_model
        if field.name in given and given[field.name] is None:
            continue
        if parent not in (None, model) and parent._meta.app_label in OURS:
            yield parent


@cache
def _unique_fields(model: type[Model]) -> set[str]:
    """Return the columns that distinguish two rows: those of a unique constraint."""
    names = {
        name
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None
        for name in constraint.fields
    }
    return names | {field.name for field in model._meta.concrete_fields if field.unique}


KEYS = 10_000_000


def _varied(field: Field, value: Any, number: int) -> Any:
    if field.choices and not field.primary_key:
        return value
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if field.primary_key and not isinstance(field, models.CharField):
        return KEYS + number
    if isinstance(field, models.EmailField):
        return f"c{number}@x.example"
    if isinstance(field, models.URLField):
        return f"https://c{number}.example/"
    if isinstance(field, models.CharField):
        return None if value is None else f"c{number}-{value}"[: field.max_length]
    if isinstance(field, models.IntegerField):
        return None if value is None else 100 + number
    if isinstance(field, models.DecimalField):
        return None if value is None else value + number
    if isinstance(field, models.DateTimeField | models.DateField):
        return None if value is None else value + timedelta(days=number)
    return value


_drawn = count(1)


def _columns(model: type[Model], now: datetime) -> Iterator[tuple[str, Any]]:
    given = GIVEN.get(model._meta.label, {})
    n_links = Counter(_parents(model))
    used: Counter[type[Model]] = Counter()
    for field in model._meta.concrete_fields:
        if field.name in given:
            value = given[field.name]
            yield field.name, now + value if isinstance(value, timedelta) else value
        elif field.is_relation:
            linked = field.related_model
            if linked is model:
                continue
            used[linked] += 1
            rows = linked._base_manager.order_by("pk")
            is_second = n_links[linked] == 1 or used[linked] == 2
            if (row := rows.first() if is_second else rows.last()) is not None:
                yield field.attname, row.pk
        elif field.default is NOT_PROVIDED and not field.null and not field.primary_key:
            if not (field.blank and field.empty_strings_allowed):
                yield field.name, _plain(field, now)
        elif field.primary_key and isinstance(field, models.CharField):
            yield field.name, f"cle-{next(_drawn)}"


def _plain(field: Field, now: datetime) -> Any:
    if field.choices:
        return next(value for value, _ in field.flatchoices if value)
    for kind, value in (
        (models.DateTimeField, now),
        (models.DateField, now.date()),
        (models.TimeField, time(9)),
        (models.BooleanField, True),
        (models.IntegerField, 1),
        (models.FloatField, 1.0),
        (models.DecimalField, Decimal(1)),
        (models.JSONField, {}),
        (models.BinaryField, b"x"),
        (models.EmailField, "a@x.example"),
        (models.URLField, "https://x.example/"),
    ):
        if isinstance(field, kind):
            return value
    return f"mot {next(_drawn)}"[: field.max_length]
