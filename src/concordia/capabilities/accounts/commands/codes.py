"""Codes from an authenticator app, and recovery codes on paper. Each works once (ASVS 6.5.1)."""

from datetime import datetime
from urllib.parse import quote, urlencode

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import transaction
from django.utils.crypto import constant_time_compare

from concordia.capabilities.accounts.commands.letters import tell
from concordia.capabilities.accounts.commands.sessions import renew_stamp
from concordia.capabilities.accounts.models import User
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries import PASSKEY, RECOVERY, TOTP
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError


def begin_totp() -> str:
    """A fresh seed in base 32, to be kept in the session until its first code is typed."""
    return str(generate_totp_secret())


def totp_url(seed: str, email: str) -> str:
    """What an authenticator app scans: the seed and whose it is (the otpauth key URI form)."""
    query = urlencode({"secret": seed, "issuer": "Concordia"})
    return f"otpauth://totp/Concordia:{quote(email)}?{query}"


@transaction.atomic
def confirm_totp(access: Access, *, seed: str, code: str) -> None:
    """Keep the seed whose code was typed right, instead of an earlier one. Ends the other sessions."""
    _may_change_keys(access)

    user = User.objects.select_for_update().get(pk=own_account(access))

    step = _matching_step(seed, code, access.now, after=0)
    if step is None:
        raise _wrong_code()

    Authenticator.objects.filter(user_id=user.pk, type=TOTP).delete()
    data = {"secret": get_adapter().encrypt(seed), "last_step": step}
    Authenticator.objects.create(
        user=user, type=TOTP, data=data, created_at=access.now, last_used_at=access.now
    )
    renew_stamp(user)

    tell(
        user,
        both("Er is een app met codes toegevoegd", "An app with codes was added"),
        both(
            "Bij uw account in Concordia is een app toegevoegd die codes geeft om mee in te loggen.",
            "An app that gives codes for signing in was added to your account in Concordia.",
        ),
        access.now,
    )


@transaction.atomic
def remove_totp(access: Access) -> None:
    """Let the app go. Refused when no passkey would remain."""
    access.require_recent()

    user = User.objects.select_for_update().get(pk=own_account(access))

    if not Authenticator.objects.filter(user_id=user.pk, type=PASSKEY).exists():
        raise RefusalError(
            both(
                "Dit is uw enige tweede stap. Voeg eerst een toegangssleutel toe; haal daarna de app weg.",
                "This is your only second step. First add a passkey; then remove the app.",
            )
        )

    Authenticator.objects.filter(user_id=user.pk, type=TOTP).delete()
    renew_stamp(user)

    tell(
        user,
        both("De app met codes is weggehaald", "The app with codes was removed"),
        both(
            "Bij uw account in Concordia is de app met codes weggehaald.",
            "The app with codes was removed from your account in Concordia.",
        ),
        access.now,
    )


@transaction.atomic
def new_recovery_codes(access: Access) -> tuple[str, ...]:
    """Ten fresh codes, shown this once; the earlier ones stop working. Refused without a second factor."""
    _may_change_keys(access)

    user = User.objects.select_for_update().get(pk=own_account(access))

    kept = Authenticator.objects.filter(user_id=user.pk)
    if not kept.filter(type__in=(PASSKEY, TOTP)).exists():
        raise RefusalError(
            both(
                "Herstelcodes horen bij een tweede stap. Stel eerst een toegangssleutel of een app in.",
                "Recovery codes belong to a second step. First set up a passkey or an app.",
            )
        )

    kept.filter(type=RECOVERY).delete()
    codes = RecoveryCodes.activate(user).generate_codes()

    tell(
        user,
        both("Er zijn nieuwe herstelcodes gemaakt", "New recovery codes were made"),
        both(
            "Voor uw account in Concordia zijn nieuwe herstelcodes gemaakt. De oude werken niet meer.",
            "New recovery codes were made for your account in Concordia. The old ones no longer work.",
        ),
        access.now,
    )
    return tuple(codes)


