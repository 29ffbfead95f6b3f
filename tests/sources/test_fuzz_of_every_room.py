"""Files of every room mutated at random: read, or refused in words; never a traceback.

One hundred of each kind here; `make fuzz` asks for ten thousand (FUZZ_FILES).
"""

import gzip
import json
import logging
import os
import random
from datetime import UTC, datetime

import pytest

from tests.catalogue.test_fuzz import mutated, odd_document
from traitdunion.desk.question.calendars import FILE as CALENDAR_FILE
from traitdunion.desk.question.calendars import site_calendar
from traitdunion.employers.clubs.calendar_files import read_calendar
from traitdunion.employers.site_files import read_sites
from traitdunion.housing.feasibility.operation_files import NEEDED, operation_from
from traitdunion.housing.models import Reference
from traitdunion.housing.references.files import read_references
from traitdunion.housing.references.operations import import_rows
from traitdunion.levers.scenarios.reading import ScenarioError, read_scenario
from traitdunion.observatory.running.profiles import PROFILES, ProfilesError, read_profiles
from traitdunion.sources import carpool_register, insee_communes
from traitdunion.sources.addresses import open_addresses, read_addresses
from traitdunion.sources.bounded import Unreadable
from traitdunion.sources.occupations import read_needs, read_rome

N_FILES = int(os.environ.get("FUZZ_FILES", "100"))
MARKED = "2024-01-01,C,1200,Journal officiel,read\n2023,A,1100,Code,second hand\n"
FILES = {
    "zones": "CODGEO;LIBGEO;Zonage en vigueur depuis le 5 juillet 2024\n43112;Langeac;C\n"
    "43157;Le Puy;B2\n75101;Paris;A bis\n",
    "prix": "effective,zone,eur_ht_per_m2_su,source,mark\n" + MARKED,
    "irl": "year,quarter,value,source,mark\n2024,1,143.46,Insee,read\n2024,2,145.17,Insee,read\n",
    "livret-a": "from,rate_pct,source,mark\n2025-02-01,2.4,Banque de France,read\n",
    "loyers": "insee,date,loyer_m2_appartement,loyer_m2_maison\n43112,2022-01-01,7.1,6.5\n",
    "lovac": json.dumps([{"code_insee": "43112", "nb_log_vacant_2ans": 31, "nb_log_prive": 900},
                         {"code_insee": "43157", "nb_log_vacant_2ans": None}]),
    "rpls": "DEPCOM_ARM;nb_ls\n43112;120\n43157;1800\n",
    "ressources": json.dumps({"source": "Code", "plafonds": {"C": {
        "nb_personnes_1": {"2024-01-01": 30000}, "supplementaires": {"2024-01-01": 5000}}}}),
    "dvf": "id_mutation,date_mutation,nature_mutation,valeur_fonciere,code_commune,type_local,"
    "surface_reelle_bati\n" + "".join(
        f"{n},2024-05-01,Vente,{100_000 + n},43112,Maison,100\n" for n in range(12)),
}  # fmt: skip
SITES = ("employeur;siret;site;commune;lat;lon;equipe;jours;debut;fin;personnes;decalable_min\n"
         "Laiterie;;Usine;Langeac;45,1;3,5;Matin;lun-ven;5h;13h;12;30\n"
         "Laiterie;;Usine;Langeac;45,1;3,5;Nuit;dim-jeu;21:00;5:00;;\n")  # fmt: skip
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Club\r\n"
    "DTSTART:20261210T083000Z\r\nLOCATION:Le Puy\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\n"
    "SUMMARY:Visite\r\nDTSTART;VALUE=DATE:20261211\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n"
)
CENSUS = "CODGEO;P22_POP;P22_EMPLT;P22_CHOM1564;MED21\n43112;3600;2100;s;20500\n43157;19000;;9;nd\n"
FLOWS = "COMMUNE;DCLT;IPONDI\n43112;43157;3.2\n43112;99999;1\n43157;43157;5,5\n"
BASINS = "CODGEO;BV2022;LIBBV2022\n43112;43112;Langeac\n43157;43157;Le Puy\n"
CARS = "CODGEO;P22_RP;P22_RP_VOIT1P\n43112;1800;1500\n43157;9000;6500.5\n"
RIDES = ("journey_start_insee;journey_start_date;has_incentive\n43112;2025-03-03;OUI\n"
         "1001;2025-04-03;NON\n")  # fmt: skip
