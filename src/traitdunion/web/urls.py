"""Addresses of the site."""

from django.urls import include, path

from traitdunion.accounts.urls import sign_in_urlpatterns

from . import views

urlpatterns = [
    path("", include("traitdunion.desk.urls")),
    path("", include("traitdunion.accounts.urls")),
    path("reseau/", views.network, name="network"),
    *sign_in_urlpatterns,
]
