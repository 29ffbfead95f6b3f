"""Addresses of the observatory: all public, all read."""

from django.urls import path

from . import views

app_name = "observatory"
urlpatterns = [
    path("observatoire/", views.home, name="home"),
    path("observatoire/methode/", views.method, name="method"),
    path("observatoire/publications.atom", views.feed, name="feed"),
    path("observatoire/donnees/<slug:run>/<str:name>", views.data_file, name="data"),
    path("observatoire/<slug:niveau>/<slug:code>/", views.territory, name="territory"),
    path("observatoire/<slug:niveau>/<slug:code>/tableau/", views.table, name="table"),
    path("observatoire/<slug:niveau>/<slug:code>/note.pdf", views.document, name="document"),
    path("statistiques/", views.statistics, name="statistics"),
]
