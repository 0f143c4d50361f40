"""What the host does with accounts from a terminal, and what a script reads from the exit status."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.cast import FOUNDED, NOW, Cast, make_cast

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import invite_person
from concordia.capabilities.alliances.models import Contact, Person
from concordia.commandline import main
from concordia.kernel import keystore
from concordia.kernel.errors import NotFoundError
from concordia.ops.bundling import write_bundle_of
from concordia.ops.fsck import fsck

pytestmark = pytest.mark.django_db
EMAIL = "board@tax.example"
PASSWORD = "een paard leest geen kranten"
EVERYONE = ("way-back", "close-account", "open-account", "forget-person")


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.KEYS, settings.SIGNER = tmp_path / "keys", tmp_path / "signer"


@pytest.fixture
def person() -> User:
    """Somebody with an account of their own and no place anywhere."""
    made = User(email=EMAIL, name="Board member", language="en", date_joined=FOUNDED)
    made.set_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def cast(person: User) -> Cast:
    """An alliance in which that person sits at the tax office."""
    return make_cast(accounts_of={"tax": person.id})


@pytest.fixture
def told(
    capsys: pytest.CaptureFixture[str], django_capture_on_commit_callbacks: Callable
) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Runs a command of `concordia`; its status and what it printed."""

    def run(*words: object, language: str = "en") -> tuple[int, str, str]:
        capsys.readouterr()
        with django_capture_on_commit_callbacks(execute=True):
            status = main([*map(str, words), "--language", language])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_the_host_lets_somebody_back_who_lost_every_key(person: User, told) -> None:
    status, out, _ = told("way-back", EMAIL.upper())

    token = out.strip().rpartition("/invitation/")[2].strip("/")
    assert status == 0
    assert queries.open_invitation(token, datetime.now(UTC)).returning == person.id


def test_a_closed_account_signs_in_no_more_until_it_is_opened(person: User, told) -> None:
    before = person.get_session_auth_hash()

    assert told("close-account", EMAIL)[0] == 0
    person.refresh_from_db()
    assert not person.is_active
    assert person.get_session_auth_hash() != before
    assert told("way-back", EMAIL)[0] == 3

    assert told("open-account", EMAIL)[0] == 0
    person.refresh_from_db()
    assert person.is_active
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("command", EVERYONE)
@pytest.mark.parametrize("email", ["", "nobody@tax.example", "\u0000", "x" * 400])
def test_an_address_of_nobody_gets_a_sentence_and_changes_nothing(
    person: User, told, command: str, email: str
) -> None:
    before = list(User.objects.values())

    status, out, err = told(command, email)

    assert (status, out) == (3, "")
    assert "check the address" in err
    assert list(User.objects.values()) == before


@pytest.mark.parametrize("command", EVERYONE)
def test_without_an_address_nothing_is_done(person: User, command: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command])
    assert stopped.value.code == 3


def test_forgetting_shows_first_what_would_go(cast: Cast, told) -> None:
    status, out, _ = told("forget-person", EMAIL)

    assert status == 1
    assert "Tax of cast, Test alliance cast" in out
    assert "--yes" in out
    assert User.objects.filter(email=EMAIL).exists()
    assert not Person.objects.unscoped().exclude(erased_at=None).exists()


def test_forgetting_needs_a_ground_and_then_takes_nothing(cast: Cast, told) -> None:
    status, _, err = told("forget-person", EMAIL, "--yes")

    assert status == 1
    assert "why this data is erased" in err
    assert User.objects.filter(email=EMAIL).exists()
    assert cast.tax.at().holds("board-member")


def test_somebody_is_forgotten_in_every_alliance_with_their_account(cast: Cast, person: User, told) -> None:
    second = make_cast("second", accounts_of={"social": person.id})

    status, out, _ = told("forget-person", EMAIL, "--yes", "--ground", "At own request")

    assert status == 0
    assert "Social of second, Test alliance second" in out
    assert not User.objects.filter(email=EMAIL).exists()
    for place in (cast.tax.person, second.social.person):
        row = Person.objects.unscoped().get(id=place)
        assert (row.name, row.account_id, row.erased_at is None) == ("—", "", False)
        assert not Contact.objects.unscoped().filter(person_id=place).exists()
        assert keystore.is_erased(place)
    assert told("forget-person", EMAIL)[0] == 3


def test_everybody_else_and_every_proof_stays(cast: Cast, told, tmp_path: Path) -> None:
    before, after = tmp_path / "before.zip", tmp_path / "after.zip"
    write_bundle_of(cast.key, "social", before, "en")
    others = Person.objects.unscoped().exclude(id=cast.tax.person)
    kept = list(others.order_by("id").values())

    assert told("forget-person", EMAIL, "--yes", "--ground", "At own request")[0] == 0

    write_bundle_of(cast.key, "social", after, "en")
    assert [told("verify", bundle)[0] for bundle in (before, after)] == [0, 0]
    assert fsck().ok
    assert list(others.order_by("id").values()) == kept


def test_who_was_invited_and_never_came_is_forgotten_too(cast: Cast, told) -> None:
    invited = invite_person(
        cast.tax.at(),
        name="Newcomer",
        email="New@tax.example",
        position="professional",
        partner_id=cast.partners["tax"],
        from_date=NOW.date(),
    )

    assert told("forget-person", "new@tax.example", "--yes", "--ground", "Asked")[0] == 0

    assert Person.objects.unscoped().get(id=invited.person).name == "—"
    with pytest.raises(NotFoundError):
        queries.open_invitation(invited.token, NOW)
    assert cast.tax.at().holds("board-member")


def test_an_account_without_any_place_is_forgotten(person: User, told) -> None:
    status, out, _ = told("forget-person", EMAIL, "--yes", language="nl")

    assert status == 0
    assert "het account" in out
    assert not User.objects.exists()


def test_codes_are_sealed_anew_or_the_missing_secret_is_named(person: User, told, settings) -> None:
    assert told("reseal") == (0, "Sealed anew: 0. The former secret is no longer needed.\n", "")

    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(person)
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another-secret-key-that-is-long-enough-to-be-one"
    status, out, err = told("reseal")
    assert (status, out) == (1, "")
    assert "CONCORDIA_OLD_SECRET_KEYS" in err

    settings.SECRET_KEY_FALLBACKS = [former]
    assert "1" in told("reseal")[1]
    settings.SECRET_KEY_FALLBACKS = []
    assert "1" in told("reseal")[1]


def test_a_second_first_account_is_refused_with_a_sentence(person: User, told, monkeypatch) -> None:
    monkeypatch.setattr("concordia.commandline.terminal.prepare", lambda _language: None)
    status, out, err = told("first-account")

    assert (status, out) == (1, "")
    assert "Whoever has one can invite others" in err


def test_every_command_of_accounts_speaks_both_languages(person: User, told) -> None:
    assert "Geef deze link alleen aan de persoon zelf" in told("way-back", EMAIL, language="nl")[1]
    assert "overal uitgelogd" in told("close-account", EMAIL, language="nl")[1]
    assert "weer open" in told("open-account", EMAIL, language="nl")[1]
    assert "niemand" in told("way-back", "nobody@tax.example", language="nl")[2]
    assert commands.reopen_account(EMAIL) is None
