"""Bill a month over 10,000 leases, then assemble the annual report: processor time, memory.

export TRAITDUNION_DATA_DIR=$(mktemp -d); traitdunion migrate; python benchmarks/housing_ledger.py
"""

import os
import resource
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import django

LEASES = int(os.environ.get("LEASES", "10000"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    django.setup()
    from traitdunion.accounts.models import Membership, Organisation, User
    from traitdunion.housing.leases.billing import bill_month
    from traitdunion.housing.models import Bail, VersionBail
    from traitdunion.housing.report.assembling import report_of
    from traitdunion.housing.report.writing import report_json
    from traitdunion.territory.models import Commune, Departement, Region

    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    keeper = Organisation.objects.create(slug="ofs", nom="OFS")
    person = User.objects.create_user("k@ofs.example")
    Membership.objects.create(user=person, organisation=keeper, role="pilotage")
    region = Region.objects.create(code="84", nom="R")
    departement = Departement.objects.create(code="43", nom="D", region=region)
    commune = Commune.objects.create(
        code_insee="43112", nom="C", departement=departement, lat=45.0, lon=3.5
    )
    Bail.objects.bulk_create(
        Bail(
            organisation=keeper, numero=f"{n:05}", nature="direct", logement="T3", commune=commune,
            surface_utile=Decimal(70), preneur="P",
        )
        for n in range(LEASES)
    )  # fmt: skip
    VersionBail.objects.bulk_create(
        VersionBail(
            bail=lease, depuis=date(2026, 1, 1), fin=date(2086, 1, 1), duree_ans=60,
            prix_centimes=15_000_000, redevance_centimes=7_800, indice="irl",
            indice_base="2026T1", motif="Signature", ecrite_le=now,
        )
        for lease in Bail.objects.all()
    )  # fmt: skip
    started = time.process_time()
    done = bill_month(by=person, organisation=keeper, month=date(2026, 11, 1), now=now)
    billed = time.process_time()
    text = report_json(report_of(keeper, 2026))
    ended = time.process_time()
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{done.leases} leases billed in {billed - started:.1f} s of processor")
    print(
        f"report of {len(text)} characters in {ended - billed:.1f} s of processor; {memory_mb} MB"
    )


if __name__ == "__main__":
    main()