BAN = ("id;numero;rep;nom_voie;code_postal;code_insee;nom_commune;lon;lat\n"
       "1;12;bis;Rue de la Paix;43300;43112;Langeac;3.5;45.1\n"
       "2;3;;Rue Neuve;43000;43157;Le Puy;3.88;45.04\n")  # fmt: skip
BAL = ("cle_interop;commune_insee;toponyme;numero;suffixe;commune_nom;long;lat\n"
       "43112_0001_00005;43112;Rue Neuve;5;ter;Langeac;3.5;45.1\n"
       "43112_0002_99999;43112;Les Cabanes;99999;;Langeac;3.51;45.11\n")  # fmt: skip
OPERATION = (
    "inputs:\n"
    + "".join(f"  {name}: '1'\n" for name in sorted(NEEDED - {"su", "homes"}))
    + "  su: '140'\nhomes:\n- {type: T3, su: '65'}\n- {type: T4, su: '75'}\n"
)
SCENARIO = (
    "titre: Essai\nchangements:\n- {nature: deplacer_course, course: a, minutes: -10}\n"
    "- nature: ajouter_course\n  arrets: [A, B]\n  heures: ['7:00', 7:30]\n"
)


TITLES = ("code_appellation,libelle,code_rome\n10200,Abatteur de carrière,F1402\n"
          '11950,"Agent(e), en cuisine",G1602\n')  # fmt: skip
CODES = "code_rome,libelle\nF1402,Extraction solide\nG1602,Personnel de cuisine\n"
BMO = (
    "annee,Code métier BMO,Nom métier BMO,BE24,NOMBE24,met,xmet,smet\n"
    '2024,E3X20,"Ouvriers, industries",8453,LE PUY,31.0,,\n'
    "2024,E3X40,Qualifiés,8454,MONISTROL,*,*,*\n2024,E3X50,Autres,8453,LE PUY,38.0,26.0,0\n"
)
CLOSED_DAYS = "date;cause\n2026-12-24;Fermeture de fin d'année\n2027-05-14;Pont\n"


@pytest.fixture
def rng(request):
    return random.Random(request.node.name + os.environ.get("FUZZ_FROM", ""))


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL)


def tried(read, content, rng, n=N_FILES):
    """Read a file as it is, then mutated: count those read, the others are refused in words."""
    read(content)
    return sum(is_read(read, mutated(content, rng)) for _ in range(n))


def is_read(read, content):
    try:
        read(content)
    except (Unreadable, ScenarioError, ProfilesError):
        return False
    return True


