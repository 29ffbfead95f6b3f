"""What the server does before its first request: it loads what answers read, and sets it apart."""

import gc
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import connection

from traitdunion.desk.models import Search
from traitdunion.reach import Timetable
from traitdunion.web import preload

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def thawed():
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.django_db
def test_one_question_is_answered_and_kept_nowhere(timetable, monkeypatch):
    network = SimpleNamespace(timetable=Timetable.load(timetable), label="", demonstration=True)
    monkeypatch.setattr(preload.queries, "active_network", lambda: network)
    answered, real = [], preload.answer

    def answer(situation, **given):
        answered.append(real(situation, **given))
        return answered[-1]

    monkeypatch.setattr(preload, "answer", answer)
    preload.settle(NOW)
    (each_answer,) = answered
    assert each_answer.situation.week == each_answer.covers[0]
    assert any(option.feasible_days for option in (*each_answer.options, *each_answer.excluded))
    assert not Search.objects.exists()
    assert gc.get_freeze_count() > 10_000


@pytest.mark.django_db
def test_a_server_without_a_network_settles_all_the_same(settings, tmp_path):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    preload.settle(NOW)
    assert gc.get_freeze_count() > 10_000


@pytest.mark.django_db(transaction=True)
def test_a_server_without_its_tables_settles_all_the_same(settings, tmp_path, monkeypatch):
    settings.TRAITDUNION_DATA_DIR = tmp_path

    def missing(text):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM table_absente")

    monkeypatch.setattr(preload.queries, "search_communes", missing)
    preload.settle(NOW)
    assert gc.get_freeze_count() > 10_000
