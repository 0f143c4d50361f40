"""Passkeys (WebAuthn level 2): adding one, proving who one is with one, letting one go.

allauth keeps the keys; the ceremony is checked here, because it must hold the exact origin of this
installation and a counter that never goes back, which allauth leaves open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlparse

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from concordia.capabilities.accounts.commands.letters import tell
from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.models import User
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries import PASSKEY, TOTP, is_id
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError

NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser is asked (`options`, JSON) and what to remember in the session until it answers."""

    options: dict[str, Any]
    state: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A browser's answer to a request to make a passkey, with the state of that request."""

    state: Mapping[str, Any]
    answer: Mapping[str, Any]
    name: str = ""


def begin_adding(access: Access) -> Ceremony:
    """Ask a signed-in person's browser for a new passkey, on a device that has none yet."""
    user = User.objects.get(pk=own_account(access))
    return _begin_making(user.id, user.name, user.email, _credentials(user.id))


def begin_joining(user_id: str, name: str, email: str) -> Ceremony:
    """Ask for the first passkey of somebody who has no account yet; `user_id` is the id it will get."""
    return _begin_making(user_id, name, email, [])


@transaction.atomic
def add_passkey(access: Access, passkey: NewPasskey) -> None:
    """Keep a new passkey. Needs a fresh proof unless it is the first second factor; ends other sessions."""
    user = User.objects.select_for_update().get(pk=own_account(access))
    if Authenticator.objects.filter(user_id=user.pk, type__in=(PASSKEY, TOTP)).exists():
        access.require_recent()

    made = check_new(passkey)

    keep(user, passkey, made, access.now)
    renew_stamp(user)

    tell(
        user,
        both("Er is een toegangssleutel toegevoegd", "A passkey was added"),
        both(
            "Bij uw account in Concordia is een toegangssleutel toegevoegd.",
            "A passkey was added to your account in Concordia.",
        ),
        access.now,
    )


def rename_passkey(access: Access, *, passkey_id: int, name: str) -> None:
    """Give one's key another name. Raises NotFoundError for anybody else's."""
    key = _own(access, passkey_id)

    key.data["name"] = _clean_name(name)

    key.save(update_fields=["data"])


@transaction.atomic
def remove_passkey(access: Access, *, passkey_id: int) -> None:
    """Let a key go, for example of a lost device. Refused when nothing to sign in with would remain."""
    access.require_recent()

    user = User.objects.select_for_update().get(pk=own_account(access))
    key = _own(access, passkey_id)

    others = Authenticator.objects.filter(user_id=user.pk).exclude(pk=key.pk)
    has_codes = user.has_usable_password() and others.filter(type=TOTP).exists()
    if not (has_codes or others.filter(type=PASSKEY).exists()):
        raise RefusalError(
            both(
                "Dit is uw enige manier om in te loggen. Voeg eerst een andere toegangssleutel toe.",
                "This is your only way to sign in. First add another passkey.",
            )
        )

    key.delete()
    renew_stamp(user)

    tell(
        user,
        both("Er is een toegangssleutel weggehaald", "A passkey was removed"),
        both(
            "Bij uw account in Concordia is een toegangssleutel weggehaald.",
            "A passkey was removed from your account in Concordia.",
        ),
        access.now,
    )


