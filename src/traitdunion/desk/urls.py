"""Addresses of the desk."""

from django.urls import path

from .question import views
from .reach_map import views as map_views
from .seeker import views as seeker_views
from .sharing import views as sharing_views
from .sheet import views as sheet_views

app_name = "desk"
urlpatterns = [
    path("", views.question, name="question"),
    path("aides/", views.aids, name="aids"),
    path("debloquer/", views.unlock, name="unlock"),
    path("et-si/", views.what_if, name="what-if"),
    path("fiche/", sheet_views.sheet, name="sheet"),
    path("mon-trajet/", seeker_views.seeker, name="seeker"),
    path("mon-trajet/fiche/", seeker_views.seeker_sheet, name="seeker-sheet"),
    path("mon-trajet/hors-ligne.js", seeker_views.offline_worker, name="seeker-offline"),
    path("partager/", sharing_views.share, name="share"),
    path("agenda/", sharing_views.calendar, name="calendar"),
    path("communes/", views.communes, name="communes"),
    path("carte/", map_views.reach_map, name="reach-map"),
    path("carte/communes.csv", map_views.reach_csv, name="reach-csv"),
    path("carte/communes.geojson", map_views.reach_geojson, name="reach-geojson"),
    path("contours/", views.contours, name="contours"),
]
