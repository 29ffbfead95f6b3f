"""Addresses of the observatory: public and read, but for the page of the runs."""

from django.urls import path

from . import views
from .running import views as run_views

app_name = "observatory"
urlpatterns = [
    path("observatoire/", views.home, name="home"),
    path("observatoire/methode/", views.method, name="method"),
    path("observatoire/publications.atom", views.feed, name="feed"),
    path("observatoire/donnees/<slug:run>/<str:name>", views.data_file, name="data"),
    path("observatoire/<slug:organisation>/calculs/", run_views.runs, name="runs"),
    path("observatoire/<slug:niveau>/<slug:code>/", views.territory, name="territory"),
    path("observatoire/<slug:niveau>/<slug:code>/tableau/", views.table, name="table"),
    path("observatoire/<slug:niveau>/<slug:code>/note.pdf", views.document, name="document"),
    path(
        "observatoire/<slug:niveau>/<slug:code>/note.odt", views.document_text, name="document-odt"
    ),
    path("statistiques/", views.statistics, name="statistics"),
]
