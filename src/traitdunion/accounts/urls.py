"""Addresses of the accounts; signing in and passwords are django-allauth's, with our paths."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from . import views
from .member_files.views import members_file
from .openid import views as openid_views
from .outbox import views as outbox

app_name = "accounts"
urlpatterns = [
    path("mon-espace/", views.home, name="home"),
    path("organisations/<slug:organisation>/membres/", views.members, name="members"),
    path("organisations/<slug:organisation>/membres/fichier/", members_file, name="members-file"),
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
    path(
        "organisations/<slug:organisation>/membres/<int:pk>/double-verification/",
        views.reset_second_factor,
        name="reset-second-factor",
    ),
    path(
        "organisations/<slug:organisation>/membres/<int:pk>/detacher/",
        views.forget_identity,
        name="forget-identity",
    ),
    path("organisations/<slug:organisation>/messages/", outbox.outbox, name="outbox"),
    path("organisations/<slug:organisation>/messages/<int:pk>/", outbox.act, name="outbox-act"),
    path("mon-espace/coordonnees/", views.own_contact, name="own-contact"),
    path("organisations/<slug:organisation>/coordonnees/", views.contact, name="contact"),
    path(
        "organisations/<slug:organisation>/organisations/",
        views.organisations,
        name="organisations",
    ),
    path(
        "organisations/<slug:organisation>/demandes/<int:pk>/accepter/",
        views.agree_to_reset,
        name="agree-to-reset",
    ),
    path(
        "organisations/<slug:organisation>/demandes/<int:pk>/refuser/",
        views.refuse_reset,
        name="refuse-reset",
    ),
    path("mon-espace/demandes/<int:pk>/refuser/", views.refuse_own_reset, name="refuse-own-reset"),
    path("mon-espace/connexions/", views.own_sessions, name="own-sessions"),
    path("organisations/<slug:organisation>/journal/", views.journal, name="journal"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]

# Names that django-allauth looks for, so outside of the namespace.
sign_in_urlpatterns = [
    path("compte/connexion/", allauth.login, name="account_login"),
    path("compte/deconnexion/", openid_views.sign_out, name="account_logout"),
    path("compte/connexion/fournisseur/", openid_views.start, name="openid_start"),
    path("compte/connexion/fournisseur/retour/", openid_views.back, name="openid_back"),
    path("compte/creation/", allauth.signup, name="account_signup"),
    path("compte/inactif/", allauth.account_inactive, name="account_inactive"),
    path("compte/confirmation/", allauth.reauthenticate, name="account_reauthenticate"),
    path("compte/mot-de-passe/", allauth.password_change, name="account_change_password"),
    path("compte/mot-de-passe/choix/", allauth.password_set, name="account_set_password"),
    path(
        "compte/mot-de-passe/oubli/",
        views.even_time(allauth.password_reset),
        name="account_reset_password",
    ),
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
    path("compte/double-verification/", mfa.index, name="mfa_index"),
    path("compte/double-verification/code/", mfa.authenticate, name="mfa_authenticate"),
    path("compte/double-verification/confirmation/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("compte/double-verification/application/", totp.activate_totp, name="mfa_activate_totp"),
    path(
        "compte/double-verification/application/retirer/",
        totp.deactivate_totp,
        name="mfa_deactivate_totp",
    ),
    path(
        "compte/double-verification/codes-de-secours/",
        recovery_codes.view_recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "compte/double-verification/codes-de-secours/nouveaux/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "compte/double-verification/codes-de-secours/fichier/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("compte/double-verification/cles/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path(
        "compte/double-verification/cles/ajouter/", webauthn.add_webauthn, name="mfa_add_webauthn"
    ),
    path(
        "compte/double-verification/cles/connexion/",
        webauthn.login_webauthn,
        name="mfa_login_webauthn",
    ),
    path(
        "compte/double-verification/cles/confirmation/",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "compte/double-verification/cles/<int:pk>/retirer/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path(
        "compte/double-verification/cles/<int:pk>/nom/",
        webauthn.edit_webauthn,
        name="mfa_edit_webauthn",
    ),
]
