"""A resale keeps the order and the delays of the law, and never passes its ceiling."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from traitdunion.housing.enums import EvenementRevente as E
from traitdunion.housing.errors import HousingError
from traitdunion.housing.leases.ceilings import ceiling_of
from traitdunion.housing.leases.operations import add_works
from traitdunion.housing.leases.resales import clocks_of, open_resale, record_event, set_checks
from traitdunion.housing.models import Evenement

pytestmark = pytest.mark.django_db
OFFER = date(2026, 9, 1)


def say(ofs, resale, nature, le, **more):
    return record_event(
        by=ofs.keeper, revente=resale, nature=nature, le=le, preuve="lettre recommandée",
        now=ofs.now, **more,
    )  # fmt: skip


def opened(ofs, price="160000.00", lease=None):
    if lease is None:
        ofs.index()
        ofs.tick()
        lease = ofs.lease()
    return open_resale(
        by=ofs.keeper, bail=lease, acquereur="Malik P.", prix=Decimal(price), now=ofs.now
    )


def sent(ofs, **more):
    resale = opened(ofs, **more)
    say(ofs, resale, E.OFFRE_RECUE, OFFER)
    say(ofs, resale, E.ACCEPTATION, OFFER + timedelta(days=11))
    say(ofs, resale, E.TRANSMISSION, date(2026, 9, 30))
    return resale


def checked(ofs, resale, **given):
    ticks = {"ressources": True, "financement": True, "non_proprietaire": True, **given}
    set_checks(by=ofs.keeper, revente=resale, now=ofs.now, **ticks)


def test_the_ceiling_follows_the_index_of_the_lease_and_adds_valued_works(ofs):
    ofs.index()
    ofs.tick()
    lease = ofs.lease()
    add_works(
        by=ofs.keeper, bail=lease, libelle="Isolation", montant=Decimal("12000.00"),
        faits_le=date(2023, 10, 1), vie_ans=10, now=ofs.now,
    )  # fmt: skip
    ceiling = ceiling_of(lease, on=date(2026, 11, 30))
    # 150 000 × 146.60/133.93 + 12 000 × 7/10
    assert ceiling.p_max == Decimal("172590.25")
    assert ceiling.state == "vérifié"
    assert ceiling_of(lease, on=date(2022, 3, 13)) is None


def test_an_acceptance_before_ten_full_days_is_refused(ofs):
    resale = opened(ofs)
    say(ofs, resale, E.OFFRE_RECUE, OFFER)
    with pytest.raises(HousingError, match="12 septembre 2026"):
        say(ofs, resale, E.ACCEPTATION, OFFER + timedelta(days=10))
    say(ofs, resale, E.ACCEPTATION, OFFER + timedelta(days=11))


@pytest.mark.parametrize(
    ("nature", "le", "words"),
    [
        (E.OFFRE_RECUE, OFFER, "déjà inscrit"),
        (E.AGREMENT, date(2026, 12, 1), "pas encore venue"),
        (E.ACTE, date(2026, 11, 1), "acquéreur agréé"),
        (E.REFUS, date(2026, 9, 29), "précède"),
        (E.REFUS, date(2026, 10, 1), "se motive"),
        (E.DEMANDE_RECHERCHE, date(2026, 10, 1), "acquéreur refusé"),
    ],
)
def test_the_order_of_the_law_is_kept(ofs, nature, le, words):
    resale = sent(ofs)
    with pytest.raises(HousingError, match=words):
        say(ofs, resale, nature, le)


@pytest.mark.parametrize(
    ("missing", "words"),
    [("ressources", "ressources"), ("financement", "financement"),
     ("non_proprietaire", "non-propriétaire")],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, False])
def test_no_agreement_without_each_check(ofs, missing, words, value):
    resale = sent(ofs)
    checked(ofs, resale, **{missing: value})
    with pytest.raises(HousingError, match=words):
        say(ofs, resale, E.AGREMENT, date(2026, 10, 5))


def test_no_verdict_on_an_index_that_nobody_checked(ofs):
    ofs.index()
    ofs.tick(keys={"2022T1"})
    resale = sent(ofs, lease=ofs.lease())
    checked(ofs, resale)
    with pytest.raises(HousingError, match="à vérifier"):
        say(ofs, resale, E.AGREMENT, date(2026, 10, 5))


def test_refused_for_its_price_then_agreed_then_recharged(ofs):
    lease = sent(ofs, price="164190.26").bail
    resale = lease.reventes.get()
    checked(ofs, resale)
    with pytest.raises(HousingError, match=r"164\s190,25"):
        say(ofs, resale, E.AGREMENT, date(2026, 10, 5))
    say(ofs, resale, E.REFUS, date(2026, 10, 5), motif="Prix au-dessus du maximum")
    rules = [line.rule for line in clocks_of(resale)]
    assert "preemption_refus" in rules
    assert "preemption" not in rules
    again = sent(ofs, price="164190.25", lease=lease)
    checked(ofs, again)
    say(ofs, again, E.AGREMENT, date(2026, 10, 20))
    say(ofs, again, E.ACTE, date(2026, 11, 14))
    lease.refresh_from_db()
    last = lease.versions.order_by("depuis").last()
    assert lease.preneur == "Malik P."
    assert (last.depuis, last.fin) == (date(2026, 11, 14), date(2086, 11, 14))
    assert (last.prix_centimes, last.indice_base) == (16_419_025, "2026T1")
    # 78 × 146.60/133.93, at the anniversary of March 2026
    assert last.redevance_centimes == 8538


def test_silence_is_never_an_agreement(ofs):
    resale = sent(ofs)
    line = next(line for line in clocks_of(resale) if line.rule == "agrement_cession")
    assert line.counted.strict == date(2026, 11, 30)
    assert line.stopped is None
    assert not Evenement.objects.filter(nature=E.AGREMENT).exists()


def test_a_clock_without_its_event_has_no_date(ofs):
    assert {line.counted for line in clocks_of(opened(ofs))} == {None}


def test_each_event_keeps_its_proof_and_the_version_of_the_rules(ofs):
    resale = opened(ofs)
    with pytest.raises(HousingError):
        record_event(
            by=ofs.keeper, revente=resale, nature=E.OFFRE_RECUE, le=OFFER, preuve=" ", now=ofs.now
        )
    assert len(say(ofs, resale, E.OFFRE_RECUE, OFFER).regles) == 16


def test_one_resale_at_a_time(ofs):
    lease = opened(ofs).bail
    with pytest.raises(HousingError, match="déjà ouverte"):
        opened(ofs, lease=lease)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(over=st.integers(-3, 3))
def test_no_resale_above_its_ceiling_can_be_agreed(ofs, over):
    if not ofs.organisation.baux.exists():
        ofs.index()
        ofs.tick()
    lease = ofs.lease(f"{ofs.organisation.baux.count():04}")
    resale = sent(ofs, price=f"164190.{25 + over}", lease=lease)
    checked(ofs, resale)
    if over > 0:
        with pytest.raises(HousingError, match="maximum permis"):
            say(ofs, resale, E.AGREMENT, date(2026, 10, 5))
    else:
        say(ofs, resale, E.AGREMENT, date(2026, 10, 5))
