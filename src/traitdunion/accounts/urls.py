"""Addresses of the accounts; signing in and passwords are django-allauth's, with our paths."""

from allauth.account import views as allauth
from django.urls import path, re_path

from . import views

app_name = "accounts"
urlpatterns = [
    path("mon-espace/", views.home, name="home"),
    path("organisations/<slug:organisation>/membres/", views.members, name="members"),
    path(
        "organisations/<slug:organisation>/membres/<int:pk>/retirer/",
        views.remove_member,
        name="remove-member",
    ),
    path(
        "organisations/<slug:organisation>/invitations/<int:pk>/retirer/",
        views.revoke_invitation,
        name="revoke-invitation",
    ),
    path("organisations/<slug:organisation>/journal/", views.journal, name="journal"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]

# Names that django-allauth looks for, so outside of the namespace.
sign_in_urlpatterns = [
    path("compte/connexion/", allauth.login, name="account_login"),
    path("compte/deconnexion/", allauth.logout, name="account_logout"),
    path("compte/creation/", allauth.signup, name="account_signup"),
    path("compte/inactif/", allauth.account_inactive, name="account_inactive"),
    path("compte/confirmation/", allauth.reauthenticate, name="account_reauthenticate"),
    path("compte/mot-de-passe/", allauth.password_change, name="account_change_password"),
    path("compte/mot-de-passe/choix/", allauth.password_set, name="account_set_password"),
    path("compte/mot-de-passe/oubli/", allauth.password_reset, name="account_reset_password"),
    path(
        "compte/mot-de-passe/oubli/envoye/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^compte/mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "compte/mot-de-passe/nouveau/fait/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
