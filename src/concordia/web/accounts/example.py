"""The door of an example installation: a code printed at its start, and who one is behind it."""

from datetime import timedelta

from django.core import signing

from concordia.capabilities.accounts.queries import example_people

_SIGNER = signing.TimestampSigner(salt="concordia.example")
_LASTS = timedelta(days=30)


def entrance_code() -> str:
    """A code that opens the example for a month; it needs the key of this installation to make."""
    return _SIGNER.sign("example")


def is_entrance_code(code: str) -> bool:
    """Whether a code was made by this installation, not too long ago."""
    try:
        return _SIGNER.unsign(code, max_age=_LASTS) == "example"
    except signing.BadSignature:
        return False


def first_person() -> str:
    """Who of the example one begins as: the first of its story. Raises LookupError where there is nobody."""
    people = example_people()
    if not people:
        raise LookupError("the example has no people")
    return people[0].id
