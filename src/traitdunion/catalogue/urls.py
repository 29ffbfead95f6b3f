"""Addresses of the catalogue: kept under `catalogue/`, read under `solutions/`."""

from django.urls import path

from .views import editing, exchange, moderation, public, sources, structures

app_name = "catalogue"
urlpatterns = [
    path("solutions/", public.solutions, name="solutions"),
    path("solutions/carte.json", public.map_points, name="map-points"),
    path("solutions/changements.atom", public.changes, name="changes"),
    path("solutions/data-inclusion.json", exchange.inclusion, name="inclusion"),
    path("solutions/lieux-covoiturage.csv", exchange.car_pool_places, name="car-pool-places"),
    path("solutions/transport-a-la-demande.zip", exchange.flex, name="flex"),
    path("solutions/<slug:key>/gbfs/<slug:name>.json", exchange.gbfs, name="gbfs"),
    path("solutions/<slug:key>/", public.solution, name="solution"),
    path("solutions/<slug:key>/signaler/", public.report, name="report-error"),
    path("catalogue/heures/", editing.hours_understood, name="hours-understood"),
    path("organisations/<slug:organisation>/catalogue/", editing.board, name="board"),
    path("organisations/<slug:organisation>/catalogue/nouvelle/", editing.start, name="start"),
    path(
        "organisations/<slug:organisation>/catalogue/nouvelle/<slug:kind>/", editing.new, name="new"
    ),
    path("organisations/<slug:organisation>/structures/", structures.structures, name="structures"),
    path(
        "organisations/<slug:organisation>/structures/<slug:key>/",
        structures.structure,
        name="structure",
    ),
    path("organisations/<slug:organisation>/imports/", exchange.upload, name="upload"),
    path(
        "organisations/<slug:organisation>/export/<slug:kind>/",
        exchange.own_table,
        name="own-table",
    ),
    path("organisations/<slug:organisation>/sources/", sources.pages, name="cited-pages"),
    path("catalogue/imports/<int:pk>/", exchange.import_, name="import"),
    path("catalogue/imports/<int:pk>/colonnes/", exchange.columns, name="columns"),
    path("catalogue/fiches/<slug:key>/", editing.entry, name="entry"),
    path("catalogue/fiches/<slug:key>/modifier/", editing.edit, name="edit"),
    path("catalogue/fiches/<slug:key>/faire/", editing.act, name="act"),
    path("catalogue/fiches/<slug:key>/historique/", editing.history, name="history"),
    path(
        "catalogue/fiches/<slug:key>/historique/<int:version>/",
        editing.restore,
        name="restore",
    ),
    path("catalogue/brouillons/<int:pk>/", editing.draft, name="draft"),
    path("catalogue/propositions/<int:pk>/", moderation.suggestion, name="suggestion"),
    path("catalogue/signalements/<int:pk>/", moderation.report, name="report"),
]
