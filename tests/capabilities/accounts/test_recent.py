"""Binding acts ask for a proof of the last ten minutes: a passkey, or a password with a code."""

from datetime import datetime, timedelta

import pytest

from concordia.capabilities.accounts.queries import proved_recently

WHO = "usr_me"


def session(now: datetime, *proofs: tuple[str, str | None, int]) -> dict[str, object]:
    records = []
    for method, kind, minutes in proofs:
        record: dict[str, object] = {"method": method, "at": (now - timedelta(minutes=minutes)).timestamp()}
        records.append(record | ({"type": kind} if kind else {}))
    return {"account_authentication_methods": records, "account_authentication_methods_user": WHO}


@pytest.mark.parametrize(
    ("proofs", "enough"),
    [
        ((), False),
        ((("mfa", "webauthn", 9),), True),
        ((("mfa", "webauthn", 10),), False),
        ((("password", None, 1),), False),
        ((("mfa", "totp", 1),), False),
        ((("password", None, 1), ("mfa", "totp", 1)), True),
        ((("password", None, 1), ("mfa", "recovery_codes", 1)), True),
        ((("password", None, 20), ("mfa", "totp", 1)), False),
        ((("hat", None, 1),), True),
        ((("password_reset", None, 1), ("mfa", "totp", 1)), False),
    ],
)
def test_what_counts_as_a_fresh_proof(now: datetime, proofs, enough: bool) -> None:
    assert proved_recently(session(now, *proofs), WHO, now) is enough


def test_the_proof_of_somebody_else_counts_for_nothing(now: datetime) -> None:
    assert not proved_recently(session(now, ("mfa", "webauthn", 1)), "usr_other", now)


@pytest.mark.parametrize("broken", [None, "x", 3, {}])
def test_a_broken_record_counts_for_nothing(now: datetime, broken: object) -> None:
    kept = {"account_authentication_methods": broken, "account_authentication_methods_user": WHO}
    assert not proved_recently(kept, WHO, now)
