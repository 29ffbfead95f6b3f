"""Two editions set side by side: what is told, against what was drawn."""

import contextlib
import random
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from drawn_feeds import STOPS, WEDNESDAY, Drawn, Runs, with_demand

from traitdunion.networks.changes import change_lines, collapse, compare, read_edition
from traitdunion.reach import FeedError

SOUND = Drawn({"12": Runs(6, 2), "14": Runs(4)})
NOTHING = ["Aucun changement visible pour les voyageurs : ni ligne, ni course, ni arrêt."]


@pytest.fixture
def sentences(edition):
    """The sentences about a former and a newer edition, both drawn."""

    def tell(before, after, *, today=WEDNESDAY):
        read = edition(before, today=today), edition(after, today=today)
        return [line.replace("\u202f", " ") for line in change_lines(compare(*read, today=today))]

    return tell


@pytest.fixture
def refused(edition):
    """Why a newer edition may not take the place of a former one, or None."""

    def why(before, after, *, today=WEDNESDAY):
        former = before and edition(before, today=today)
        return collapse(former, edition(after, today=today), today=today)

    return why


def with_lines(**lines: Runs) -> Drawn:
    return replace(SOUND, lines={name.strip("_"): line for name, line in lines.items()})


def test_the_same_offer_is_no_change(sentences):
    assert sentences(SOUND, SOUND) == NOTHING


def test_other_hours_are_no_change_in_numbers(sentences):
    files = SOUND.files()
    later = {"stop_times.txt": files["stop_times.txt"].replace(",06:", ",05:")}
    assert sentences(SOUND, replace(SOUND, more=later)) == NOTHING


def test_fewer_trips_are_told_on_days_that_have_a_name(sentences):
    # Weekdays 10 → 8, Saturdays 2 → 1. The fourteen days from Wednesday 25/11 to Tuesday 08/12
    # hold ten weekdays, two Saturdays: 104 → 82, that is −21 %.
    # All weekdays alike: the first one ahead, the day itself, is the ordinary one.
    assert sentences(SOUND, with_lines(_12=Runs(4, 1), _14=Runs(4))) == [
        "Du 25/11/2026 au 08/12/2026 : 82 courses, contre 104 avant (−21 %).",
        "Un jour de semaine (mercredi 25/11/2026) : 8 courses, contre 10.",
        "Un samedi (samedi 28/11/2026) : 1 course, contre 2.",
        "Ligne 12 (Cars) : 4 courses un jour de semaine, contre 6 ; 1 course un samedi, contre 2.",
    ]


def test_lines_added_and_removed_are_named(sentences):
    after = with_lines(_12=Runs(6, 2), _15=Runs(4, long_name="Brioude – Saugues"))
    lines = sentences(SOUND, after)
    assert lines == [
        "Ligne ajoutée : 15 « Brioude – Saugues » (Cars).",
        "Ligne supprimée : 14 (Cars).",
    ]


def test_a_line_that_stops_running_is_a_line_removed(sentences):
    assert "Ligne supprimée : 14 (Cars)." in sentences(
        SOUND, with_lines(_12=Runs(6, 2), _14=Runs())
    )


def test_a_line_that_changes_hands_is_the_same_line(sentences):
    after = with_lines(_12=Runs(6, 2, agency="Autocars du Velay"), _14=Runs(4))
    assert sentences(SOUND, after) == [
        "Ligne 12 (Autocars du Velay) : exploitée jusqu'ici par Cars.",
    ]


def test_two_lines_of_one_name_are_not_taken_for_one_that_changes_hands(sentences):
    before = replace(
        SOUND, lines={"12": Runs(6, 2), "A": Runs(4, agency="Nord"), "a": Runs(2, agency="Sud")}
    )
    after = replace(SOUND, lines={"12": Runs(6, 2), "A": Runs(4, agency="Est")})
    lines = sentences(before, after)
    assert lines[-2:] == ["Ligne ajoutée : A (Est).", "Lignes supprimées (2) : A (Nord), a (Sud)."]


def test_another_case_or_space_in_a_name_is_the_same_line(sentences):
    before = with_lines(X=Runs(6, agency="CARS  Région"))
    assert sentences(before, with_lines(x=Runs(6, agency="Cars région"))) == NOTHING


