"""Addresses of housing."""

from django.urls import path

from .views import (
    demands,
    leases,
    managing,
    plans,
    reporting,
    setting_up,
    simulator,
    siting,
    studies,
)

app_name = "housing"
urlpatterns = [
    path("logement/", simulator.home, name="home"),
    path("logement/<slug:organisation>/", studies.desk, name="desk"),
    path(
        "logement/<slug:organisation>/operations/nouvelle/",
        studies.new_operation,
        name="new-operation",
    ),
    path("logement/<slug:organisation>/comparer/", studies.compare, name="compare"),
    path("logement/<slug:organisation>/references/", studies.references, name="references"),
    path("logement/<slug:organisation>/baux/", leases.leases, name="leases"),
    path("logement/<slug:organisation>/comptes/", leases.accounts, name="accounts"),
    path("logement/<slug:organisation>/simulateur/", simulator.simulator, name="simulator"),
    path("logement/<slug:organisation>/demander/", simulator.ask, name="ask"),
    path(
        "logement/<slug:organisation>/attribution/", simulator.rules_page, name="allocation-rules"
    ),
    path("logement/<slug:organisation>/demandes/", demands.demands, name="demands"),
    path("logement/demande/<int:pk>/", demands.demand, name="demand"),
    path("logement/demande/<int:pk>/verifier/", demands.check_documents, name="demand-check"),
    path("logement/demande/<int:pk>/decider/", demands.decide_demand, name="demand-decide"),
    path("logement/demande/<int:pk>/effacer/", demands.erase_demand, name="demand-erase"),
    path("logement/<slug:organisation>/baux/nouveau/", managing.new_lease, name="new-lease"),
    path("logement/<slug:organisation>/prelevements/", managing.debits, name="debits"),
    path("logement/<slug:organisation>/ecritures.csv", managing.entries, name="entries"),
    path("logement/<slug:organisation>/rapport/", reporting.report, name="report"),
    path(
        "logement/<slug:organisation>/rapport/<int:year>.<slug:kind>",
        reporting.report_file,
        name="report-file",
    ),
    path("logement/bail/<int:pk>/tenir/", managing.manage, name="manage"),
    path("logement/revente/<int:pk>/lettre/<slug:rule>/", managing.letter, name="letter"),
    path("logement/bail/<int:pk>/lettre/<slug:rule>/", managing.fact_letter, name="fact-letter"),
    path("mon-bail/<str:token>/", managing.own_lease, name="own-lease"),
    path("logement/<slug:organisation>/projet/", setting_up.project, name="project"),
    path("logement/<slug:organisation>/projet/<int:number>/", setting_up.point, name="point"),
    path(
        "logement/<slug:organisation>/projet/dossier.pdf",
        setting_up.project_pdf,
        name="project-pdf",
    ),
    path(
        "logement/<slug:organisation>/projet/dossier.zip",
        setting_up.project_zip,
        name="project-zip",
    ),
    path("logement/<slug:organisation>/partenaires/", setting_up.partners, name="partners"),
    path("logement/partenaire/<int:pk>/", setting_up.partner, name="partner"),
    path("logement/<slug:organisation>/travail/", siting.siting_page, name="siting"),
    path("logement/<slug:organisation>/couts/", siting.cost_page, name="costs"),
    path("logement/<slug:organisation>/habiter/", siting.living_page, name="living"),
    path("logement/<slug:organisation>/plans/", plans.plans, name="plans"),
    path("etapes/<slug:organisation>/", plans.steps, name="steps"),
    path("logement/plan/<int:pk>/", plans.plan, name="plan"),
    path("logement/plan/<int:pk>/suite/", plans.outcome, name="plan-outcome"),
    path("logement/plan/<int:pk>/clore/", plans.close, name="plan-close"),
    path("etapes/faite/<int:pk>/", plans.report, name="step-report"),
    path("logement/operation/<int:pk>/logements/", demands.lots, name="lots"),
    path("logement/lot/<int:pk>/", demands.lot, name="lot"),
    path("logement/operation/<int:pk>/", studies.operation, name="operation"),
    path("logement/bail/<int:pk>/", leases.lease, name="lease"),
    path("logement/revente/<int:pk>/evenement/", leases.event, name="event"),
    path("logement/revente/<int:pk>/verifications/", leases.checks, name="checks"),
]
