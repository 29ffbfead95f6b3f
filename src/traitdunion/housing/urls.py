"""Addresses of housing."""

from django.urls import path

from .views import leases, studies

app_name = "housing"
urlpatterns = [
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
    path("logement/operation/<int:pk>/", studies.operation, name="operation"),
    path("logement/bail/<int:pk>/", leases.lease, name="lease"),
    path("logement/revente/<int:pk>/evenement/", leases.event, name="event"),
    path("logement/revente/<int:pk>/verifications/", leases.checks, name="checks"),
]