def test_stops_added_removed_and_moved_are_told(sentences):
    # 0.001° of latitude is 6,371,009 × π / 180 / 1000 = 111.2 m; 0.0004° is 44 m, not told.
    stops = {
        "langeac": ("Langeac gare", 45.1036 + 0.001, 3.4996),
        "lepuy": ("Le Puy gare", 45.0432 + 0.0004, 3.8930),
        "vorey": ("Vorey bourg", 45.187, 3.909),
    }
    after = replace(
        SOUND,
        stops=stops,
        lines={"12": Runs(6, 2, calls=("langeac", "lepuy", "vorey")), "14": Runs(4)},
    )
    assert sentences(SOUND, after) == [
        "Arrêt ajouté : Vorey bourg.",
        "Arrêt déplacé de plus de 50 m : Langeac gare (110\u00a0m).",
    ]
    assert sentences(after, SOUND)[0] == "Arrêt qui n'est plus desservi : Vorey bourg."


def test_stops_renumbered_in_place_are_the_same_stops(sentences):
    stops = {"1": STOPS["langeac"], "2": STOPS["lepuy"]}
    lines = {name: replace(line, calls=("1", "2")) for name, line in SOUND.lines.items()}
    assert sentences(SOUND, replace(SOUND, stops=stops, lines=lines)) == NOTHING


def test_dates_covered_are_told(sentences):
    after = replace(SOUND, first=date(2026, 11, 15), last=date(2027, 2, 28))
    assert sentences(SOUND, after) == [
        # The last Sunday of February has no trip; Saturday 27 has.
        "L'offre va du 15/11/2026 au 27/02/2027 ; elle allait du 01/11/2026 au 31/12/2026."
    ]


def test_prices_that_change_are_told(sentences):
    def priced(**prices: str) -> Drawn:
        rows = [f"{name},{price},EUR,0,0" for name, price in prices.items()]
        header = "fare_id,price,currency_type,payment_method,transfers"
        return replace(SOUND, more={"fare_attributes.txt": "\n".join([header, *rows])})

    assert sentences(priced(Unité="1.5", Jour="4"), priced(Unité="1.70", Mois="40")) == [
        "Tarif supprimé : « Jour », 4\u00a0€.",
        "Nouveau tarif : « Mois », 40\u00a0€.",
        "Tarif « Unité » : 1,70\u00a0€, contre 1,50\u00a0€.",
    ]


def test_zones_on_demand_that_appear_are_told(sentences):
    lines = sentences(SOUND, with_demand(SOUND))
    assert "Ligne ajoutée : TAD (Cars)." in lines
    assert lines[-1] == "Transport à la demande : 1 zone ou groupe d'arrêts, contre aucune zone."


def test_long_lists_are_cut_and_say_how_much(sentences):
    lines = {f"L{number:02}": Runs(1) for number in range(15)}
    (added,) = [
        line
        for line in sentences(SOUND, replace(SOUND, lines=SOUND.lines | lines))
        if line.startswith("Lignes ajoutées")
    ]
    assert added.startswith("Lignes ajoutées (15) : L00 (Cars), L01 (Cars)")
    assert added.endswith("L11 (Cars) … et 3 de plus.")


def test_a_single_one_left_over_is_told_in_the_singular(sentences):
    def drawn(trips: int, price: str) -> Drawn:
        names = [f"L{number:02}" for number in range(13)]
        rows = [f"{name},{price},EUR,0,0" for name in names]
        header = "fare_id,price,currency_type,payment_method,transfers"
        return Drawn(
            {name: Runs(trips) for name in names},
            more={"fare_attributes.txt": "\n".join([header, *rows])},
        )

    lines = sentences(drawn(2, "1"), drawn(3, "2"))
    assert "… et 1 autre ligne modifiée." in lines
    assert "… et 1 autre tarif modifié." in lines


def test_a_holiday_is_not_an_ordinary_day(edition):
    # Wednesday 25 and Thursday 26 run as on Sundays (never): the ordinary weekday is the 27th.
    quiet = "week,20261125,2\nweek,20261126,2\n"
    before, after = edition(replace(SOUND, exceptions=quiet)), edition(SOUND)
    compared = compare(before, after, today=WEDNESDAY)
    assert compared.days[0].before == compared.days[0].after == date(2026, 11, 27)
    assert compared.trips_before[0] == compared.trips_after[0] == 10


