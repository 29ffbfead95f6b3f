"""Addresses of the site."""

from django.urls import include, path
from ninja import NinjaAPI

from traitdunion.accounts.urls import sign_in_urlpatterns
from traitdunion.catalogue.api import router as catalogue
from traitdunion.observatory.api import router as observatory

from . import basemap, public_pages, views
from .components import components
from .scheduled_views import run, scheduled
from .upkeep.credits import credits_page
from .upkeep.metrics import metrics
from .upkeep.site_page import site_page

api = NinjaAPI(
    title="Trait d'union",
    version="1",
    description="Le catalogue et l'observatoire publiés, en lecture seule et sans clé. "
    "Licence Ouverte 2.0.",
    urls_namespace="api",
    docs_url=None,
)
api.add_router("", catalogue)
api.add_router("", observatory)

handler400 = "traitdunion.web.error_pages.unreadable"

urlpatterns = [
    path("", include("traitdunion.desk.urls")),
    path("", include("traitdunion.desk.followup.urls")),
    path("", include("traitdunion.desk.phone.urls")),
    path("", include("traitdunion.desk.appointments.urls")),
    path("", include("traitdunion.accounts.urls")),
    path("", include("traitdunion.levers.urls")),
    path("", include("traitdunion.catalogue.urls")),
    path("", include("traitdunion.cooperation.urls")),
    path("", include("traitdunion.observatory.urls")),
    path("", include("traitdunion.housing.urls")),
    path("", include("traitdunion.employers.urls")),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("sante/", views.ready, name="ready"),
    path("metriques/", metrics, name="metrics"),
    path("sante/vivant/", views.alive, name="alive"),
    path("organisations/<slug:organisation>/site/", site_page, name="site-page"),
    path("organisations/<slug:organisation>/travaux/", scheduled, name="scheduled"),
    path("organisations/<slug:organisation>/travaux/lancer/", run, name="scheduled-run"),
    path("accessibilite/", public_pages.accessibility, name="accessibility"),
    path("mentions-legales/", public_pages.legal, name="legal"),
    path("donnees-personnelles/", public_pages.personal_data, name="personal-data"),
    path("aide/", public_pages.help_page, name="help"),
    path("visite/", public_pages.tour, name="tour"),
    path("contact/", public_pages.contact_page, name="contact-page"),
    path("algorithmes/", public_pages.algorithms, name="algorithms"),
    path("donnees/", public_pages.open_data, name="open-data"),
    path("licences/", credits_page, name="credits"),
    path("stats/", public_pages.usual_statistics, name="stats"),
    path("plan-du-site/", public_pages.site_map, name="site-map"),
    path("robots.txt", views.robots_txt, name="robots-txt"),
    path("fonds/<int:zoom>/<int:x>/<int:y>.pbf", basemap.tile, name="basemap-tile"),
    path("composants/", components, name="components"),
    path("reseau/", views.network, name="network"),
    path("api/v1/", api.urls),
    path("", include("traitdunion.catalogue.rules.urls")),
    *sign_in_urlpatterns,
]
