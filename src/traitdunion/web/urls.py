"""Addresses of the site."""

from django.urls import include, path

from traitdunion.accounts.urls import sign_in_urlpatterns

urlpatterns = [
    path("", include("traitdunion.desk.urls")),
    path("", include("traitdunion.accounts.urls")),
    *sign_in_urlpatterns,
]