def test_editions_that_share_no_day_are_compared_on_a_day_of_each(edition):
    over = edition(replace(SOUND, last=date(2026, 11, 22)))
    after = edition(replace(SOUND, first=date(2026, 11, 23), lines={"12": Runs(5)}))
    compared = compare(over, after, today=WEDNESDAY)
    assert compared.common is None
    assert compared.days[0].before < date(2026, 11, 23) <= compared.days[0].after
    assert (compared.trips_before[0], compared.trips_after[0]) == (10, 5)
    (weekday,) = [line for line in change_lines(compared) if line.startswith("Un jour")]
    assert "comparé au" in weekday


# -- refusal ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("trips", "is_refused"), [(10, False), (5, False), (4, True), (1, True)])
def test_less_than_half_of_the_trips_is_refused(refused, trips, is_refused):
    before = with_lines(_12=Runs(10))
    assert (refused(before, with_lines(_12=Runs(trips))) is not None) is is_refused


def test_the_refusal_says_how_many_trips_were_and_are(refused):
    # Ten weekdays from the 25th to Tuesday 8 December, of 10 then 4 trips.
    assert refused(with_lines(_12=Runs(10)), with_lines(_12=Runs(4))) == (
        "40 courses du 25/11/2026 au 08/12/2026, contre 100 dans l'édition précédente"
    )


def test_an_edition_that_begins_too_late_is_refused_while_the_former_runs(refused):
    later = replace(SOUND, first=date(2026, 12, 14), last=date(2027, 6, 30))
    assert refused(SOUND, later).endswith("(elle ne commence que le 14/12/2026)")
    over = replace(SOUND, last=date(2026, 11, 24))
    assert refused(over, later) is None


def test_the_last_days_of_the_former_edition_are_those_compared(refused):
    # It ends on Friday: three days of ten trips, and the newer has ten on each as well.
    ending = replace(SOUND, last=date(2026, 11, 27))
    assert refused(ending, SOUND) is None
    # Half of nothing on those days, though it runs afterwards.
    assert refused(ending, replace(SOUND, first=date(2026, 11, 28))) is not None


def test_an_edition_that_is_over_is_refused_even_as_the_first(refused):
    over = replace(SOUND, last=WEDNESDAY - timedelta(1))
    assert refused(None, over) == "rien n'y circule après le 24/11/2026"
    assert refused(SOUND, over) == "rien n'y circule après le 24/11/2026"
    assert refused(None, with_lines(_12=Runs())) == "aucune course n'y circule"
    assert refused(None, SOUND) is None


def test_two_editions_without_a_common_day_are_compared_by_an_ordinary_week(refused):
    # 5 × 10 + 2 = 52 trips a week, then 5 × 5 = 25 < 26, or 26.
    over = replace(SOUND, last=date(2026, 11, 15))
    assert "25 courses en une semaine ordinaire, contre 52" in refused(
        over, with_lines(_12=Runs(5))
    )
    assert refused(over, with_lines(_12=Runs(5, 1))) is None


def test_a_feed_of_zones_alone_is_not_over(refused):
    alone = with_demand(with_lines(_12=Runs()))
    assert refused(None, alone) is None
    over = replace(alone, last=WEDNESDAY - timedelta(1))
    assert refused(alone, with_demand(over)) == "rien n'y circule après le 24/11/2026"


def test_an_edition_of_the_end_of_time_is_refused_and_no_more(refused):
    for first, last in ((date(9999, 12, 1), date(9999, 12, 31)), (date(9999, 12, 31),) * 2):
        far = replace(SOUND, first=first, last=last)
        assert refused(SOUND, far).startswith("aucune course du 25/11/2026 au 08/12/2026, contre")
        assert refused(far, SOUND) is None


