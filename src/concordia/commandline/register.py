"""The register from a terminal: take a bundle, verify one, recompute everything, heal."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from concordia.commandline import terminal


def bundle(argv: Sequence[str]) -> int:
    """`bundle ALLIANCE --partner KEY --out FILE.zip`: 0 written, 1 cannot be signed now, 3 bad input."""
    made = terminal.parser("bundle", "Write the bundle with which a partner verifies, offline.")
    made.add_argument("alliance", metavar="ALLIANCE", help="the key of the alliance")
    made.add_argument("--partner", required=True, metavar="KEY", help="the key of the partner")
    made.add_argument("--out", required=True, type=Path, metavar="FILE.zip")
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.kernel.errors import NotFoundError
    from concordia.kernel.signing import SigningError
    from concordia.ops.bundling import write_bundle_of

    words = _WORDS[options.language]
    try:
        write_bundle_of(options.alliance, options.partner, options.out, options.language)
    except NotFoundError:
        return _refuse(words["unknown"].format(alliance=options.alliance, partner=options.partner))
    except SigningError as error:
        return _refuse(words["unsigned"].format(why=error), status=1)
    except OSError as error:
        return _refuse(words["failed"].format(place=options.out, why=error.strerror))
    print(words["written"].format(out=options.out))
    return 0


def verify(argv: Sequence[str]) -> int:
    """`verify FILE.zip`: 0 intact, 1 not, with the first entry that fails, 3 nothing to verify."""
    from concordia.verifier import main

    return main(argv)


def fsck(argv: Sequence[str]) -> int:
    """`fsck`: 0 all is as it was recorded, 1 not; a faulty log is stopped, a mended one goes on."""
    made = terminal.parser("fsck", "Recompute the whole register and name the first entry that fails.")
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.ops.fsck import fsck as recompute

    report = recompute()
    print("\n".join(report.lines(options.language)))
    return 0 if report.ok else 1


def heal(argv: Sequence[str]) -> int:
    """`heal BUNDLE.zip`: 0 every log goes on, 1 one still stands still, 3 not healed, nothing changed."""
    made = terminal.parser("heal", "Bring back from a partner's bundle what an old backup lacks.")
    made.add_argument("bundle", type=Path, metavar="BUNDLE.zip")
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.kernel.errors import RefusalError
    from concordia.ops.heal import heal as bring_back

    try:
        healed = bring_back(options.bundle, datetime.now(UTC))
    except RefusalError as error:
        return _refuse(error.text.in_language(options.language))
    print("\n".join(healed.lines(options.language)))
    return 1 if healed.stopped else 0


_WORDS = {
    "nl": {
        "unknown": "Hier is geen alliantie “{alliance}” met een partner “{partner}”. Er is niets geschreven.",
        "unsigned": "Het register is nu niet te ondertekenen: {why}. Er is niets geschreven.",
        "failed": "{place}: {why}. Er is niets geschreven; kies een andere plaats.",
        "written": "De bundel staat in {out}. Nagaan: concordia verify {out}",
    },
    "en": {
        "unknown": "There is no alliance “{alliance}” with a partner “{partner}” here. Nothing was written.",
        "unsigned": "The register cannot be signed now: {why}. Nothing was written.",
        "failed": "{place}: {why}. Nothing was written; choose another place.",
        "written": "The bundle is in {out}. To verify it: concordia verify {out}",
    },
}


def _refuse(sentence: str, status: int = terminal.BAD_INPUT) -> int:
    print(sentence, file=sys.stderr)
    return status
