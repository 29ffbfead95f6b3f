"""Readings pasted from a spreadsheet: all of them or none, nothing guessed, few people hidden."""

from datetime import date
from decimal import Decimal

import pytest

from traitdunion.cooperation.models import Indicateur, Releve
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.plan_import.pasted_readings import (
    Pasted,
    read_lines,
    take_readings,
)
from traitdunion.cooperation.roadmap.sheet import write_part

COLUMN = "Jour\tLogements\r\n31/03/2026\t1 200,5\r\nT2 2026\t1300\r\n"


@pytest.fixture
def action(half_day, now):
    return roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger les arrivants", now=now
    )


@pytest.fixture
def indicator(half_day, action, now):
    """Function that adds an indicator to the action."""

    def add(**fields):
        row = Indicateur(action=action, definition="Logements", source="bailleurs", **fields)
        write_part(row, by=half_day.steerer, now=now)
        return row

    return add


def test_days_amounts_and_territories_are_read_as_people_type_them():
    assert read_lines(COLUMN) == [
        Pasted(date(2026, 3, 31), (Decimal("1200.5"),)),
        Pasted(date(2026, 6, 30), (Decimal(1300),)),
    ]
    (share,) = read_lines("2026-12-31;30;40;CC du Velay")
    assert share == Pasted(date(2026, 12, 31), (Decimal(30), Decimal(40)), "CC du Velay")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Rien à lire"),
        ("Jour\tValeur", "Rien à lire"),
        ("31/02/2026\t3", "Ligne 1 : ce jour n'existe pas"),
        ("31/03/2026\t", "Rien à lire"),
        ("31/03/2026\t1\n31/03/2026\t2", "Ligne 2 : ce jour et ce territoire sont déjà plus haut"),
        ("31/03/2026\t1\nhier\t2", "Ligne 2 : écrivez un jour"),
        ("31/03/2026\t1,5\t2", "deux nombres entiers"),
        ("31/03/2026\t1\t2\t3", "Ligne 1 : écrivez un jour, puis la valeur"),
        ("\n".join(f"{n}\t1" for n in range(201)), "200 au plus"),
    ],
)
def test_what_would_be_guessed_is_refused_with_its_line(text, message):
    with pytest.raises(CooperationError, match=message):
        read_lines(text)


def test_readings_are_kept_once_a_day_and_each_can_be_undone(half_day, indicator, now):
    row = indicator(unite="logements")
    for value in ("1200", "1250"):
        events = take_readings(
            by=half_day.steerer,
            indicateur=row,
            readings=read_lines(f"31/03/2026\t{value}"),
            now=now,
        )
    assert [reading.valeur for reading in Releve.objects.all()] == [1250]
    assert events[0].changement


def test_one_line_that_is_not_sound_keeps_them_all_out(half_day, indicator, now):
    row = indicator(unite="logements")
    pasted = read_lines("31/03/2026\t12\n30/06/2026\t3\t4")
    with pytest.raises(CooperationError, match="se compte en logements"):
        take_readings(by=half_day.steerer, indicateur=row, readings=pasted, now=now)
    assert not Releve.objects.exists()


def test_fewer_than_eleven_people_are_not_kept(half_day, indicator, now):
    row = indicator(unite="personnes", personnes=True)
    pasted = read_lines("31/03/2026\t10\n30/06/2026\t11")
    take_readings(by=half_day.steerer, indicateur=row, readings=pasted, now=now)
    assert [(reading.valeur, reading.secret) for reading in Releve.objects.all()] == [
        (None, True), (11, False),
    ]  # fmt: skip


def test_the_page_takes_a_column_in_one_gesture(client, half_day, action, indicator):
    row = indicator(unite="logements")
    client.force_login(half_day.steerer)
    address = f"/cooperation/actions/{action.pk}/fiche/releves/"
    sheet = client.get(f"/cooperation/actions/{action.pk}/fiche/").content.decode()
    assert f"{address}?indicateur={row.pk}" in sheet
    refused = client.post(address, {"indicateur": row.pk, "lignes": "hier\t2"})
    assert refused.status_code == 422
    assert "Ligne 1\u00a0: écrivez un jour" in refused.content.decode()
    done = client.post(address, {"indicateur": row.pk, "lignes": COLUMN}, follow=True)
    assert "2 relevés enregistrés pour «\u00a0Logements\u00a0»" in done.content.decode()
    assert Releve.objects.count() == 2
