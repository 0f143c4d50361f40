"""Accounts from the host's terminal: a way back, closing, forgetting somebody, sealing under a new secret."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from concordia.commandline import terminal


def way_back(argv: Sequence[str]) -> int:
    """`way-back EMAIL`: prints a link, 3 when no open account has the address."""
    options = _options("way-back", "Make a link for somebody who lost every key.", argv)

    from concordia.ops.accounts import way_back_link

    return _tried(options, lambda: f"{_say(options, 'way-back')}\n\n{way_back_link(options.email)}")


def close_account(argv: Sequence[str]) -> int:
    """`close-account EMAIL`: 0 closed, 3 when no account has the address."""
    options = _options("close-account", "Let somebody sign in no more; every session ends at once.", argv)

    from concordia.capabilities.accounts.commands import close_account as close

    def act() -> str:
        close(options.email, now=datetime.now(UTC))
        return _say(options, "closed")

    return _tried(options, act)


def open_account(argv: Sequence[str]) -> int:
    """`open-account EMAIL`: 0 open again, 3 when no account has the address."""
    options = _options("open-account", "Let somebody whose account was closed sign in again.", argv)

    from concordia.capabilities.accounts.commands import reopen_account

    def act() -> str:
        reopen_account(options.email)
        return _say(options, "opened")

    return _tried(options, act)


def forget_person(argv: Sequence[str]) -> int:
    """`forget-person EMAIL --ground WHY --yes`: 0 forgotten, 1 only shown or refused, 3 bad input."""
    made = _parser("forget-person", "Erase somebody in every alliance, and their account. Proofs stay valid.")
    made.add_argument("--ground", default="", help="why, for the register; for example: at own request")
    made.add_argument("--yes", action="store_true", help="do it; without this it only shows what would go")
    options = _woken(made, argv)

    from concordia.kernel.errors import NotFoundError, RefusalError
    from concordia.ops.accounts import forget, known_by

    try:
        known = forget(options.email, options.ground) if options.yes else known_by(options.email)
    except NotFoundError:
        return _refuse(_say(options, "unknown"))
    except RefusalError as error:
        return _refuse(error.text.in_language(options.language), status=1)
    print("\n".join([_say(options, "forgotten" if options.yes else "would"), *known.lines(options.language)]))
    if options.yes:
        return 0
    print(_say(options, "sure"))
    return 1


def reseal(argv: Sequence[str]) -> int:
    """`reseal`: 0 every code is sealed under the present secret, 1 none was, since a former one is missing."""
    made = terminal.parser(
        "reseal", "Seal what apps and recovery codes are made from under the present secret."
    )
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.capabilities.accounts.commands import reseal_seeds
    from concordia.kernel.errors import RefusalError

    try:
        count = reseal_seeds()
    except RefusalError as error:
        return _refuse(error.text.in_language(options.language), status=1)
    print(_say(options, "resealed").format(count=count))
    return 0


def _options(name: str, what: str, argv: Sequence[str]) -> argparse.Namespace:
    return _woken(_parser(name, what), argv)


def _parser(name: str, what: str) -> argparse.ArgumentParser:
    made = terminal.parser(name, what)
    made.add_argument("email", metavar="EMAIL", help="the address the person signs in with")
    made.add_argument("--data", default=None)
    return made


def _woken(parser: argparse.ArgumentParser, argv: Sequence[str]) -> argparse.Namespace:
    options = parser.parse_args(argv)
    terminal.wake(options.data)
    return options


def _tried(options: argparse.Namespace, act: Callable[[], str]) -> int:
    from concordia.kernel.errors import NotFoundError

    try:
        said = act()
    except NotFoundError:
        return _refuse(_say(options, "unknown"))
    print(said)
    return 0


def _say(options: argparse.Namespace, what: str) -> str:
    return _WORDS[options.language][what].format(email=getattr(options, "email", ""), count="{count}")


def _refuse(sentence: str, status: int = terminal.BAD_INPUT) -> int:
    print(sentence, file=sys.stderr)
    return status


_WORDS = {
    "nl": {
        "way-back": "Geef deze link alleen aan de persoon zelf, nadat u zeker weet wie het is. Hij werkt één keer, "
        "twee weken lang. Eerdere sleutels en sessies stoppen zodra hij is gebruikt.",
        "closed": "Het account {email} is gesloten en overal uitgelogd. Weer openen: concordia open-account {email}",
        "opened": "Het account {email} is weer open, met de sleutels van voorheen.",
        "would": "Bij {email} hoort dit. Er is nog niets gewist:",
        "sure": "Dit kan niet ongedaan worden gemaakt. Geef --ground met de reden, en --yes om het te wissen.",
        "forgotten": "Gewist. Elk bewijs blijft geldig:",
        "unknown": "Hier is niemand met het adres {email} voor wie dit kan. Er is niets veranderd; controleer het "
        "adres.",
        "resealed": "Opnieuw verzegeld: {count}. Het vorige geheim is niet meer nodig.",
    },
    "en": {
        "way-back": "Give this link to the person only, after you made sure who it is. It works once, for two weeks. "
        "Earlier keys and sessions end as soon as it is used.",
        "closed": "The account {email} is closed and signed out everywhere. To open it again: "
        "concordia open-account {email}",
        "opened": "The account {email} is open again, with the keys of before.",
        "would": "This belongs to {email}. Nothing was erased yet:",
        "sure": "This cannot be undone. Give --ground with the reason, and --yes to erase it.",
        "forgotten": "Erased. Every proof stays valid:",
        "unknown": "Nobody here with the address {email} can be helped with this. Nothing was changed; check the "
        "address.",
        "resealed": "Sealed anew: {count}. The former secret is no longer needed.",
    },
}