@transaction.atomic
def confirm_code(user_id: str, code: str, now: datetime) -> str:
    """Accept a code of the app or a recovery code, once. Returns which: `totp` or `recovery_codes`.

    The row of the person is locked, so that of two workers that get the same code one refuses it.
    Raises RefusalError, naming the field `code`.
    """
    User.objects.select_for_update().get(pk=user_id)
    kept = {row.type: row for row in Authenticator.objects.filter(user_id=user_id, type__in=(TOTP, RECOVERY))}

    try:
        if TOTP in kept and _use_totp(kept[TOTP], code, now):
            return str(TOTP)
        if RECOVERY in kept and RecoveryCodes(kept[RECOVERY]).validate_code(code):
            Authenticator.objects.filter(pk=kept[RECOVERY].pk).update(last_used_at=now)
            return str(RECOVERY)
    except ValueError:
        raise _sealed() from None
    raise _wrong_code()


@transaction.atomic
def reseal_seeds() -> int:
    """Seal every seed anew under the present secret, so that an old one can be let go. Returns how many.

    Raises RefusalError, and seals none, when one was sealed under a secret that is not configured.
    """
    adapter = get_adapter()
    rows = Authenticator.objects.select_for_update().filter(type__in=(TOTP, RECOVERY))
    for row in rows:
        field = "secret" if row.type == TOTP else "seed"
        try:
            seed = adapter.decrypt(row.data[field])
        except ValueError:
            raise _unknown_secret() from None
        row.data[field] = adapter.encrypt(seed)
        row.save(update_fields=["data"])
    return len(rows)


def _may_change_keys(access: Access) -> None:
    """A first second factor needs no earlier one; everything after that needs a fresh proof."""
    held = Authenticator.objects.filter(user_id=own_account(access), type__in=(PASSKEY, TOTP))
    if held.exists():
        access.require_recent()


def _use_totp(row: Authenticator, code: str, now: datetime) -> bool:
    seed = get_adapter().decrypt(row.data["secret"])
    step = _matching_step(seed, code, now, after=row.data.get("last_step", 0))
    if step is None:
        return False
    row.data["last_step"] = step
    row.last_used_at = now
    row.save(update_fields=["data", "last_used_at"])
    return True


def _matching_step(seed: str, code: str, now: datetime, *, after: int) -> int | None:
    """The time step a code belongs to: this one or the one before (RFC 6238, 5.2), and later than `after`."""
    typed = "".join(sign for sign in code if not sign.isspace())
    step: int = int(now.timestamp()) // app_settings.TOTP_PERIOD
    for candidate in (step, step - 1):
        expected = format_hotp_value(hotp_value(seed, candidate))
        if candidate > after and constant_time_compare(expected, typed):
            return candidate
    return None


def _unknown_secret() -> RefusalError:
    return RefusalError(
        both(
            "Er zijn codes verzegeld met een geheim dat hier niet is ingesteld. Er is niets veranderd. Zet het "
            "vorige geheim in CONCORDIA_OLD_SECRET_KEYS en voer dit opnieuw uit.",
            "Some codes were sealed under a secret that is not set here. Nothing was changed. Put the former "
            "secret in CONCORDIA_OLD_SECRET_KEYS and run this again.",
        )
    )


def _sealed() -> RefusalError:
    return RefusalError(
        both(
            "Uw code kan nu niet worden gecontroleerd. Er is niets mis met uw app. Log in met een toegangssleutel, of "
            "vraag wie Concordia voor u beheert om het vorige geheim terug te zetten.",
            "Your code cannot be checked now. Nothing is wrong with your app. Sign in with a passkey, or ask whoever "
            "runs Concordia for you to put the former secret back.",
        ),
        field="code",
    )


def _wrong_code() -> RefusalError:
    return RefusalError(
        both(
            "Deze code klopt niet, of is al gebruikt. Wacht op de volgende code in uw app en typ die over.",
            "This code is not right, or was used already. Wait for the next code in your app and type that.",
        ),
        field="code",
    )
