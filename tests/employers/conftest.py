"""Two fictitious employers over the small site of the observatory."""

import pytest

from tests.observatory.conftest import network_folder, site  # noqa: F401 (fixtures)
from traitdunion.employers.operations import import_sites
from traitdunion.employers.site_files import read_sites

FILE = """employeur;siret;site;commune;lat;lon;equipe;jours;debut;fin;personnes;decalable_min
Laiterie fictive;;Usine;Le Puy-en-Velay;45,0436;3,8858;journée;lun-ven;8h;16h;40;30
Laiterie fictive;;Usine;Le Puy-en-Velay;45,0436;3,8858;nuit;lun mar;21h;5h;;
Laiterie fictive;;Quai;Nulle Part;;;matin;lun-ven;5h;13h;12;
Scierie fictive;12345678901234;Atelier;Langeac;;;matin;lun-ven;5h;13h;12;
Scierie fictive;;Atelier;Langeac;;;matin;lundredi;5h61;13h;douze;
"""


@pytest.fixture
def imported(site):  # noqa: F811
    rows, _ = read_sites(FILE.encode())
    return import_sites(rows=rows)
