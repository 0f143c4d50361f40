"""Addresses of accounts. Of allauth nothing is routed: these names are those its parts ask for, and ours."""

from django.conf import settings
from django.urls import path

from concordia.web.accounts.views import confirming, invitations, keys, own, resetting, signing_in

urlpatterns = [
    path("account/", own.profile, name="account_profile"),
    path("account/email/", own.email, name="account_email"),
    path("account/sign-in/", signing_in.sign_in, name="account_login"),
    path("account/sign-in/passkey/", signing_in.sign_in_options, name="account_login_options"),
    path("account/sign-in/second/", signing_in.second_factor, name="mfa_authenticate"),
    path(
        "account/sign-in/second/passkey/", signing_in.second_factor_options, name="mfa_authenticate_options"
    ),
    path("account/sign-out/", signing_in.sign_out, name="account_logout"),
    path("account/confirm/", confirming.confirm, name="account_confirm"),
    path("account/confirm/passkey/", confirming.confirm_options, name="account_confirm_options"),
    path("account/kept/", confirming.resume, name="account_resume"),
    path("account/keys/", keys.keys, name="account_keys"),
    path("account/keys/passkeys/", keys.add_passkey, name="account_passkey_new"),
    path("account/keys/passkeys/options/", keys.passkey_options, name="account_passkey_options"),
    path("account/keys/passkeys/<int:number>/", keys.passkey, name="account_passkey"),
    path("account/keys/passkeys/<int:number>/removal/", keys.passkey_removal, name="account_passkey_removal"),
    path("account/keys/app/", keys.app, name="account_app"),
    path("account/keys/app/removal/", keys.app_removal, name="account_app_removal"),
    path("account/keys/recovery/", keys.recovery, name="account_recovery"),
    path("account/password/", keys.password, name="account_password"),
    path("account/password/new/", resetting.forgotten, name="account_forgotten"),
    path("account/password/new/<str:reset>/", resetting.new_password, name="account_new_password"),
    path("account/sessions/", own.sessions, name="account_sessions"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("invitation/<str:token>/passkey/", invitations.invitation_options, name="invitation_options"),
    path("invitation/<str:token>/letter/", invitations.invitation_letter, name="invitation_letter"),
]

if settings.EXAMPLE:
    urlpatterns.append(path("account/hat/", signing_in.hat, name="account_hat"))