@pytest.mark.parametrize("kind", FILES)
def test_references_of_housing(kind, rng, tmp_path):
    path = tmp_path / "file"

    def read(content):
        path.write_bytes(content)
        for row in read_references(kind, path).rows:
            assert row.valeur.isascii()
            assert float(row.valeur) == float(row.valeur) if kind != "zones" else True

    content = FILES[kind].encode()
    assert tried(read, content, rng) > 0
    if content.startswith((b"{", b"[")):
        document = json.loads(content)
        for _ in range(N_FILES):
            is_read(read, json.dumps(odd_document(document, rng)).encode())
    else:
        tried(read, gzip.compress(content), rng, n=N_FILES // 5)


def test_sites_and_meetings_of_employers(rng):
    assert tried(read_sites, SITES.encode(), rng) > 0
    assert tried(read_calendar, CALENDAR.encode(), rng) > 0


def test_tables_of_communes_and_addresses(rng, tmp_path):
    for content, reader in (
        (CENSUS, insee_communes.read_census), (FLOWS, insee_communes.read_flows),
        (BASINS, insee_communes.read_basins), (CARS, insee_communes.read_car_ownership),
        (RIDES, carpool_register.read_shared_rides),
    ):  # fmt: skip
        assert tried(reader, content.encode(), rng) > 0
    path = tmp_path / "adresses.csv"

    def addresses(content):
        path.write_bytes(content)
        for row in read_addresses(open_addresses(path)):
            assert row.code_insee != "00000"

    for content in (BAN, BAL):
        assert tried(addresses, content.encode(), rng) > 0


def test_operations_and_scenarios(rng, tmp_path):
    path = tmp_path / "file.yaml"

    def reading(reader):
        def read(content):
            path.write_bytes(content)
            reader(path)

        return read

    assert tried(reading(read_scenario), SCENARIO.encode(), rng) > 0
    assert tried(reading(operation_from), OPERATION.encode(), rng) > 0


def test_occupations_and_needs_of_employers(rng):
    for reader, content in (
        (lambda titles: read_rome(titles, CODES.encode()), TITLES),
        (lambda codes: read_rome(TITLES.encode(), codes), CODES),
        (read_needs, BMO),
    ):
        assert tried(reader, content.encode(), rng) > 0


def test_days_of_the_site_and_profiles_of_the_observatory(rng, tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    days, profiles = tmp_path / CALENDAR_FILE, tmp_path / PROFILES.name
    moments = iter(range(10**9))

    def calendar(content):
        days.write_bytes(content)
        os.utime(days, (next(moments),) * 2)  # another edition each time
        assert all(isinstance(cause, str) for cause in site_calendar().added.values())

    def named_profiles(content):
        profiles.write_bytes(content)
        for profile in read_profiles(profiles):
            assert profile.code

    assert tried(calendar, CLOSED_DAYS.encode(), rng) == N_FILES
    n = N_FILES // 4  # a file of many profiles
    assert tried(named_profiles, PROFILES.read_bytes(), rng, n=n) > 0


# -- small twins of the real files, which a public clone does not have -------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_references_twice_changes_nothing_the_second_time(kind, tmp_path):
    path, now = tmp_path / "file", datetime(2026, 11, 30, 9, tzinfo=UTC)
    path.write_text(FILES[kind], "utf-8")
    reading = read_references(kind, path)
    first, again = (import_rows(reading.rows, now=now) for _ in range(2))
    assert first.written == Reference.objects.count() == len(reading.rows) > 0
    assert (again.written, again.same) == (0, len(reading.rows))


def test_what_a_file_of_references_does_not_know_gives_no_row(tmp_path):
    """A secret, an absent ceiling, a day that no calendar has, a code that is no commune's."""
    path = tmp_path / "file"

    def aside(kind, text):
        path.write_text(FILES[kind] + text if not text.startswith("[") else text, "utf-8")
        return read_references(kind, path).aside

    assert aside("lovac", FILES["lovac"]) == {"commune couverte par le secret": 1}
    assert aside("prix", "2022,C,,,absent\n") == {"valeur absente": 1}
    assert aside("prix", "2022-02-30,C,1000,Code,read\n") == {"date, source ou marque illisible": 1}
    assert aside("rpls", "43999999;5\n") == {"commune illisible": 1}
    path.write_text("DEPCOM_ARM;nb_ls\n1053;40\n", "utf-8")
    # Bourg-en-Bresse, whose zero a spreadsheet has dropped.
    assert [row.cle for row in read_references("rpls", path).rows] == ["01053"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("cle_interop;uid_adresse;voie_nom;numero;suffixe;commune_nom;position;x;y;long;lat",
         "43112_0001_00005;;Rue Neuve;5;ter;Langeac;entrée;;;3.5;45.1"),
        ("cle_interop;commune_insee;voie_nom;numero;suffixe;commune_nom;position;long;lat",
         "43112_xxxx_00005;43112;Rue Neuve;5;ter;Langeac;entrée;3.5;45.1"),
        ("cle_interop;id_ban_commune;commune_insee;voie_nom;numero;suffixe;commune_nom;long;lat",
         "43112_xxxx_00005;0246e48c-f33d-433a-8984-034219be842e;43112;Rue Neuve;5;ter;Langeac;"
         "3.5;45.1"),
        ("cle_interop;id_ban_commune;commune_insee;toponyme;numero;suffixe;commune_nom;long;lat",
         "43112_xxxx_00005;;43112;Rue Neuve;5;ter;Langeac;3.5;45.1"),
    ],
    ids=["1.1", "1.3", "1.4", "1.5"],
)  # fmt: skip
def test_each_version_of_the_bases_of_a_commune_is_read(head, row, tmp_path):
    """A row whose commune is not known is left out with its line, not given to another one."""
    path = tmp_path / "bal.csv"
    lost = row.replace("43112_", "00000_").replace(";43112;", ";;")
    path.write_text(f"\ufeff{head}\n{row}\n{lost}\n", "utf-8")
    read = open_addresses(path)
    (address,) = read_addresses(read)
    assert address[:5] == ("Rue Neuve", 5, "ter", "43112", "Langeac")
    assert read.faults == ["bal.csv, ligne 3 : le code INSEE de la commune manque."]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("lun-ven", (0, 1, 2, 3, 4)), ("lun-mer, ven", (0, 1, 2, 4)), ("dim-jeu", (0, 1, 2, 3, 6)),
        ("du lundi au vendredi et dimanche", (0, 1, 2, 3, 4, 6)), ("ven – lun", (0, 4, 5, 6)),
        ("lun mar sam", (0, 1, 5)), ("lundi et mardi", (0, 1)),
        ("lun-mer, ven-sam", (0, 1, 2, 4, 5)),
        ("lun-", None), ("à ven", None), ("férié", None), ("lun-lun", None),
    ],
)  # fmt: skip
def test_days_of_a_shift_are_those_that_a_reader_understands(text, days):
    team = SITES.splitlines()[1].replace("lun-ven", text)
    rows, faults = read_sites(f"{SITES.splitlines()[0]}\n{team}\n".encode())
    assert [row.days for row in rows] == ([] if days is None else [days])
    assert len(faults) == (days is None)