def test_a_spoilt_edition_is_compared_or_refused_by_the_reader_alone(tmp_path):
    """Whatever is done to its cells, nothing else is raised."""
    rng = random.Random(43)
    files = with_demand(SOUND).files() | with_demand(SOUND).more
    sound = read_edition(SOUND.write(tmp_path / "sound.zip"), today=WEDNESDAY)
    compared = 0
    for _ in range(150):
        spoilt = {name: spoil(rng, text) for name, text in files.items() if rng.random() < 0.9}
        path = replace(SOUND, more=files | spoilt).write(tmp_path / "spoilt.zip")
        with contextlib.suppress(FeedError):
            read = read_edition(path, today=WEDNESDAY)
            for before, after in ((sound, read), (read, sound)):
                assert change_lines(compare(before, after, today=WEDNESDAY))
                collapse(before, after, today=WEDNESDAY)
            compared += 1
    assert compared > 20


def spoil(rng: random.Random, text: str) -> str:
    """One cell in a file replaced, half of the time."""
    if rng.random() < 0.5:
        return text
    rows = [row.split(",") for row in text.split("\n")]
    row = rng.choice(rows)
    row[rng.randrange(len(row))] = rng.choice(
        ["", "-1", "99991231", "x", "25:99:99", "\0", "1e309"]
    )
    return "\n".join(map(",".join, rows))


# -- real feed ----------------------------------------------------------------------------------

TUESDAY = date(2025, 3, 4)


def mutated(path, out, change):
    """The feed with one file changed by a function of its lines."""
    name, function = change
    with zipfile.ZipFile(path) as former, zipfile.ZipFile(out, "w") as made:
        for member in former.namelist():
            lines = former.read(member).decode("utf-8-sig").splitlines()
            made.writestr(member, "\n".join(function(lines) if member == name else lines) + "\n")
    return out


@pytest.fixture
def trains(shared):
    return shared / "transit" / "sncf_ter_2025_subset_43.zip"


def test_real_trains_unchanged(trains, tmp_path):
    same = mutated(trains, tmp_path / "b.zip", ("trips.txt", lambda lines: lines))
    before, after = (read_edition(path, today=TUESDAY) for path in (trains, same))
    assert before.sha256 != after.sha256
    assert change_lines(compare(before, after, today=TUESDAY)) == NOTHING
    assert collapse(before, after, today=TUESDAY) is None


def test_real_trains_without_two_trips_out_of_three_collapse(trains, tmp_path):
    fewer = mutated(
        trains, tmp_path / "b.zip", ("trips.txt", lambda lines: [lines[0], *lines[1::3]])
    )
    before, after = (read_edition(path, today=TUESDAY) for path in (trains, fewer))
    days = [TUESDAY + timedelta(ahead) for ahead in range(14)]
    had, has = (sum(map(e.trips_on, days)) for e in (before, after))
    assert has < had / 2
    assert f"{has} courses du 04/03/2025 au 17/03/2025, contre {had}" in collapse(
        before, after, today=TUESDAY
    )


def test_real_trains_without_a_line(trains, tmp_path):
    """A route taken away: named as removed if no other bears its name, its trips not counted."""
    with zipfile.ZipFile(trains) as archive:
        rows = archive.read("trips.txt").decode("utf-8-sig").splitlines()
    gone = rows[1].split(",")[rows[0].split(",").index("route_id")]
    without = mutated(
        trains,
        tmp_path / "b.zip",
        ("trips.txt", lambda lines: [line for line in lines if gone not in line]),
    )
    before, after = (read_edition(path, today=TUESDAY) for path in (trains, without))
    compared = compare(before, after, today=TUESDAY)
    touched = len(compared.lines_removed) + len(compared.lines_changed)
    assert touched == 1
    assert not compared.lines_added
    assert compared.common_after < compared.common_before


def test_a_real_station_moved(trains, tmp_path):
    def north(lines):
        at = lines[0].split(",").index("stop_lat")
        moved = []
        for line in lines[1:]:
            cells = line.split(",")
            if ",Brioude," in line:
                cells[at] = f"{float(cells[at]) + 0.01:.6f}"
            moved.append(",".join(cells))
        return [lines[0], *moved]

    elsewhere = mutated(trains, tmp_path / "b.zip", ("stops.txt", north))
    before, after = (read_edition(path, today=TUESDAY) for path in (trains, elsewhere))
    # A hundredth of a degree of latitude is 1,112 m.
    assert change_lines(compare(before, after, today=TUESDAY)) == [
        "Arrêt déplacé de plus de 50 m : Brioude (1,1\u00a0km)."
    ]
