"""Addresses of the site."""

from django.urls import include, path
from ninja import NinjaAPI

from traitdunion.accounts.urls import sign_in_urlpatterns
from traitdunion.catalogue.api import router as catalogue

from . import views

api = NinjaAPI(
    title="Trait d'union",
    version="1",
    description="Le catalogue publié, en lecture seule et sans clé. Licence Ouverte 2.0.",
    urls_namespace="api",
    docs_url=None,
)
api.add_router("", catalogue)

urlpatterns = [
    path("", include("traitdunion.desk.urls")),
    path("", include("traitdunion.desk.followup.urls")),
    path("", include("traitdunion.desk.phone.urls")),
    path("", include("traitdunion.desk.appointments.urls")),
    path("", include("traitdunion.accounts.urls")),
    path("", include("traitdunion.catalogue.urls")),
    path("", include("traitdunion.cooperation.urls")),
    path("reseau/", views.network, name="network"),
    path("api/v1/", api.urls),
    path("", include("traitdunion.catalogue.rule_urls")),
    *sign_in_urlpatterns,
]