@pytest.mark.parametrize(
    ("sound", "wrong"),
    [(";13h;", ";5h;"), (";12;30", ";0;30"), (";12;30", ";20001;30"), (";12;30", ";12;181"),
     (";12;30", f";{'9' * 5000};30"), (";Matin;", f";{'M' * 61};")],
)  # fmt: skip
def test_a_file_of_sites_has_the_limits_of_the_form(sound, wrong):
    text = "\n".join(SITES.splitlines()[:2])
    assert read_sites(text.encode())[0]
    rows, faults = read_sites(text.replace(sound, wrong).encode())
    assert (rows, len(faults)) == ([], 1)


def test_two_events_with_one_identifier_are_not_one(settings):
    twice = CALENDAR.replace("UID:2", "UID:1").replace("RRULE:FREQ=DAILY\r\n", "")
    meetings, (fault,) = read_calendar(twice.encode())
    assert [meeting.title for meeting in meetings] == ["Club"]
    assert "même identifiant" in str(fault)
    late = CALENDAR.replace("20261210T083000Z", "99991231T233000Z")
    assert "date est illisible" in str(read_calendar(late.encode())[1][0])


def test_households_with_a_car_are_never_more_than_households():
    read = insee_communes.read_car_ownership(CARS.replace("6500.5", "9001").encode())
    assert read.rows["43157"]["menages_sans_voiture"] is None
    assert read.rows["43112"]["menages_sans_voiture"] == 300


def test_flows_of_the_next_year_are_read():
    text = "CODGEO;DCLT;NBFLUX_C22_ACTOCC15P;NBFLUX_C23_ACTOCC15P\n43112;43157;3;4\n"
    read = insee_communes.read_flows(text.encode())
    assert (read.vintage, read.flows) == ("2023", {("43112", "43157"): 4.0})
