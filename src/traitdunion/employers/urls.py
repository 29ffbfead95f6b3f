"""Addresses of the pages for employers."""

from django.urls import path

from . import views

app_name = "employers"
urlpatterns = [
    path("employeurs/", views.home, name="home"),
    path("employeurs/accueillir/", views.welcome, name="welcome"),
    path("employeurs/immersion/", views.immersion, name="immersion"),
    path("employeurs/sites/", views.sites, name="sites"),
    path("employeurs/sites/<slug:code>/", views.site, name="site"),
]