def begin_proof(user_id: str | None = None, *, challenge: bytes | None = None) -> Ceremony:
    """Ask for proof with a passkey: of one person, or of whoever holds one when nobody is named yet.

    `challenge` is what to sign, where that is more than a number by chance (see `signing`).
    """
    options, state = _server().authenticate_begin(
        credentials=_credentials(user_id) if user_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return Ceremony(dict(options), state)


@transaction.atomic
def confirm_passkey(
    state: Mapping[str, Any], answer: Mapping[str, Any], *, user_id: str | None, now: datetime
) -> tuple[str, int]:
    """Check a browser's proof. Returns whose it is and which key. Raises RefusalError.

    `state` must be taken out of the session before, so that a challenge is answered at most once.
    """
    holder = user_id or _holder(answer)
    User.objects.select_for_update().filter(pk=holder).first()
    rows = {_credential(row).credential_id: row for row in _rows(holder)}

    try:
        proof = AuthenticationResponse.from_dict(answer)
        used = _server().authenticate_complete(state, [_credential(row) for row in rows.values()], proof)
    except (ValueError, TypeError, KeyError):
        raise _not_accepted() from None
    key = rows[used.credential_id]
    _count(key, proof.response.authenticator_data.counter)

    key.last_used_at = now
    key.save(update_fields=["data", "last_used_at"])
    return holder, key.pk


def check_new(passkey: NewPasskey) -> AuthenticatorData:
    """Check a browser's new passkey. Raises RefusalError; nothing is kept yet."""
    try:
        return _server().register_complete(passkey.state, RegistrationResponse.from_dict(passkey.answer))
    except (ValueError, TypeError, KeyError):
        raise _not_accepted() from None


def keep(user: User, passkey: NewPasskey, made: AuthenticatorData, now: datetime) -> None:
    """Store a checked passkey in the form allauth reads."""
    name = _clean_name(passkey.name) if passkey.name.strip() else _next_name(user)
    data = {"name": name, "credential": _plain(passkey.answer), "counter": made.counter}
    Authenticator.objects.create(user=user, type=PASSKEY, data=data, created_at=now)


def _plain(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Of a checked answer only what is needed again, written anew: nothing else a browser added is kept."""
    checked = RegistrationResponse.from_dict(answer)
    name = websafe_encode(checked.raw_id)
    response = {
        "clientDataJSON": websafe_encode(checked.response.client_data),
        "attestationObject": websafe_encode(checked.response.attestation_object),
    }
    return {"id": name, "rawId": name, "type": "public-key", "response": response}


def _begin_making(user_id: str, name: str, email: str, known: Sequence[AttestedCredentialData]) -> Ceremony:
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=user_id.encode(), name=email, display_name=name),
        credentials=known,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Ceremony(dict(options), state)


def _server() -> Fido2Server:
    """Only pages of this very installation may ask: the name comes from its settings, not from a request."""
    public = urlparse(settings.PUBLIC_URL)
    origin = f"{public.scheme}://{public.netloc}"
    relying_party = PublicKeyCredentialRpEntity(name="Concordia", id=public.hostname or "")
    return Fido2Server(relying_party, verify_origin=lambda asked: asked == origin)


def _rows(user_id: str) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user_id=user_id, type=PASSKEY).order_by("pk"))


def _credentials(user_id: str) -> list[AttestedCredentialData]:
    return [_credential(row) for row in _rows(user_id)]


def _credential(row: Authenticator) -> AttestedCredentialData:
    data = RegistrationResponse.from_dict(row.data["credential"]).response.attestation_object.auth_data
    credential: AttestedCredentialData = data.credential_data
    return credential


def _holder(answer: Mapping[str, Any]) -> str:
    """Whose key it says to be; believed only when the signature is by a key of that very person."""
    try:
        holder = websafe_decode(answer["response"]["userHandle"]).decode()
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _not_accepted() from None
    if not is_id(holder):
        raise _not_accepted()
    return holder


def _count(key: Authenticator, counter: int) -> None:
    """Refuse a counter that does not go forward: two copies of one key are in use (WebAuthn 6.1.1)."""
    before = key.data.get("counter", 0)
    if (counter or before) and counter <= before:
        raise _not_accepted()
    key.data["counter"] = counter


def _own(access: Access, passkey_id: int) -> Authenticator:
    rows = Authenticator.objects.filter(user_id=own_account(access), type=PASSKEY, pk=passkey_id)
    key = rows.first()
    if key is None:
        raise NotFoundError
    return key


def _clean_name(name: str) -> str:
    cleaned = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if not cleaned or len(cleaned) > NAME_LENGTH:
        raise RefusalError(
            both(
                f"Geef de sleutel een naam van ten hoogste {NAME_LENGTH} tekens.",
                f"Give the key a name of at most {NAME_LENGTH} characters.",
            ),
            field="name",
        )
    return cleaned


def _next_name(user: User) -> str:
    number = Authenticator.objects.filter(user_id=user.pk, type=PASSKEY).count() + 1
    return both(f"Sleutel {number}", f"Key {number}").in_language(user.language)


def _not_accepted() -> RefusalError:
    return RefusalError(
        both(
            "Deze toegangssleutel is niet aanvaard. Probeer het opnieuw met de sleutel die u hier toevoegde.",
            "This passkey was not accepted. Try again with the key that you added here.",
        ),
        field="passkey",
    )
