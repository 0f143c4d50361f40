#!/usr/bin/env python3
"""The witness of one partner: a single file that needs Python 3.9 or newer, and nothing else.

It runs on the partner's own machine, offline, and keeps a folder of its own there. It says whether a bundle of
the register is intact and continues everything it saw before, puts the partner's signature under what it
verified, compares with what another partner was shown, finds words in the opened decisions, and writes
receipts that anyone can verify alone. The format is that of docs/register-format.md; nothing here is shared
with the program of the host, so that an error in the one is seen by the other.

    python3 concordia_witness.py init DIR --name oost.example/w1     make the folder and the key
    python3 concordia_witness.py pin VKEY                            trust a key, taken from paper
    python3 concordia_witness.py check BUNDLE.zip                    verify a bundle and remember it
    python3 concordia_witness.py cosign                              sign what was verified last
    python3 concordia_witness.py diff OTHER                          compare with what another partner has
    python3 concordia_witness.py find WORDS                          search what was opened
    python3 concordia_witness.py receipt ENTRY                       the proof of one entry, as a file
    python3 concordia_witness.py verify-receipt FILE                 verify such a file

Exit status: 0 intact, 1 not intact, 3 nothing could be verified or done.

It speaks Dutch and English (--lang), uses no network, and writes only in its folder. Where the package
`cryptography` is installed it verifies the ML-DSA-44 signature too; otherwise it says that it did not.
"""

# Python 3.9 is older than what the rest of the repository is written for.
# ruff: noqa: B905, RUF007, UP017

from __future__ import annotations

import argparse
import base64
import binascii
import contextlib
import datetime
import hashlib
import io
import itertools
import json
import locale
import os
import re
import struct
import sys
import time
import typing
import unicodedata
import zlib

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Fetch = Callable[[int, int], bytes]
    Point = tuple[int, int, int, int]
    Weierstrass = tuple[int, int, int]
    Place = tuple[int, str]

INTACT, NOT_INTACT, BAD_INPUT = 0, 1, 3
STATE_FORMAT = "concordia-witness/1"
BUNDLE_FORMAT = "concordia-bundle/1"
PRIVATE = "private/"
LISTED = 20


# --- Refusals -------------------------------------------------------------------------------------------------


class WitnessError(Exception):
    """Why something was refused, as whole sentences in Dutch and English."""

    status = BAD_INPUT

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(en)
        self.nl = nl
        self.en = en


class FormatError(WitnessError):
    """Bytes that are not in the format of the register."""


class NotIntactError(WitnessError):
    """A register that is not what it should be."""

    status = NOT_INTACT


class DamagedError(NotIntactError):
    """A member of a bundle whose bytes are not those that were written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is beschadigd.", f"{name} is damaged.")


class ForkError(NotIntactError):
    """Two trees of one log, both signed by it, with what proves it."""

    def __init__(self, origin: str, size: int, first: int | None, evidence: dict[str, typing.Any]) -> None:
        nl = "" if first is None else f" Het eerste verschil is regel {first}."
        en = "" if first is None else f" The first difference is entry {first}."
        super().__init__(
            f"{origin}: de host ondertekende twee verschillende registers. De eerste {size} regels zijn niet "
            f"dezelfde.{nl}",
            f"{origin}: the host signed two different logs. The first {size} entries are not the same.{en}",
        )
        self.evidence = evidence


class RootError(NotIntactError):
    """Entries and tiles that fit each other, and lead to another root than was signed."""

    def __init__(self, first: int | None = None) -> None:
        nl = "" if first is None else f" De eerste regel die anders is dan in uw kopie: regel {first}."
        en = "" if first is None else f" The first entry that differs from your copy: entry {first}."
        super().__init__(
            f"De regels leiden tot een andere wortel dan het register ondertekende.{nl}",
            f"The entries lead to another root than the register signed.{en}",
        )


# --- The command line -----------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> int:
    """Do one command; the exit status. Never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    console = Console(_language(words))
    try:
        if not words:
            _parser(console).print_help()
            return BAD_INPUT
        options = _parser(console).parse_args(words)
        status: int = options.command(options, console)
        sys.stdout.flush()
        return status
    except SystemExit as stop:
        return int(stop.code or INTACT)
    except WitnessError as error:
        console.refuse(error.nl, error.en)
        return error.status
    except OSError as error:
        console.refuse(*_of_system(error))
    except KeyboardInterrupt:
        console.refuse("Gestopt. Niets is goedgekeurd.", "Stopped. Nothing was approved.")
    except MemoryError:
        console.refuse(
            "Er is te weinig geheugen voor dit bestand.", "There is too little memory for this file."
        )
    except Exception as error:  # people were promised a sentence
        what = f"{type(error).__name__}: {error}"
        console.refuse(
            f"Dit ging anders dan voorzien ({what}). Niets is goedgekeurd. Meld dit, met het bestand erbij.",
            f"This went otherwise than foreseen ({what}). Nothing was approved. Please report it, with the file.",
        )
    return BAD_INPUT


def _of_system(error: OSError) -> tuple[str, str]:
    """What the operating system refused, as sentences."""
    name = error.filename or ""
    if isinstance(error, FileNotFoundError):
        return f"{name} is er niet.", f"{name} is not there."
    if isinstance(error, FileExistsError):
        return f"{name} bestaat al. Kies een andere naam.", f"{name} is there already. Choose another name."
    what = f"{name} {error.strerror or error}".strip()
    return f"Dit lukte niet: {what}. Niets is goedgekeurd.", f"This failed: {what}. Nothing was approved."


class Console:
    """Says sentences in the reader's language. Characters that a terminal would act on are shown as marks."""

    def __init__(self, language: str) -> None:
        self.language = language
        for stream in (sys.stdout, sys.stderr):
            # Signature lines hold a dash that older code pages lack.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def text(self, nl: str, en: str) -> str:
        """The sentence in the reader's language."""
        return nl if self.language == "nl" else en

    def say(self, nl: str, en: str) -> None:
        """Print to standard output."""
        print(_clean(self.text(nl, en)))

    def tell(self, nl: str, en: str) -> None:
        """Print to standard error, so that standard output holds only what is to be passed on."""
        print(_clean(self.text(nl, en)), file=sys.stderr)

    def refuse(self, nl: str, en: str) -> None:
        """Say why not. Nothing may go wrong any more here, not even when the output itself is what failed."""
        with contextlib.suppress(OSError, ValueError):
            try:
                sys.stdout.flush()
            except OSError:
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        with contextlib.suppress(OSError, ValueError):
            self.tell(nl, en)


def _clean(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)


def _language(words: Sequence[str]) -> str:
    """The language asked for, read before the words themselves, since help and refusals are in it too."""
    for before, word in zip(["", *words], words):
        if before == "--lang" or word.startswith("--lang="):
            return "nl" if word.endswith("nl") else "en"
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    return "nl" if chosen.lower().startswith(("nl", "dutch")) else "en"


class Parser(argparse.ArgumentParser):
    """A parser that refuses with status 3, in the reader's language."""

    console: Console

    def error(self, message: str) -> typing.NoReturn:
        """Say how it is used, and stop."""
        self.print_usage(sys.stderr)
        detail = f" ({message})" if self.console.language == "en" else ""
        self.console.refuse(
            f"Deze opdracht is niet compleet of niet bekend. Zie: {self.prog} --help",
            f"This command is not complete or not known{detail}. See: {self.prog} --help",
        )
        raise SystemExit(BAD_INPUT)


class Layout(argparse.RawDescriptionHelpFormatter):
    """Help with its heading in the reader's language."""

    def add_usage(
        self, usage: typing.Any, actions: typing.Any, groups: typing.Any, prefix: str | None = None
    ) -> None:
        """As the standard one, under a heading of our own."""
        super().add_usage(usage, actions, groups, prefix or Parser.console.text("Gebruik: ", "Usage: "))


def _parser(console: Console) -> Parser:
    Parser.console = console
    top = Parser(
        prog=os.path.basename(sys.argv[0]) or "witness.py",
        formatter_class=Layout,
        add_help=False,
        description=console.text(
            "Ga zelf na of het register van uw alliantie klopt: zonder verbinding, met uw eigen geheugen.",
            "See for yourself whether your alliance's register is intact: offline, with your own memory.",
        ),
    )
    top.set_defaults(lang=None, state=None)
    _common(top, console)
    commands = top.add_subparsers(
        title=console.text("Opdrachten", "Commands"),
        metavar=console.text("OPDRACHT", "COMMAND"),
        prog=top.prog,
        required=True,
    )
    for name, command, nl, en, arguments in _COMMANDS:
        text = console.text(nl, en)
        made = commands.add_parser(
            name, help=text.split("\n")[0], description=text, formatter_class=Layout, add_help=False
        )
        # There is no public way to name these groups, and help should be in one language.
        made._positionals.title = console.text("Gegevens", "Arguments")
        made._optionals.title = console.text("Keuzes", "Options")
        for flags, settings, nl_help, en_help in arguments:
            made.add_argument(*flags, help=console.text(nl_help, en_help), **settings)
        _common(made, console)
        made.set_defaults(command=command)
    return top


def _common(parser: Parser, console: Console) -> None:
    group = parser.add_argument_group(console.text("Altijd mogelijk", "Always possible"))
    group.add_argument("-h", "--help", action="help", help=console.text("toon deze uitleg", "show this help"))
    group.add_argument(
        "--lang", choices=("nl", "en"), default=argparse.SUPPRESS, help=console.text("taal", "language")
    )
    group.add_argument(
        "--state",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help=console.text(
            "uw map (anders: CONCORDIA_WITNESS, of de huidige map)",
            "your folder (else: CONCORDIA_WITNESS, or the current folder)",
        ),
    )


# --- The commands ---------------------------------------------------------------------------------------------


def init(options: argparse.Namespace, console: Console) -> int:
    """Make the folder and the signing key of a witness."""
    if not is_key_name(options.name) or not options.name.isprintable() or len(options.name) > 128:
        raise WitnessError(
            "Een naam heeft 1 tot 128 zichtbare tekens, geen spaties en geen plustekens. Bijvoorbeeld: oost.example/w1",
            "A name has 1 to 128 visible characters, no spaces and no plus signs. For example: oost.example/w1",
        )
    state = State.make(options.folder, options.name)
    console.tell("Uw map is gemaakt. De sleutel van uw getuige:", "Your folder is made. Your witness's key:")
    print(state.own_key)
    console.tell(
        f"Geef deze regel aan de andere partners, liefst op papier. Houd de map {options.folder} voor uzelf, en maak "
        f"er een reservekopie van.\nVolgende stap: zet de sleutel van het register vast (pin).",
        f"Give this line to the other partners, preferably on paper. Keep the folder {options.folder} to yourself, and "
        f"back it up.\nNext step: pin the key of the register (pin).",
    )
    return INTACT


def pin(options: argparse.Namespace, console: Console) -> int:
    """Trust keys from now on, or no longer, or show which are trusted."""
    with State.opened(options.state) as state:
        for key in _typed_keys(options.key):
            state.unpin(key) if options.remove else state.pin(key)
        if options.key:
            state.save()
        console.tell("De sleutel van deze getuige:", "The key of this witness:")
        print(state.own_key)
        console.tell(f"Vastgezet: {len(state.pins)}", f"Pinned: {len(state.pins)}")
        for key in state.pins:
            print(key)
    return INTACT


def check(options: argparse.Namespace, console: Console) -> int:
    """Verify a bundle against the pinned keys and everything seen before, and remember it."""
    with State.opened(options.state) as state, open(options.bundle, "rb") as file:
        archive = Archive(file)
        try:
            findings = check_bundle(archive, state)
        except ForkError as fork:
            raise _save_evidence(fork, state) from None
        keep_bundle(archive, state, findings)
        for found in findings:
            state.remember(found)
        # Last: until the copy is there, the old mark holds.
        state.save()
    for found in findings:
        _tell_finding(found, console)
    console.say("Intact.", "Intact.")
    return INTACT


def cosign(options: argparse.Namespace, console: Console) -> int:
    """Print one cosignature for the checkpoint that was verified last."""
    with State.opened(options.state) as state:
        log = state.log_in_use(private=options.private)
        seen = log.checkpoint
        if log.cosigned and seen.size <= log.cosigned[0] and (seen.size, seen.root) != log.cosigned:
            raise NotIntactError(
                f"Deze getuige tekende al voor {log.cosigned[0]} regels en zou nu voor {seen.size} andere tekenen. Dat "
                f"doet hij niet. Zet de map terug uit uw nieuwste reservekopie, en controleer een nieuwe bundel.",
                f"This witness signed for {log.cosigned[0]} entries before and would now sign for {seen.size} others. "
                f"It does not. Put the folder back from your newest backup, and check a new bundle.",
            )
        line = cosignature(state.name, state.seed, seen, int(time.time()))
        log.cosigned = (seen.size, seen.root)
        # On disk before it is shown: a signature that was given is never forgotten.
        state.save()
    sys.stdout.write(line)
    sys.stdout.flush()
    console.tell(
        f"Dit is uw handtekening voor {seen.size} regels. Geef de regel hierboven aan de host.",
        f"This is your signature for {seen.size} entries. Give the line above to the host.",
    )
    return INTACT


def diff(options: argparse.Namespace, console: Console) -> int:
    """Compare with a checkpoint, receipt or bundle of another partner."""
    with State.opened(options.state) as state, contextlib.ExitStack() as stack:
        note, tiles = _other(options.other, state, stack)
        other = read_checkpoint(note)
        log = typing.cast("LogState", state.log(other.origin))
        own = stack.enter_context(state.tiles(log))
        try:
            size = compare(own, note, tiles)
        except ForkError as fork:
            raise _save_evidence(fork, state) from None
    console.say(
        f"De eerste {size} regels zijn dezelfde. U hebt er {own.checkpoint.size}, de ander {other.size}.",
        f"The first {size} entries are the same. You have {own.checkpoint.size}, the other has {other.size}.",
    )
    return INTACT


def find(options: argparse.Namespace, console: Console) -> int:
    """Search what was opened, by parts of words, and print where it stands."""
    words = [_plain(word) for word in " ".join(options.words).split()]
    found = 0
    with State.opened(options.state) as state:
        origins = [origin for origin in (state.shared, state.private) if origin]
        for log in [state.log_in_use(), *(state.log_in_use(private=True) for _ in origins[1:])]:
            with state.tiles(log) as tiles:
                for n, values in tiles.opened():
                    texts = [_plain(value) for value in values.values()]
                    if all(any(word in text for text in texts) for word in words):
                        found += 1
                        _tell_entry(console, tiles.entry(n), values, log.prefix)
    console.say(f"{found} gevonden.", f"{found} found.")
    return INTACT


def receipt(options: argparse.Namespace, console: Console) -> int:
    """Write the proof and the openings of one entry, which verify alone later."""
    with State.opened(options.state) as state:
        log = state.log_in_use(private=options.private)
        with state.tiles(log) as tiles:
            data = make_receipt(tiles, options.entry, options.field)
        verify_receipt(data, [*state.keys_for(log.origin), *state.witness_keys()])
    path = options.out or f"{options.entry}.tlog-proof"
    with open(path, "xb") as file:
        file.write(data)
    console.say(
        f"Het bewijs van regel {options.entry}: {path}", f"The receipt of entry {options.entry}: {path}"
    )
    return INTACT


def verify_receipt_file(options: argparse.Namespace, console: Console) -> int:
    """Verify a receipt with the keys given, or with those that are pinned."""
    keys = [Key.parse(text) for text in options.key or ()]
    if not keys:
        with State.opened(options.state) as state:
            keys = [*state.pins, *(key for log in state.logs for key in log.keys), *state.witness_keys()]
    with open(options.file, "rb") as file:
        proven = verify_receipt(file.read(RECEIPT_LIMIT + 1), keys)
    _tell_entry(console, proven.entry, proven.values)
    _tell_signatures(proven.signatures, console)
    console.say(
        f"Intact: dit is regel {proven.n} van {proven.checkpoint.origin}.",
        f"Intact: this is entry {proven.n} of {proven.checkpoint.origin}.",
    )
    return INTACT


_COMMANDS: Sequence[
    tuple[str, Callable[[argparse.Namespace, Console], int], str, str, Sequence[typing.Any]]
] = (
    (
        "init",
        init,
        "Maak de map en de sleutel van uw getuige.",
        "Make the folder and the key of your witness.",
        (
            (("folder",), {"metavar": "DIR"}, "de nieuwe map", "the new folder"),
            (
                ("--name",),
                {"required": True},
                "naam waaronder u tekent, bijvoorbeeld oost.example/w1",
                "name to sign under, for example oost.example/w1",
            ),
        ),
    ),
    (
        "pin",
        pin,
        "Zet een sleutel vast die u op papier kreeg; zonder sleutel: toon wat vaststaat.\n\n"
        "De sleutel van het register staat op papier bij het convenant, of als QR-code. Neem hem nooit over\n"
        "van de server: dan controleert de host zichzelf. U kunt ook sleutels van andere getuigen vastzetten.",
        "Pin a key that you were given on paper; without a key: show what is pinned.\n\n"
        "The key of the register is on paper with the covenant, or a QR code. Never take it from the server:\n"
        "the host would then verify itself. You may pin the keys of other partners' witnesses too.",
        (
            (("key",), {"metavar": "VKEY", "nargs": "*"}, "naam+nummer+sleutel", "name+id+key"),
            (("--remove",), {"action": "store_true"}, "vergeet deze sleutel", "forget this key"),
        ),
    ),
    (
        "check",
        check,
        "Controleer een bundel, en onthoud hem.\n\n"
        "Nagegaan wordt: de handtekening van het register, elke regel, alles wat u eerder zag, elke waarde die\n"
        "u mag openen, elk bestand, en of de host iets achterhoudt.",
        "Verify a bundle, and remember it.\n\n"
        "What is verified: the register's signature, every entry, everything you saw before, every value that\n"
        "you may open, every file, and whether the host holds anything back.",
        ((("bundle",), {"metavar": "BUNDLE.zip"}, "het bestand van de host", "the file from the host"),),
    ),
    (
        "cosign",
        cosign,
        "Teken voor de stand die u het laatst controleerde.",
        "Sign for the checkpoint that you verified last.",
        ((("--private",), {"action": "store_true"}, "voor uw eigen register", "for your private log"),),
    ),
    (
        "diff",
        diff,
        "Vergelijk met wat een andere partner kreeg: een stand, een bewijs of een bundel.\n\n"
        "Verschilt het, dan wordt een bewijs bewaard dat iedereen kan nagaan.",
        "Compare with what another partner was given: a checkpoint, a receipt or a bundle.\n\n"
        "Where they differ, evidence is kept that anyone can verify.",
        ((("other",), {"metavar": "OTHER"}, "het bestand van de ander", "the other's file"),),
    ),
    (
        "find",
        find,
        "Zoek in wat u mag lezen, op delen van woorden.",
        "Search what you may read, by parts of words.",
        (
            (
                ("words",),
                {"metavar": "WORDS", "nargs": "+"},
                "alle woorden moeten erin staan",
                "all words must occur",
            ),
        ),
    ),
    (
        "receipt",
        receipt,
        "Schrijf het bewijs van één regel, met wat u daarvan mag lezen.",
        "Write the receipt of one entry, with what you may read of it.",
        (
            (("entry",), {"metavar": "ENTRY", "type": int}, "nummer van de regel", "number of the entry"),
            (("--private",), {"action": "store_true"}, "uit uw eigen register", "from your private log"),
            (
                ("--field",),
                {"action": "append", "metavar": "NAME"},
                "alleen dit veld openen; mag vaker",
                "open this field only; may be repeated",
            ),
            (("--out",), {"metavar": "FILE"}, "bestand om te schrijven", "file to write"),
        ),
    ),
    (
        "verify-receipt",
        verify_receipt_file,
        "Controleer het bewijs van één regel.",
        "Verify the receipt of one entry.",
        (
            (("file",), {"metavar": "FILE"}, "het bewijs (.tlog-proof)", "the receipt (.tlog-proof)"),
            (
                ("--key",),
                {"action": "append", "metavar": "VKEY"},
                "sleutel van het register, in plaats van uw map",
                "key of the register, instead of your folder",
            ),
        ),
    ),
)


def _typed_keys(words: Sequence[str]) -> list[Key]:
    """The keys typed: one in each word, or one over all, as it comes from several lines on paper."""
    try:
        return [Key.parse(word) for word in words]
    except FormatError:
        return [Key.parse("".join(words))]


def _other(path: str, state: State, stack: contextlib.ExitStack) -> tuple[bytes, Tiles | None]:
    """What another partner has: a note that the register signed, and the tree where the file is a bundle."""
    file = stack.enter_context(open(path, "rb"))  # noqa: SIM115
    tiles = Tiles(Archive(file), "") if file.read(2) == b"PK" else None
    file.seek(0)
    note = tiles.note if tiles else _note_in(file.read(RECEIPT_LIMIT))
    origin = read_checkpoint(note).origin
    if state.log(origin) is None:
        raise WitnessError(
            f"Deze getuige controleerde {origin} nog niet. Begin met: check BUNDLE.zip",
            f"This witness has not checked {origin} yet. Begin with: check BUNDLE.zip",
        )
    try:
        verify_note(note, state.keys_for(origin))
    except NotIntactError as error:
        raise WitnessError(
            f"Dit is niet door het register ondertekend en bewijst niets. {error.nl}",
            f"This is not signed by the register and proves nothing. {error.en}",
        ) from None
    if tiles is not None:
        check_tree(tiles.archive, "", tiles.checkpoint)
    return note, tiles


def _note_in(data: bytes) -> bytes:
    """The checkpoint in a file that is one, or that is a receipt."""
    return data.partition(b"\n\n")[2] if data.startswith(RECEIPT_HEAD) else data


def _save_evidence(fork: ForkError, state: State) -> NotIntactError:
    """Keep what proves a fork; the refusal that says where."""
    folder = os.path.join(state.folder, "evidence")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    data = json.dumps(fork.evidence, indent=1, ensure_ascii=False).encode()
    path = os.path.join(folder, f"fork-{hashlib.sha256(data).hexdigest()[:16]}.json")
    write_file(path, data)
    return NotIntactError(
        f"{fork.nl} Het bewijs staat in {path}. Teken niet, en laat het aan de andere partners zien.",
        f"{fork.en} The evidence is in {path}. Do not cosign, and show it to the other partners.",
    )


def _tell_finding(found: Finding, console: Console) -> None:
    nl, en = ("Eigen register", "Private log") if found.prefix else ("Gedeeld register", "Shared log")
    console.say(f"{nl} {found.checkpoint.origin}", f"{en} {found.checkpoint.origin}")
    size, old = found.checkpoint.size, found.old_size
    if old is None:
        console.say(
            f"  {size} regels, voor het eerst gecontroleerd; samen geven zij de ondertekende wortel.",
            f"  {size} entries, verified for the first time; together they give the signed root.",
        )
    else:
        console.say(
            f"  {size} regels, {size - old} nieuw; de {old} die u kende staan er ongewijzigd in.",
            f"  {size} entries, {size - old} new; the {old} that you knew are in it, unchanged.",
        )
    _tell_signatures(found.signatures, console)
    _tell_trust(found, console)
    console.say(
        f"  Geopend en vergeleken: waarden {found.values}, bestanden {found.files}",
        f"  Opened and compared: values {found.values}, files {found.files}",
    )
    _tell_votes(found, console)
    if found.former:
        console.say(
            f"  Een vroeger eigen register zit niet in deze bundel: {found.former}",
            f"  A former private log is not in this bundle: {found.former}",
        )
    _tell_erased(found, console)
    _tell_held_back(found, console)


def _tell_signatures(found: Signatures, console: Console) -> None:
    nl, en = (["Ed25519 klopt"], ["Ed25519 verified"]) if found.plain else ([], [])
    if found.lasting is not None:
        nl.append(
            "ML-DSA-44 klopt" if found.lasting else "ML-DSA-44 hier niet gecontroleerd (vraagt cryptography)"
        )
        en.append(
            "ML-DSA-44 verified" if found.lasting else "ML-DSA-44 not checked here (takes cryptography)"
        )
    console.say(
        f"  Handtekening van het register: {', '.join(nl)}", f"  Signature of the register: {', '.join(en)}"
    )
    names = ", ".join(f"{key.name} ({moment(at)})" for key, at in sorted(found.cosigned.items()))
    console.say(
        f"  Medeondertekend door: {names or 'nog niemand'}", f"  Cosigned by: {names or 'nobody yet'}"
    )


def _tell_trust(found: Finding, console: Console) -> None:
    if not found.quorum_met:
        console.say("    Het beleid vraagt er meer.", "    The policy asks for more.")
    if found.policy_changed:
        console.say(
            "  Wie moet tekenen is veranderd sinds de vorige keer. Ga na of dat is afgesproken:",
            "  Who must sign has changed since the last time. See whether that was agreed:",
        )
    for line in found.policy_changed[:LISTED]:
        console.say(f"    {line[:120]}", f"    {line[:120]}")
    for key in found.learned:
        console.say(
            "  Deze sleutel komt uit de bundel en is voortaan nodig. Vergelijk hem met uw papier:",
            "  This key comes from the bundle and is needed from now on. Compare it with your paper:",
        )
        shown = (
            str(key)
            if len(key.public) == 32
            else f"ML-DSA-44, SHA-256 {hashlib.sha256(str(key).encode()).hexdigest()}"
        )
        console.say(f"    {shown}", f"    {shown}")
    if found.newer:
        console.say(
            f"  {found.newer} regels zijn van een nieuwere versie: hun bewijs klopt, dit programma leest ze niet.",
            f"  {found.newer} entries are of a newer version: their proof holds, this program does not read them.",
        )


def _tell_votes(found: Finding, console: Console) -> None:
    if not found.signed_votes and not found.unchecked_votes:
        return
    console.say(
        f"  Stemmen met een handtekening van de stemmer zelf, die klopt: {found.signed_votes}",
        f"  Votes with a signature of the voter's own, which holds: {found.signed_votes}",
    )
    if found.unchecked_votes:
        console.say(
            f"    Ondertekend, maar hier niet te controleren: {found.unchecked_votes}",
            f"    Signed, but not to be checked here: {found.unchecked_votes}",
        )
    if found.voter_keys:
        console.say(
            "  De sleutels waarmee mensen tekenen; ieder vindt de eigen vingerafdruk bij Mijn sleutels:",
            "  The keys with which people sign; each finds their own fingerprint under My keys:",
        )
    for n, person, fingerprint in found.voter_keys[: 2 * LISTED]:
        console.say(f"    {n}: {person[:120]}, {fingerprint}", f"    {n}: {person[:120]}, {fingerprint}")


def _tell_erased(found: Finding, console: Console) -> None:
    if found.deleted:
        count = len(found.deleted)
        console.say(
            f"  Gewist, en nu ook uit uw map verwijderd: {count}. Verwijder zelf oudere bundels die u bewaarde.",
            f"  Erased, and now deleted from your folder too: {count}. Delete older bundles that you kept yourself.",
        )
        _tell_places(found.deleted, console)
    if found.still_open:
        count = len(found.still_open)
        console.say(
            f"  Gewist, maar nog open in deze bundel: {count}. Ze zijn niet bewaard. Meld het de host en verwijder de "
            f"bundel.",
            f"  Erased, but still open in this bundle: {count}. They were not kept. Tell the host and delete the "
            f"bundle.",
        )
        _tell_places(found.still_open, console)


def _tell_held_back(found: Finding, console: Console) -> None:
    if not found.prefix and not found.is_named:
        console.say(
            f"  Let op: geen regel noemt {found.partner} bij wie hem mag lezen. Is deze bundel wel voor u?",
            f"  Note: no entry names {found.partner} among those that may read it. Is this bundle for you?",
        )
    if not found.held_back:
        return
    count, kept = len(found.held_back), len(found.kept)
    console.say(
        f"  Let op: de host houdt waarden achter die u mag lezen: {count}. Vraag ernaar.",
        f"  Note: the host holds back values that you may read: {count}. Ask for them.",
    )
    _tell_places(found.held_back, console)
    if kept:
        console.say(
            f"    Van deze waarden hebt u er zelf nog {kept}; die blijven bewaard.",
            f"    Of these values you still have {kept} yourself; those are kept.",
        )


def _tell_places(places: Sequence[Place], console: Console) -> None:
    for n, field in places[:LISTED]:
        console.say(f"    regel {n}: {field}", f"    entry {n}: {field}")
    if len(places) > LISTED:
        console.say(f"    en nog {len(places) - LISTED}", f"    and {len(places) - LISTED} more")


def _tell_entry(console: Console, data: bytes, values: dict[str, str], prefix: str = "") -> None:
    body = parse_canonical(data)
    nl, en = (" (eigen register)", " (private log)") if prefix else ("", "")
    about = "  ".join(str(body.get(name, "")) for name in ("t", "kind", "obj"))
    console.say(f"Regel {body.get('n')}{nl}  {about}", f"Entry {body.get('n')}{en}  {about}")
    for field, value in values.items():
        line = " ".join(value.split())
        line = line if len(line) <= 300 else f"{line[:300]}…"
        console.say(f"  {field}: {line}", f"  {field}: {line}")


def _plain(text: str) -> str:
    """Without accents and capitals, so that an e finds an É."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def moment(at: int) -> str:
    """A POSIX time as people write it, in UTC."""
    try:
        return f"{datetime.datetime.fromtimestamp(at, datetime.timezone.utc):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return "-"


# --- What the partner keeps -----------------------------------------------------------------------------------


class LogState:
    """What is remembered of one log: the note last verified, keys it showed, the tree last cosigned."""

    def __init__(self, prefix: str, note: str, copy: str) -> None:
        self.prefix = prefix
        self.note = note
        self.copy = copy
        self.checkpoint = read_checkpoint(note.encode())
        self.keys: list[Key] = []
        self.policy = ""
        self.cosigned: tuple[int, bytes] | None = None

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.checkpoint.origin

    def to_json(self) -> dict[str, typing.Any]:
        """The form in the state file."""
        cosigned = None if self.cosigned is None else [self.cosigned[0], encode(self.cosigned[1])]
        keys = [str(key) for key in self.keys]
        return {"prefix": self.prefix, "note": self.note, "copy": self.copy, "keys": keys, "policy": self.policy,
                "cosigned": cosigned}  # fmt: skip

    @classmethod
    def from_json(cls, body: dict[str, typing.Any]) -> LogState:
        """Read it back. Raises KeyError, TypeError, ValueError, AttributeError or FormatError."""
        if body["prefix"] not in ("", PRIVATE) or not re.fullmatch(r"[0-9a-f]{16}\.zip", body["copy"]):
            raise ValueError(body["copy"])
        log = cls(body["prefix"], body["note"], body["copy"])
        log.keys = [Key.parse(text) for text in body["keys"]]
        log.policy = str(body["policy"])
        if body["cosigned"] is not None:
            size, root = body["cosigned"]
            log.cosigned = (int(size), decode(root, 32))
        return log


class State:
    """The folder of a witness: its key, what is pinned, what was seen of each log, and a copy of each bundle."""

    def __init__(self, folder: str, name: str, seed: bytes) -> None:
        self.folder = folder
        self.name = name
        self.seed = seed
        self.pins: list[Key] = []
        self.partner = ""
        self.shared = ""
        self.private = ""
        self.logs: list[LogState] = []

    @property
    def own_key(self) -> Key:
        """The public key under which this witness cosigns."""
        return Key(self.name, COSIGNATURE, ed25519_public(self.seed))

    @classmethod
    def make(cls, folder: str, name: str) -> State:
        """A new folder with a new key. Raises WitnessError where there is one already."""
        if any(os.path.exists(os.path.join(folder, file)) for file in ("witness.json", "key")):
            raise WitnessError(
                f"In {folder} woont al een getuige. Kies een andere map.",
                f"A witness already lives in {folder}. Choose another folder.",
            )
        os.makedirs(folder, mode=0o700, exist_ok=True)
        state = cls(folder, name, os.urandom(32))
        write_file(os.path.join(folder, "key"), f"{encode(state.seed)}\n".encode())
        state.save()
        return state

    @classmethod
    @contextlib.contextmanager
    def opened(cls, folder: str | None) -> Iterator[State]:
        """The witness in a folder, for this process alone."""
        where = folder or os.environ.get("CONCORDIA_WITNESS") or "."
        if not os.path.exists(os.path.join(where, "witness.json")):
            raise WitnessError(
                f"In {os.path.abspath(where)} woont geen getuige. Maak hem met init, of noem zijn map met --state.",
                f"No witness lives in {os.path.abspath(where)}. Make one with init, or name its folder with --state.",
            )
        with _alone(where):
            yield cls._load(where)

    @classmethod
    def _load(cls, folder: str) -> State:
        try:
            with open(os.path.join(folder, "key"), encoding="ascii") as file:
                seed = decode(file.read(100).strip(), 32)
            with open(os.path.join(folder, "witness.json"), encoding="utf-8") as text:
                body = json.load(text)
            state = cls(folder, body["name"], seed)
            state.pins = [Key.parse(key) for key in body["pins"]]
            state.logs = [LogState.from_json(log) for log in body["logs"]]
            state.partner, state.shared, state.private = (
                str(body[name]) for name in ("partner", "shared", "private")
            )
            if body["format"] != STATE_FORMAT or not is_key_name(state.name):
                raise ValueError(body["format"])
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
            FileNotFoundError,
            FormatError,
        ):
            raise WitnessError(
                f"De map {folder} is beschadigd. Zet hem terug uit uw reservekopie. Begin niet opnieuw: dan is "
                f"vergeten wat u al zag.",
                f"The folder {folder} is damaged. Put it back from your backup. Do not start afresh: what you saw "
                f"would be forgotten.",
            ) from None
        return state

    def save(self) -> None:
        """Write everything down, whole or not at all."""
        body = {
            "format": STATE_FORMAT,
            "name": self.name,
            "pins": [str(key) for key in self.pins],
            "partner": self.partner,
            "shared": self.shared,
            "private": self.private,
            "logs": [log.to_json() for log in self.logs],
        }
        text = json.dumps(body, indent=1, ensure_ascii=False)
        write_file(os.path.join(self.folder, "witness.json"), f"{text}\n".encode())

    def pin(self, key: Key) -> None:
        """Trust a key. Raises WitnessError where another is trusted under the same name."""
        for known in self.pins:
            if (known.name, known.kind) == (key.name, key.kind) and known != key:
                raise WitnessError(
                    f"Voor {key.name} staat al een andere sleutel vast. Is echt een nieuwe afgesproken? Verwijder dan "
                    f"eerst de oude: pin --remove {known}",
                    f"Another key is already pinned for {key.name}. Was a new one really agreed? Then first remove the "
                    f"old one: pin --remove {known}",
                )
        if key not in self.pins:
            self.pins.append(key)

    def unpin(self, key: Key) -> None:
        """Trust a key no longer."""
        self.pins = [known for known in self.pins if known != key]
        for log in self.logs:
            log.keys = [known for known in log.keys if known != key]

    def keys_for(self, origin: str) -> list[Key]:
        """The keys that must have signed a log: those pinned, and those it showed before."""
        found = [key for key in self.pins if key.name == origin and key.kind != COSIGNATURE]
        known = self.log(origin)
        return found + [key for key in (known.keys if known else ()) if key not in found]

    def witness_keys(self) -> list[Key]:
        """The pinned keys of other partners' witnesses, and one's own."""
        return [self.own_key, *(key for key in self.pins if key.kind == COSIGNATURE)]

    def log(self, origin: str) -> LogState | None:
        """What is remembered of a log."""
        return next((log for log in self.logs if log.origin == origin), None)

    def log_in_use(self, *, private: bool = False) -> LogState:
        """The shared or private log of the bundle checked last. Raises WitnessError where there is none."""
        log = self.log(self.private if private else self.shared)
        if log is None:
            raise WitnessError(
                "Er is nog niets gecontroleerd. Begin met: check BUNDLE.zip",
                "Nothing has been checked yet. Begin with: check BUNDLE.zip",
            )
        return log

    def remember(self, found: Finding) -> None:
        """Move the mark of a log to what was just verified."""
        fresh = LogState(found.prefix, found.note.decode(), found.copy)
        known = self.log(fresh.origin)
        fresh.cosigned = known.cosigned if known else None
        fresh.keys = [*(known.keys if known else ()), *found.learned]
        fresh.policy = found.policy
        self.logs = [log for log in self.logs if log.origin != fresh.origin] + [fresh]
        if found.prefix:
            self.private = fresh.origin
        else:
            self.shared, self.partner = fresh.origin, found.partner

    @contextlib.contextmanager
    def tiles(self, log: LogState) -> Iterator[Tiles]:
        """The kept copy of a log. Raises WitnessError where it is not what was verified."""
        path = os.path.join(self.folder, log.copy)
        with contextlib.ExitStack() as stack:
            try:
                tiles = Tiles(Archive(stack.enter_context(open(path, "rb"))), log.prefix)
                if tiles.root_at(log.checkpoint.size) != log.checkpoint.root:
                    raise RootError
            except (WitnessError, FileNotFoundError):
                raise _bad_copy(path) from None
            yield tiles

    def tiles_if_whole(self, log: LogState, stack: contextlib.ExitStack) -> Tiles | None:
        """The kept copy of a log until the stack is left; None where it is lost."""
        try:
            return stack.enter_context(self.tiles(log))
        except WitnessError:
            return None


def _bad_copy(path: str) -> WitnessError:
    return WitnessError(
        f"Uw kopie {path} is beschadigd of weg. Zet hem terug uit uw reservekopie, of haal hem weg en controleer een "
        f"nieuwe bundel; wat u al zag blijft onthouden.",
        f"Your copy {path} is damaged or gone. Put it back from your backup, or remove it and check a new bundle; what "
        f"you saw stays remembered.",
    )


@contextlib.contextmanager
def _alone(folder: str) -> Iterator[None]:
    """Hold the lock of a folder; the system frees it when the process ends in any way."""
    handle = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        except ImportError:  # Windows
            import msvcrt

            getattr(msvcrt, "locking")(handle, getattr(msvcrt, "LK_LOCK"), 1)  # noqa: B009
        yield
    finally:
        os.close(handle)


def write_file(path: str, data: bytes) -> None:
    """Replace a file so that after a crash it is whole, old or new; readable for its owner only."""
    with replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(path: str) -> Iterator[typing.BinaryIO]:
    """A file that takes the place of `path` once it is written and on disk, or never."""
    fresh = f"{path}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(fresh)
    handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        raise
    _sync(os.path.dirname(path) or ".")


def _sync(folder: str) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- Checking a bundle ----------------------------------------------------------------------------------------


class Finding:
    """What was found of one log in a bundle. Places are (entry, field)."""

    def __init__(self, prefix: str, note: bytes, copy: str, partner: str) -> None:
        self.prefix = prefix
        self.note = note
        self.copy = copy
        self.partner = partner
        self.checkpoint = read_checkpoint(note)
        self.old_size: int | None = None
        self.signatures = Signatures()
        self.quorum_met = True
        self.policy = ""
        self.policy_changed: list[str] = []
        self.learned: list[Key] = []
        self.values = 0
        self.files = 0
        self.newer = 0
        self.signed_votes = 0
        self.unchecked_votes = 0
        self.voter_keys: list[tuple[int, str, str]] = []
        self.heads: list[tuple[int, bytes]] = []
        self.former = ""
        self.is_named = False
        self.erased: set[Place] = set()
        self.unopened: list[Place] = []
        self.deleted: list[Place] = []
        self.still_open: list[Place] = []
        self.held_back: list[Place] = []
        self.kept: list[Place] = []


def check_bundle(archive: Archive, state: State) -> list[Finding]:
    """Verify both logs of a bundle, and change nothing. Raises NotIntactError, ForkError or WitnessError."""
    partner, origin = read_description(archive)
    if state.partner not in ("", partner):
        raise WitnessError(
            f"Deze bundel is voor {partner}; deze getuige is van {state.partner}.",
            f"This bundle is for {partner}; this witness belongs to {state.partner}.",
        )
    archive.read("README.txt")
    copy = f"{hashlib.sha256(origin.encode()).hexdigest()[:16]}.zip"
    prefixes = ["", PRIVATE] if any(name.startswith(PRIVATE) for name in archive.members) else [""]
    findings = [check_log(archive, prefix, copy, partner, state) for prefix in prefixes]
    if findings[0].checkpoint.origin != origin:
        raise NotIntactError(
            "bundle.json noemt een ander register dan de stand.",
            "bundle.json names another log than the checkpoint.",
        )
    if PRIVATE not in prefixes and state.private and state.shared == origin:
        raise NotIntactError(
            "Uw eigen register ontbreekt in deze bundel, en stond er eerder wel in. Vraag de host waarom.",
            "Your private log is missing from this bundle, and was there before. Ask the host why.",
        )
    if len(findings) > 1:
        _check_own_log(findings, state)
    _check_heads(archive, findings)
    for name in archive.members:
        if name not in archive.used:
            raise NotIntactError(
                f"{name} hoort niet in deze bundel.", f"{name} does not belong in this bundle."
            )
    return findings


def _check_own_log(findings: Sequence[Finding], state: State) -> None:
    """The private log is the one that was seen before; another takes a key from paper."""
    shared, own = (found.checkpoint.origin for found in findings)
    if own == shared:
        raise NotIntactError("Het eigen register is het gedeelde.", "The private log is the shared one.")
    is_pinned = any(key.name == own for key in state.pins)
    if state.shared == shared and state.private not in ("", own) and not is_pinned:
        raise NotIntactError(
            f"Uw eigen register was {state.private} en is hier {own}. Is dat afgesproken? Zet dan eerst zijn sleutel "
            f"vast, van papier (pin). Zo niet, dan houdt de host uw register achter.",
            f"Your private log was {state.private} and is {own} here. Was that agreed? Then first pin its key, from "
            f"paper (pin). If not, the host holds your log back.",
        )


def _check_heads(archive: Archive, findings: Sequence[Finding]) -> None:
    """The private log holds what the shared one bound of it (docs/register-format.md, section 10)."""
    shared = findings[0]
    own = Tiles(archive, PRIVATE) if len(findings) > 1 else None
    for n, text in shared.heads:
        with _in(f"Regel {n}", f"Entry {n}"):
            head = read_body(text.decode())
        if own is not None and is_former(head.origin, own.checkpoint.origin):
            shared.former = head.origin
        elif head.size and not _is_in(head, own):
            raise NotIntactError(
                f"Regel {n}: hier zijn {head.size} regels van uw eigen register vastgelegd; die in deze bundel zijn "
                f"andere.",
                f"Entry {n}: here {head.size} entries of your private log were bound; those in this bundle are others.",
            )


def _is_in(head: Checkpoint, own: Tiles | None) -> bool:
    if own is None or head.origin != own.checkpoint.origin or head.size > own.checkpoint.size:
        return False
    return own.root_at(head.size) == head.root


def is_former(origin: str, present: str) -> bool:
    """Whether a log is the same one in an earlier epoch: the last part of its origin is a smaller number."""
    (stem, _, epoch), (present_stem, _, present_epoch) = origin.rpartition("/"), present.rpartition("/")
    both_numbers = all(re.fullmatch("[0-9]{1,9}", part) for part in (epoch, present_epoch))
    return stem == present_stem and both_numbers and int(epoch) < int(present_epoch)


def check_log(archive: Archive, prefix: str, copy: str, partner: str, state: State) -> Finding:
    """Verify one log of a bundle: signatures, everything seen before, every entry, opening and file."""
    name = f"{prefix}checkpoint"
    note = archive.read(name, NOTE_LIMIT)
    with _in(name):
        found = Finding(prefix, note, copy, partner)
    _check_signatures(archive, found, state)
    mark = state.log(found.checkpoint.origin)
    contents = Contents(archive, found)
    if mark is None:
        check_tree(archive, prefix, found.checkpoint, contents)
    else:
        found.old_size = mark.checkpoint.size
        _check_continues(archive, found, contents, mark, state)
    contents.finish()
    return found


def _check_signatures(archive: Archive, found: Finding, state: State) -> None:
    """The policy names the keys that are trusted, and each of its log keys has signed."""
    name, origin = f"{found.prefix}policy", found.checkpoint.origin
    data = archive.read(name, POLICY_LIMIT)
    with _in(name):
        policy = Policy(data)
    trusted = state.keys_for(origin)
    if not trusted and not found.prefix:
        raise WitnessError(
            f"Er staat geen sleutel vast voor {origin}. Neem hem over van papier: pin VKEY",
            f"No key is pinned for {origin}. Take it from paper: pin VKEY",
        )
    if any(key not in policy.logs for key in trusted) or any(key.name != origin for key in policy.logs):
        raise NotIntactError(
            f"{name} noemt een andere sleutel dan vaststaat voor {origin}.",
            f"{name} names another key than is pinned for {origin}.",
        )
    _check_witness_keys(name, policy, state)
    others = [key for key in policy.logs if key not in trusted]
    witnesses = dict.fromkeys([*policy.witnesses.values(), *state.witness_keys()])
    with _in(f"{found.prefix}checkpoint"):
        signatures = verify_note(found.note, trusted or others, others, witnesses)
    found.signatures = signatures
    found.quorum_met = policy.is_met(set(signatures.cosigned))
    found.learned = [key for key in others if key in signatures.verified]
    known = state.log(origin)
    found.policy = data.decode()
    if known is not None:
        found.policy_changed = _changes(known.policy, found.policy)


def _check_witness_keys(name: str, policy: Policy, state: State) -> None:
    known = {key.name: key for key in state.witness_keys()}
    for key in policy.witnesses.values():
        if key.kind == COSIGNATURE and known.get(key.name, key) != key:
            raise NotIntactError(
                f"{name} noemt voor getuige {key.name} een andere sleutel dan u vastzette.",
                f"{name} names another key for witness {key.name} than you pinned.",
            )


def _changes(old: str, new: str) -> list[str]:
    before, after = old.splitlines(), new.splitlines()
    gone = [f"- {line}" for line in before if line not in after]
    return gone + [f"+ {line}" for line in after if line not in before]


def _check_continues(
    archive: Archive, found: Finding, contents: Contents, mark: LogState, state: State
) -> None:
    """The tree leads to its signed root, and holds everything that was verified before."""
    checkpoint, old = found.checkpoint, mark.checkpoint
    with contextlib.ExitStack() as stack:
        own = state.tiles_if_whole(mark, stack)
        try:
            root = check_tree(archive, found.prefix, checkpoint, contents, old.size)
        except RootError:
            raise RootError(own.first_difference(Tiles(archive, found.prefix)) if own else None) from None
        if checkpoint.size < old.size:
            if own is not None:
                compare(own, found.note, Tiles(archive, found.prefix))
            raise _refusal_of_less(checkpoint.size, old.size)
        if root != old.root:
            raise make_fork(mark.note.encode(), Tiles(archive, found.prefix), own)


def _refusal_of_less(size: int, old_size: int) -> NotIntactError:
    return NotIntactError(
        f"Deze bundel heeft {size} regels; u controleerde er al {old_size}. Is het een oudere bundel? Haal dan een "
        f"nieuwe. Is het de nieuwste? Dan verloor of verbergt de host regels. Vergelijk met de andere partners (diff).",
        f"This bundle has {size} entries; you checked {old_size} before. Is it an older bundle? Then fetch a new one. "
        f"Is it the newest? Then the host lost or hides entries. Compare with the other partners (diff).",
    )


def read_description(archive: Archive) -> tuple[str, str]:
    """For which partner a bundle was made, and of which log. Nobody signed this. Raises NotIntactError."""
    data = archive.read("bundle.json", NOTE_LIMIT)
    with _in("bundle.json"):
        body = parse_canonical(data)
    members = {"alliance": ("id", "name"), "partner": ("id", "key", "name")}
    is_whole = body.get("format") == BUNDLE_FORMAT and set(body) == {"format", "origin", *members}
    for part, names in members.items():
        described = body.get(part, {})
        is_whole = is_whole and isinstance(described, dict) and set(described) == set(names)
        is_whole = is_whole and all(isinstance(text, str) for text in described.values())
    if not is_whole or not isinstance(body["origin"], str):
        raise NotIntactError("bundle.json klopt niet.", "bundle.json is malformed.")
    return body["partner"]["id"], body["origin"]


@contextlib.contextmanager
def _in(nl: str, en: str = "") -> Iterator[None]:
    """Say where something is not in the format: a file, the same in both languages, or a place in words."""
    try:
        yield
    except (FormatError, NotIntactError) as error:
        raise NotIntactError(f"{nl}: {error.nl}", f"{en or nl}: {error.en}") from None


# --- Comparing two trees --------------------------------------------------------------------------------------


def compare(own: Tiles, note: bytes, tiles: Tiles | None) -> int:
    """How many entries one's own log and another's share. Raises ForkError, or WitnessError where unknown.

    `note` was signed by the log; `tiles` is the other's tree, where there is one.
    """
    other = read_checkpoint(note)
    if other.size <= own.checkpoint.size:
        if own.root_at(other.size) != other.root:
            raise make_fork(note, own, tiles)
        return other.size
    if tiles is None:
        raise WitnessError(
            f"De ander zag {other.size} regels en u {own.checkpoint.size}. Controleer eerst een nieuwere bundel, of "
            f"vraag de ander om zijn bundel in plaats van alleen de stand.",
            f"The other saw {other.size} entries and you {own.checkpoint.size}. First check a newer bundle, or ask the "
            f"other for the bundle instead of the checkpoint alone.",
        )
    if tiles.root_at(own.checkpoint.size) != own.checkpoint.root:
        raise make_fork(own.note, tiles, own)
    return own.checkpoint.size


def make_fork(note: bytes, larger: Tiles, smaller: Tiles | None) -> ForkError:
    """What proves that the log signed two trees: both notes, and the larger tree's root at the smaller size."""
    checkpoint = read_checkpoint(note)
    first = larger.first_difference(smaller) if smaller is not None else None
    size = checkpoint.size
    evidence: dict[str, typing.Any] = {
        "format": "concordia-evidence/1",
        "explanation": "Both notes are signed by the log. The consistency proof shows that the larger tree has "
        "another root at the smaller size than the smaller note states.",
        "origin": checkpoint.origin,
        "smaller": {"size": size, "root": encode(checkpoint.root), "note": note.decode()},
        "larger": {
            "size": larger.checkpoint.size,
            "root": encode(larger.checkpoint.root),
            "note": larger.note.decode(),
            "root_at_smaller_size": encode(larger.root_at(size)),
            "consistency_proof": [encode(node) for node in larger.consistency(size)],
        },
        "found_at": moment(int(time.time())),
    }
    if smaller is not None and first is not None:
        places = (("smaller", smaller), ("larger", larger))
        evidence["first_difference"] = {"n": first, **{name: _proven(tiles, first) for name, tiles in places}}
    return ForkError(checkpoint.origin, size, first, evidence)


def _proven(tiles: Tiles, n: int) -> dict[str, typing.Any]:
    proof = [encode(node) for node in tiles.inclusion(n)]
    return {"entry": tiles.entry(n).decode(errors="replace"), "inclusion_proof": proof}


# --- The copy that is kept ------------------------------------------------------------------------------------


def keep_bundle(archive: Archive, state: State, findings: Sequence[Finding]) -> None:
    """Keep the bundle, with the openings that the host no longer gives, without those that were erased."""
    path = os.path.join(state.folder, findings[0].copy)
    with replacing(path) as out, contextlib.ExitStack() as stack:
        try:
            old = Archive(stack.enter_context(open(path, "rb"))) if os.path.exists(path) else None
            merges = {f"{found.prefix}openings.jsonl": Merge(archive, old, found) for found in findings}
            sources = {name: archive for name in archive.members if not re.match(r"(private/)?att/", name)}
            for merge in merges.values():
                sources.update(merge.files())
            writer = Writer(out)
            for name in sorted(sources):
                writer.add(name, merges[name].lines() if name in merges else sources[name].chunks(name))
            writer.finish()
        except (NotIntactError, FormatError):
            # The bundle was verified; what fails now is the copy.
            raise _bad_copy(path) from None


class Merge:
    """The openings of a log to keep: the bundle's and one's own, without what was erased."""

    def __init__(self, new: Archive, old: Archive | None, found: Finding) -> None:
        self._new = new
        self._old = old if old and self._is_same_log(old, found) else None
        self._found = found
        self._name = f"{found.prefix}openings.jsonl"
        self._is_plain = not found.erased and self._only_adds()

    @staticmethod
    def _is_same_log(old: Archive, found: Finding) -> bool:
        name = f"{found.prefix}checkpoint"
        return name in old.members and read_checkpoint(old.read(name)).origin == found.checkpoint.origin

    def _only_adds(self) -> bool:
        """Whether one's own openings are how the bundle's begin, as they are while nothing is taken away."""
        if self._old is None:
            return True
        new = self._new.open(self._name).lines()
        return all(new.read(len(chunk)) == chunk for chunk in self._old.chunks(self._name))

    def files(self) -> dict[str, Archive]:
        """The attachments to keep and where each is; also notes what was deleted, kept and held back."""
        found, folder = self._found, f"{self._found.prefix}att/"
        wanted: dict[str, Archive] = {}
        if self._is_plain:
            wanted = {name: self._new for name in self._new.members if name.startswith(folder)}
        for opening, is_new, is_old in () if self._is_plain else self._merged():
            place = (opening.n, opening.field)
            if place in found.erased:
                found.still_open += [place] if is_new else []
                found.deleted += [place] if is_old else []
                continue
            if not is_new:
                found.kept.append(place)
            if opening.field.startswith("att/"):
                name = folder + opening.value.decode()
                wanted[name] = self._new if name in self._new.members else self._old or self._new
        found.held_back = sorted(set(found.unopened).difference(found.erased).union(found.kept))
        return wanted

    def lines(self) -> Iterator[bytes]:
        """The lines to keep, or several at a time."""
        if self._is_plain:
            yield from self._new.chunks(self._name)
        for opening, _, _ in () if self._is_plain else self._merged():
            if (opening.n, opening.field) not in self._found.erased:
                yield opening.line

    def _merged(self) -> Iterator[tuple[Opening, bool, bool]]:
        """Every opening in order, and whether it is in the bundle and in the copy."""
        new = read_openings(self._new.open(self._name).lines())
        old = read_openings(self._old.open(self._name).lines()) if self._old else iter(())
        left, right = next(new, None), next(old, None)
        while left is not None or right is not None:
            if right is None or (left is not None and left[:2] < right[:2]):
                yield typing.cast("Opening", left), True, False
                left = next(new, None)
            elif left is None or right[:2] < left[:2]:
                yield right, False, True
                right = next(old, None)
            else:
                yield left, True, True
                left, right = next(new, None), next(old, None)


# --- Receipts -------------------------------------------------------------------------------------------------


RECEIPT_HEAD = b"c2sp.org/tlog-proof@v1\n"
RECEIPT_LIMIT = 64 * 1024 * 1024


class Proven(typing.NamedTuple):
    """What a receipt proves: entry `n`, its bytes, the values it opens, and who signed."""

    n: int
    entry: bytes
    values: dict[str, str]
    checkpoint: Checkpoint
    signatures: Signatures


def make_receipt(tiles: Tiles, n: int, fields: Sequence[str] | None) -> bytes:
    """The receipt of an entry: a C2SP tlog-proof whose extra data is the entry and its openings, a line each."""
    if not 0 <= n < tiles.checkpoint.size:
        raise WitnessError(
            f"Regel {n} is er niet; het register heeft regels 0 tot en met {tiles.checkpoint.size - 1}.",
            f"There is no entry {n}; the log has entries 0 to {tiles.checkpoint.size - 1}.",
        )
    openings = [opening for opening in tiles.openings() if opening.n == n]
    missing = set(fields or ()).difference(opening.field for opening in openings)
    if missing:
        raise WitnessError(
            f"Regel {n} heeft geen waarde {', '.join(sorted(missing))} die u mag openen.",
            f"Entry {n} has no value {', '.join(sorted(missing))} that you may open.",
        )
    lines = [opening.line for opening in openings if fields is None or opening.field in fields]
    extra = encode(tiles.entry(n) + b"\n" + b"".join(lines))
    proof = "".join(f"{encode(node)}\n" for node in tiles.inclusion(n))
    return RECEIPT_HEAD + f"extra {extra}\nindex {n}\n{proof}\n".encode() + tiles.note


def verify_receipt(data: bytes, keys: Sequence[Key]) -> Proven:
    """What a receipt proves under the keys given. Raises NotIntactError, or WitnessError for what is none."""
    if not data.startswith(RECEIPT_HEAD) or len(data) > RECEIPT_LIMIT:
        raise WitnessError("Dit is geen bewijs van een regel.", "This is not a receipt of an entry.")
    head, _, note = data[len(RECEIPT_HEAD) :].partition(b"\n\n")
    with _in("Het bewijs", "The receipt"):
        n, extra, proof = _parse_receipt(head)
        checkpoint = read_checkpoint(note)
    trusted = [key for key in keys if key.name == checkpoint.origin and key.kind != COSIGNATURE]
    if not trusted:
        raise WitnessError(
            f"Er is geen sleutel voor {checkpoint.origin}. Geef hem mee met --key, van papier.",
            f"There is no key for {checkpoint.origin}. Give it with --key, from paper.",
        )
    signatures = verify_note(note, trusted, (), [key for key in keys if key.kind == COSIGNATURE])
    entry, _, lines = extra.partition(b"\n")
    if root_from(n, checkpoint.size, leaf_hash(entry), proof) != checkpoint.root:
        raise NotIntactError(
            f"Regel {n} leidt niet tot de ondertekende wortel.",
            f"Entry {n} does not lead to the signed root.",
        )
    with _in(f"Regel {n}", f"Entry {n}"):
        values = _opened_values(n, entry, lines, checkpoint.origin)
    return Proven(n, entry, values, checkpoint, signatures)


def _parse_receipt(head: bytes) -> tuple[int, bytes, list[bytes]]:
    lines = head.decode("ascii", "replace").split("\n")
    if len(lines) < 2 or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
        raise FormatError("De regel zelf ontbreekt.", "The entry itself is missing.")
    return read_number(lines[1][6:]), decode(lines[0][6:]), [decode(line, 32) for line in lines[2:]]


def _opened_values(n: int, data: bytes, lines: bytes, origin: str) -> dict[str, str]:
    """The values that the lines open of an entry, each verified."""
    # A receipt stands alone: what came before the entry is not there to compare `prev` with.
    entry = EntryReader(origin, alone=True).read(n, data)
    opener, commitments = Opener(origin), entry.commitments()
    values: dict[str, str] = {}
    for opening in read_openings(io.BytesIO(lines)):
        if opening.n != n:
            raise FormatError("Een waarde hoort bij een andere regel.", "A value belongs to another entry.")
        opener.check(opening, entry, commitments)
        values[opening.field] = opening.value.decode()
    return values


# --- The tree -------------------------------------------------------------------------------------------------


EMPTY_ROOT = hashlib.sha256(b"").digest()
WIDTH = 256


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    row, sha256 = list(hashes), hashlib.sha256
    while len(row) > 1:
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2])]
    return row[0]


class Tree:
    """A tree grown row by row. It remembers the complete subtrees along its edge, and one hash in 256."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self._edge: list[tuple[int, bytes]] = []

    def add(self, hashes: Sequence[bytes]) -> None:
        """Add the next row of at most 256 hashes; only the last row may be shorter."""
        if len(hashes) == WIDTH:
            self.rows.append(complete_root(hashes))
            _grow(self._edge, WIDTH, self.rows[-1])
        else:
            for leaf in hashes:
                _grow(self._edge, 1, leaf)

    def root(self, more: Sequence[bytes] = ()) -> bytes:
        """The root so far, or as it would be with a few more hashes."""
        edge = list(self._edge)
        for leaf in more:
            _grow(edge, 1, leaf)
        if not edge:
            return EMPTY_ROOT
        root = edge[-1][1]
        for _, left in reversed(edge[:-1]):
            root = node_hash(left, root)
        return root


def _grow(edge: list[tuple[int, bytes]], count: int, node: bytes) -> None:
    """Put a complete subtree of `count` entries at the edge, joining equals."""
    while edge and edge[-1][0] == count:
        node = node_hash(edge.pop()[1], node)
        count *= 2
    edge.append((count, node))


def check_tree(
    archive: Archive,
    prefix: str,
    checkpoint: Checkpoint,
    contents: Contents | None = None,
    old_size: int | None = None,
) -> bytes | None:
    """Recompute a log from its entries and compare every tile and the signed root; the root at `old_size`.

    Raises NotIntactError naming the first entry that fails, RootError where only the root differs.
    """
    tree = Tree()
    old_root = EMPTY_ROOT if old_size == 0 else None
    for index, width in rows_of(checkpoint.size):
        low = index * WIDTH
        entries, hashes = _read_row(archive, prefix, index, width)
        if contents is not None:
            contents.take(low, entries)
        if old_size is not None and low < old_size <= low + width:
            old_root = tree.root(hashes[: old_size - low])
        tree.add(hashes)
    _check_tiles_above(archive, prefix, tree.rows)
    if tree.root() != checkpoint.root:
        raise RootError
    return old_root


def rows_of(count: int) -> Iterator[tuple[int, int]]:
    """Number and width of the rows of 256 that `count` things fill."""
    for low in range(0, count, WIDTH):
        yield low // WIDTH, min(WIDTH, count - low)


def _read_row(archive: Archive, prefix: str, index: int, width: int) -> tuple[list[bytes], list[bytes]]:
    """The entries of a row and their hashes, which are those in the tile."""
    low = index * WIDTH
    data, data_is_whole = archive.take(f"{prefix}{member_path('entries', index, width)}")
    tile, tile_is_whole = archive.take(f"{prefix}{member_path('0', index, width)}")
    entries = split_entries(data)
    hashes = [leaf_hash(entry) for entry in entries]
    if len(entries) != width or b"".join(hashes) != tile:
        wrong = (
            place
            for place in range(width)
            if hashes[place : place + 1] != [tile[32 * place : 32 * place + 32]]
        )
        n = low + next(wrong, width - 1)
        raise NotIntactError(
            f"Regel {n}: de regel past niet bij zijn hash in de boom.",
            f"Entry {n}: the entry does not fit its hash in the tree.",
        )
    if not data_is_whole or not tile_is_whole:
        raise DamagedError(f"{prefix}{member_path('0' if data_is_whole else 'entries', index, width)}")
    return entries, hashes


def split_entries(data: bytes) -> list[bytes]:
    """The entries of an entry bundle; one that is cut short is given as empty, so that it fits no hash."""
    entries: list[bytes] = []
    place, end = 0, len(data)
    while place < end:
        start = place + 2
        place = start + int.from_bytes(data[place:start], "big")
        entries.append(data[start:place] if place <= end else b"")
    return entries


def _check_tiles_above(archive: Archive, prefix: str, rows: Sequence[bytes]) -> None:
    """Compare the tiles of level 1 and up with the roots of the rows below them."""
    level, hashes = 1, list(rows)
    while hashes:
        for index, width in rows_of(len(hashes)):
            low = index * WIDTH
            path = f"{prefix}{member_path(str(level), index, width)}"
            if archive.read(path) != b"".join(hashes[low : low + width]):
                n = low * WIDTH**level
                raise NotIntactError(
                    f"Regel {n} en verder: {path} past niet bij de regels.",
                    f"Entry {n} and on: {path} does not fit the entries.",
                )
        full = len(hashes) // WIDTH
        hashes = [complete_root(hashes[place * WIDTH : (place + 1) * WIDTH]) for place in range(full)]
        level += 1


def member_path(level: str, index: int, width: int) -> str:
    """The path of a tile or entry bundle (C2SP tlog-tiles)."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    number = "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])
    return f"tile/{level}/{number}" + ("" if width == WIDTH else f".p/{width}")


class Tiles:
    """A log in a bundle, read from its tiles: entries, roots and proofs. It trusts the tiles."""

    def __init__(self, archive: Archive, prefix: str) -> None:
        self.archive = archive
        self.prefix = prefix
        self.note = archive.read(f"{prefix}checkpoint", NOTE_LIMIT)
        self.checkpoint = read_checkpoint(self.note)
        self._tiles: dict[tuple[int, int], bytes] = {}

    def entry(self, n: int) -> bytes:
        """The bytes of an entry."""
        index = n // WIDTH
        width = min(WIDTH, self.checkpoint.size - index * WIDTH)
        entries = split_entries(self.archive.read(f"{self.prefix}{member_path('entries', index, width)}"))
        if n % WIDTH >= len(entries):
            raise DamagedError(member_path("entries", index, width))
        return entries[n % WIDTH]

    def openings(self) -> Iterator[Opening]:
        """What is opened."""
        return read_openings(self.archive.open(f"{self.prefix}openings.jsonl").lines())

    def opened(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The values that are opened, entry by entry."""
        for n, group in itertools.groupby(self.openings(), key=lambda opening: opening.n):
            yield n, {opening.field: opening.value.decode() for opening in group}

    def root_at(self, size: int) -> bytes:
        """The root of the first `size` entries."""
        return self._over(0, size) if size else EMPTY_ROOT

    def inclusion(self, n: int) -> list[bytes]:
        """The proof that entry `n` is in the tree, nearest sibling first (RFC 6962, section 2.1.1)."""
        low, high, proof = 0, self.checkpoint.size, []
        while high - low > 1:
            middle = low + split_of(high - low)
            if n < middle:
                proof.append(self._over(middle, high))
                high = middle
            else:
                proof.append(self._over(low, middle))
                low = middle
        return proof[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the tree begins with its first `old` entries (RFC 6962, section 2.1.2)."""
        return self._subproof(old, 0, self.checkpoint.size, True) if old else []

    def first_difference(self, other: Tiles) -> int | None:
        """The first entry that is not the same in both, None where the shorter begins the longer."""
        size = min(self.checkpoint.size, other.checkpoint.size)
        for index, width in rows_of(size):
            mine, its = self._tile(0, index), other._tile(0, index)
            if mine[: 32 * width] != its[: 32 * width]:
                places = range(0, 32 * width, 32)
                return index * WIDTH + next(p // 32 for p in places if mine[p : p + 32] != its[p : p + 32])
        return None

    def _subproof(self, old: int, low: int, high: int, is_whole: bool) -> list[bytes]:
        if old == high:
            return [] if is_whole else [self._over(low, high)]
        middle = low + split_of(high - low)
        if old <= middle:
            return [*self._subproof(old, low, middle, is_whole), self._over(middle, high)]
        return [*self._subproof(old, middle, high, False), self._over(low, middle)]

    def _over(self, low: int, high: int) -> bytes:
        """The hash over entries low to high - 1, where low is where such a subtree may begin."""
        count = high - low
        if count & (count - 1) == 0:
            return self._complete(count.bit_length() - 1, low)
        middle = low + split_of(count)
        return node_hash(self._over(low, middle), self._over(middle, high))

    def _complete(self, height: int, low: int) -> bytes:
        level, width = height // 8, 1 << height % 8
        first = low >> 8 * level
        tile, place = self._tile(level, first // WIDTH), first % WIDTH * 32
        hashes = [tile[at : at + 32] for at in range(place, place + 32 * width, 32)]
        if len(hashes[-1]) != 32:
            raise DamagedError(f"{self.prefix}tile/{level}")
        return complete_root(hashes)

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            width = min(WIDTH, (self.checkpoint.size >> 8 * level) - index * WIDTH)
            self._tiles[level, index] = self.archive.read(
                f"{self.prefix}{member_path(str(level), index, width)}"
            )
        return self._tiles[level, index]


def split_of(count: int) -> int:
    """The largest power of two below `count`, which is at least 2."""
    return 1 << (count - 1).bit_length() - 1


def root_from(n: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; None where its length does not fit the place, or a hash's own."""
    if not 0 <= n < size or any(len(given) != 32 for given in (leaf, *proof)):
        return None
    sides: list[bool] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split_of(high - low)
        sides.append(n < middle)
        low, high = (low, middle) if n < middle else (middle, high)
    if len(sides) != len(proof):
        return None
    node = leaf
    for is_left, sibling in zip(reversed(sides), proof):
        node = node_hash(node, sibling) if is_left else node_hash(sibling, node)
    return node


# --- Entries, openings and files ------------------------------------------------------------------------------


ENTRY_LIMIT = 16 * 1024
ERASED = b"opening.erased"
HEAD = b"head.committed"
COMPARED = (b"key.recorded", b"ballot.cast", HEAD)
INTEGER_LIMIT = 2**53
_HASH = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
# Visible ASCII without quote and backslash: a text that JSON writes as it is.
_WORD = r"[!#-\[\]-~]{1,128}"
_NUMBER = r"(?:0|[1-9][0-9]{0,14})"
_PAIR = re.compile(rf'"({_WORD})":"({_HASH})"'.encode())
_FILE = re.compile(rf'\{{"c":"({_HASH})","len":({_NUMBER})\}}'.encode())
_KIND = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_TIME = r"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"


class Entry(typing.NamedTuple):
    """What the checks need of an entry: who may open it, its commitments, files and erasures."""

    audience: frozenset[str]
    fields: list[tuple[bytes, bytes]]
    files: list[tuple[bytes, int]]
    erased: list[Place]
    is_newer: bool
    kind: str = ""
    obj: str = ""
    rev: int = 0

    def commitments(self) -> dict[str, bytes]:
        """The commitment in each field, in base64; files are fields too."""
        known = {name.decode(): value for name, value in self.fields}
        for index, (value, _) in enumerate(self.files):
            known[f"att/{index}"] = value
        return known


class EntryReader:
    """Holds the entries of a log, in their order, to the format (docs/register-format.md, sections 2 and 3).

    Nearly every entry is matched as bytes by one pattern, which is several times as fast as reading JSON.
    """

    def __init__(self, origin: str, *, alone: bool = False) -> None:
        self._origin = origin
        self._alone = alone
        self._last: dict[bytes, int] = {}
        self._audiences: dict[bytes, frozenset[str]] = {}
        self._days: set[bytes] = set()
        self._match = _entry_pattern(origin).fullmatch

    def read(self, n: int, data: bytes) -> Entry:
        """Entry `n`. Raises FormatError."""
        match = self._match(data) if len(data) <= ENTRY_LIMIT else None
        if match is None:
            return self._read_any(n, data)
        files, audience, fields, kind, number, obj, prev, refs, rev, day = match.groups()
        if int(number) != n:
            _refuse_number()
        self._check_former(n, obj, None if prev is None else int(prev))
        if day not in self._days:
            self._check_day(day)
        pairs = _PAIR.findall(fields)
        if len(pairs) > 1:
            _check_sorted([name for name, _ in pairs])
        return Entry(
            self._audiences.get(audience) or self._audience(audience),
            pairs,
            [(value, int(length)) for value, length in _FILE.findall(files)] if files else [],
            _erasures(n, kind, json.loads(b"[" + refs + b"]")) if refs is not None else [],
            False,
            *((kind.decode(), obj.decode(), int(rev)) if kind in COMPARED else ()),
        )

    def _check_former(self, n: int, obj: bytes, prev: int | None) -> None:
        if prev != self._last.get(obj) and not self._alone:
            raise FormatError(
                "De regel verwijst niet naar de vorige over hetzelfde.",
                "It does not refer to the former entry about the same.",
            )
        if prev is not None and prev >= n:
            raise FormatError("De regel verwijst vooruit.", "It refers forward.")
        self._last[obj] = n

    def _check_day(self, day: bytes) -> None:
        try:
            datetime.date(int(day[:4]), int(day[5:7]), int(day[8:]))
        except ValueError:
            _refuse_shape("t")
        self._days.add(day)

    def _audience(self, text: bytes) -> frozenset[str]:
        parties = text.decode()[1:-1].split('","') if text else []
        _check_sorted(parties)
        if len(self._audiences) < 10_000:
            self._audiences[text] = frozenset(parties)
        return frozenset(parties)

    def _read_any(self, n: int, data: bytes) -> Entry:
        """An entry that the pattern does not match: unusual, of a newer version, or wrong."""
        if len(data) > ENTRY_LIMIT:
            raise FormatError("De regel is langer dan 16 KiB.", "The entry is longer than 16 KiB.")
        body = parse_canonical(data)
        if not is_number(body.get("n")) or body["n"] != n:
            _refuse_number()
        if body.get("log") != self._origin:
            raise FormatError("De regel is van een ander register.", "It is of another log.")
        is_newer = read_version(body) > 1
        if not is_newer:
            check_shape(body)
        if not isinstance(body.get("obj"), str):
            _refuse_shape("obj")
        if not is_number(body.get("prev", 0)):
            _refuse_shape("prev")
        self._check_former(n, body["obj"].encode(), body.get("prev"))
        if is_newer:
            return Entry(frozenset(), [], [], [], True)
        return Entry(
            frozenset(body["aud"]),
            [(name.encode(), value.encode()) for name, value in body["c"].items()],
            [(item["c"].encode(), item["len"]) for item in body["att"]],
            _erasures(n, body["kind"].encode(), body["refs"]) if "refs" in body else [],
            False,
            body["kind"],
            body["obj"],
            body["rev"],
        )


def _entry_pattern(origin: str) -> re.Pattern[bytes]:
    """The bytes of an entry of this log whose texts need no escapes, members in their one order."""
    log = re.escape(json.dumps(origin))
    file = rf'\{{"c":"{_HASH}","len":{_NUMBER}\}}'
    field = f'(?!"att/){_quoted(_WORD)}:{_quoted(_HASH)}'
    ref = rf"\[{_NUMBER},{_quoted(_WORD)}\]"
    text = (
        rf'\{{"att":\[({_several(file)})\],"aud":\[({_several(_quoted(_WORD))})\],'
        rf'"by":\{{"org":"{_WORD}","role":"{_WORD}"\}},"c":\{{({_several(field)})\}},'
        rf'"kind":"(?=[^"]{{1,64}}")({_KIND})","log":{log},"n":({_NUMBER}),"obj":"({_WORD})"(?:,"prev":({_NUMBER}))?'
        rf'(?:,"refs":\[({_several(ref)})\])?,"rev":({_NUMBER}),"t":"{_TIME}","v":1\}}'
    )
    return re.compile(text.encode())


def _quoted(pattern: str) -> str:
    return f'"{pattern}"'


def _several(pattern: str) -> str:
    return f"(?:{pattern}(?:,{pattern})*)?"


def _erasures(n: int, kind: bytes, refs: typing.Any) -> list[Place]:
    """What an entry declares erased: places before it, sorted, none twice, at least one."""
    if kind != ERASED or not isinstance(refs, list) or not refs:
        _refuse_shape("refs")
    for ref in refs:
        if (
            not isinstance(ref, list)
            or len(ref) != 2
            or not is_number(ref[0])
            or not is_word(ref[1])
            or ref[0] >= n
        ):
            _refuse_shape("refs")
    _check_sorted(refs)
    return [(ref[0], ref[1]) for ref in refs]


def read_version(body: dict[str, typing.Any]) -> int:
    """The version of an entry, a whole number from 1. Raises FormatError."""
    version = body.get("v")
    if not is_number(version) or version == 0:
        _refuse_shape("v")
    return typing.cast("int", version)


def check_shape(body: dict[str, typing.Any]) -> None:
    """The members of an entry of version 1, each in its form. Raises FormatError."""
    required = {"v", "log", "n", "t", "kind", "obj", "rev", "by", "aud", "c", "att"}
    if not required <= set(body) <= required | {"prev", "refs"}:
        _refuse_shape("v")
    _check_plain_members(body)
    if not isinstance(body["aud"], list) or not all(is_word(party) for party in body["aud"]):
        _refuse_shape("aud")
    _check_sorted(body["aud"])
    if not isinstance(body["c"], dict) or not isinstance(body["att"], list):
        _refuse_shape("c")
    for name, value in body["c"].items():
        if not is_word(name) or name.startswith("att/") or not is_hash(value):
            _refuse_shape(f"c.{name}")
    for item in body["att"]:
        is_file = isinstance(item, dict) and set(item) == {"c", "len"}
        if not is_file or not is_hash(item["c"]) or not is_number(item["len"]):
            _refuse_shape("att")


def _check_plain_members(body: dict[str, typing.Any]) -> None:
    by = body["by"]
    if (
        not isinstance(by, dict)
        or set(by) != {"org", "role"}
        or not (is_word(by["org"]) and is_word(by["role"]))
    ):
        _refuse_shape("by")
    if not is_word(body["obj"]) or not is_number(body["rev"]) or not is_number(body.get("prev", 0)):
        _refuse_shape("obj")
    kind = body["kind"]
    if not isinstance(kind, str) or len(kind) > 64 or not re.fullmatch(_KIND, kind):
        _refuse_shape("kind")
    match = re.fullmatch(_TIME, body["t"]) if isinstance(body["t"], str) else None
    try:
        datetime.date(*(int(part) for part in match.group(1).split("-")) if match else (0, 0, 0))
    except ValueError:
        _refuse_shape("t")


def _refuse_shape(member: str) -> typing.NoReturn:
    raise FormatError(f"{member} is niet zoals het hoort.", f"{member} is not as it should be.")


def _refuse_number() -> typing.NoReturn:
    raise FormatError("De regel noemt een ander nummer.", "It states another number.")


def _check_sorted(values: Sequence[typing.Any]) -> None:
    if any(before >= after for before, after in zip(values, values[1:])):
        raise FormatError(
            "Iets staat niet op volgorde, of dubbel.", "Something is not in order, or there twice."
        )


def is_word(value: object) -> bool:
    """Whether something is a key or field name: 1 to 128 visible ASCII characters."""
    return isinstance(value, str) and re.fullmatch(r"[!-~]{1,128}", value) is not None


def is_hash(value: object) -> bool:
    """Whether something is 32 bytes in base64, in its one form."""
    return isinstance(value, str) and re.fullmatch(_HASH, value) is not None


def is_number(value: object) -> bool:
    """Whether something is a whole number from 0 that the format allows."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < INTEGER_LIMIT


class Opening(typing.NamedTuple):
    """Salt (in base64) and value that open a field of an entry, and the line they came from."""

    n: int
    field: str
    salt: bytes
    value: bytes
    line: bytes


_OPENING = re.compile(
    rf'\{{"field":"({_WORD})","n":({_NUMBER}),"salt":"({_HASH})","value":"([^"\\\x00-\x1f]*)"\}}\n'.encode()
)


def read_openings(lines: Iterable[bytes]) -> Iterator[Opening]:
    """Openings in their order. Raises FormatError at the first that is malformed, doubled or out of order."""
    before: tuple[int, str] | None = None
    for number, line in enumerate(lines, 1):
        opening = _plain_opening(line) or _any_opening(line)
        if opening is None or (before is not None and opening[:2] <= before):
            raise FormatError(
                f"Opening {number} klopt niet, of staat niet op zijn plaats.",
                f"Opening {number} is malformed, or not in its place.",
            )
        before = opening[:2]
        yield opening


def _plain_opening(line: bytes) -> Opening | None:
    match = _OPENING.fullmatch(line)
    if match is None:
        return None
    field, n, salt, value = match.groups()
    try:
        value.decode()
    except UnicodeDecodeError:
        return None
    return Opening(int(n), field.decode(), salt, value, line)


def _any_opening(line: bytes) -> Opening | None:
    """An opening whose texts hold escapes; None for what is not in the one form."""
    try:
        body = load_json(line)
        n, field, salt, value = (body[name] for name in ("n", "field", "salt", "value"))
        if not is_number(n) or not is_word(field) or not is_hash(salt) or not isinstance(value, str):
            return None
        if dump_json({"field": field, "n": n, "salt": salt, "value": value}) + b"\n" != line:
            return None
        return Opening(n, field, salt.encode(), value.encode(), line)
    except (FormatError, KeyError, ValueError):
        return None


class Opener:
    """Verifies openings of the entries of one log (docs/register-format.md, section 4)."""

    def __init__(self, origin: str) -> None:
        self._label = b"alliance-commit/v1\x00" + origin.encode() + b"\x00"

    def check(self, opening: Opening, entry: Entry, commitments: dict[str, bytes]) -> None:
        """An opening opens a commitment of its entry. Raises FormatError."""
        place = opening.n.to_bytes(8, "big") + opening.field.encode() + b"\x00"
        data = self._label + place + binascii.a2b_base64(opening.salt) + opening.value
        commitment = binascii.b2a_base64(hashlib.sha256(data).digest(), newline=False)
        if commitments.get(opening.field) == commitment:
            return
        if entry.is_newer:
            raise FormatError(
                "De regel is van een nieuwere versie. Haal een nieuwere getuige.",
                "The entry is of a newer version. Get a newer witness.",
            )
        raise FormatError(
            f"De waarde van {opening.field} is niet wat is vastgelegd.",
            f"The value of {opening.field} is not what was recorded.",
        )


class Contents:
    """Checks what the entries of a log say, and the openings and files beside them, as they pass by."""

    def __init__(self, archive: Archive, found: Finding) -> None:
        self._archive = archive
        self._found = found
        self._entries = EntryReader(found.checkpoint.origin)
        self._opener = Opener(found.checkpoint.origin)
        self._stream = archive.open(f"{found.prefix}openings.jsonl")
        self._openings = read_openings(self._stream.lines())
        self._files: dict[str, int] = {}
        self._votes = Votes(found)
        self._n = 0
        with _in(self._stream.name):
            self._next = next(self._openings, None)

    def take(self, low: int, entries: Sequence[bytes]) -> None:
        """Check a row of entries, from number `low`. Raises NotIntactError naming the entry."""
        read, found = self._entries.read, self._found
        upcoming = self._upcoming()
        try:
            for n, data in enumerate(entries, low):
                self._n = n
                entry = read(n, data)
                if entry.erased:
                    found.erased.update(entry.erased)
                if entry.is_newer:
                    found.newer += 1
                if entry.kind == "key.recorded":
                    self._votes.expect_key(n)
                if upcoming == n or found.partner in entry.audience:
                    self._open(n, entry)
                    upcoming = self._upcoming()
        except FormatError as error:
            nl, en = (" in uw eigen register", " of your private log") if found.prefix else ("", "")
            raise NotIntactError(
                f"Regel {self._n}{nl}: {error.nl}", f"Entry {self._n}{en}: {error.en}"
            ) from None

    def finish(self) -> None:
        """Check what is left: openings of no entry, damage, and every file that was opened."""
        if self._next is not None:
            n = self._next.n
            raise NotIntactError(
                f"Regel {n} wordt geopend, maar is er niet.", f"Entry {n} is opened, but not there."
            )
        if not self._stream.is_whole:
            raise DamagedError(self._stream.name)
        for name, n in self._files.items():
            self._check_file(name, n)
        self._found.files = len(self._files)

    def _check_file(self, name: str, n: int) -> None:
        digest, damage = hashlib.sha256(), None
        try:
            for chunk in self._archive.chunks(name):
                digest.update(chunk)
        except DamagedError as error:
            damage = error
        if digest.hexdigest() != name[-64:]:
            raise NotIntactError(
                f"Regel {n}: het bestand {name} is anders.", f"Entry {n}: file {name} differs."
            )
        if damage is not None:
            raise damage

    def _upcoming(self) -> int:
        return -1 if self._next is None else self._next.n

    def _open(self, n: int, entry: Entry) -> None:
        """Check the openings of an entry, and note which fields are not opened for this partner."""
        found, commitments = self._found, entry.commitments()
        unopened = dict.fromkeys(commitments)
        values: dict[str, bytes] = {}
        while self._next is not None and self._next.n == n:
            opening = self._next
            self._opener.check(opening, entry, commitments)
            if opening.field.startswith("att/"):
                self._expect_file(opening, entry)
            if entry.kind:
                values[opening.field] = opening.value
            del unopened[opening.field]
            found.values += 1
            self._next = next(self._openings, None)
        if found.partner in entry.audience:
            found.is_named = True
            found.unopened += [(n, name) for name in unopened]
        if entry.kind:
            self._votes.take(n, entry, commitments, values)
        if entry.kind == HEAD.decode() and "head" in values and not found.prefix:
            found.heads.append((n, values["head"]))

    def _expect_file(self, opening: Opening, entry: Entry) -> None:
        name = f"{self._found.prefix}att/{opening.value.decode()}"
        length = entry.files[int(opening.field[4:])][1]
        member = self._archive.members.get(name)
        if member is None or member.size != length:
            shown = name[:100]
            raise FormatError(
                f"Het bestand {shown} ontbreekt of is anders.", f"File {shown} is missing or different."
            )
        self._files.setdefault(name, opening.n)


# --- Votes that their voters signed (docs/register-format.md, section 9) ---------------------------------------


PART_LIMIT = 8192
_JWK = {"EC": ["crv", "kty", "x", "y"], "OKP": ["crv", "kty", "x"], "RSA": ["e", "kty", "n"]}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_SITE = re.compile(r"[!-~]{1,255}")


class VoterKey(typing.NamedTuple):
    """A public key with which a person signs votes, and the site it was made for."""

    person: str
    rp: str
    origin: str
    jwk: dict[str, str]

    def fingerprint(self) -> str:
        """The JWK thumbprint (RFC 7638)."""
        return encode_url(hashlib.sha256(dump_json(self.jwk)).digest())


class Votes:
    """Verifies the signatures under votes with the keys that the log recorded before."""

    def __init__(self, found: Finding) -> None:
        self._found = found
        self._keys: dict[int, VoterKey | None] = {}
        self._last: dict[tuple[str, str], int] = {}

    def expect_key(self, n: int) -> None:
        """Entry `n` records a key, which may be opened or not: who joined later was not among its parties."""
        self._keys[n] = None

    def take(self, n: int, entry: Entry, commitments: dict[str, bytes], values: dict[str, bytes]) -> None:
        """Check an entry with what was opened of it. Raises FormatError."""
        if entry.kind == "key.recorded" and "public-key" in values:
            key = self._keys[n] = read_voter_key(values["public-key"])
            person = values.get("person", b"-").decode()
            self._found.voter_keys.append((n, person, key.fingerprint()))
        elif entry.kind == "ballot.cast" and "assertion" in commitments:
            self._check(entry, commitments, values)

    def _check(self, entry: Entry, commitments: dict[str, bytes], values: dict[str, bytes]) -> None:
        if not {"assertion", "vote", "subjects"} <= set(values):
            self._found.unchecked_votes += 1
            return
        number, parts = read_assertion(values["assertion"])
        if number not in self._keys:
            raise FormatError(
                "De handtekening noemt geen eerder vastgelegde sleutel.",
                "The signature names no key that was recorded before.",
            )
        key = self._keys[number]
        if key is None:
            self._found.unchecked_votes += 1
            return
        self._require_own(entry, key, "reason" in commitments, values)
        check_assertion(key, parts, values["vote"])
        self._found.signed_votes += 1

    def _require_own(self, entry: Entry, key: VoterKey, has_reason: bool, values: dict[str, bytes]) -> None:
        """What was signed is this very vote, in this place, by whom the entry says. Raises FormatError."""
        vote, subjects = parse_canonical(values["vote"]), parse_canonical(values["subjects"])
        if subjects.get("person") != key.person:
            raise FormatError(
                "De stem is ondertekend door een ander dan de regel zegt.",
                "The vote was signed by another person than the entry says.",
            )
        voter, rev = vote.get("voter"), vote.get("rev")
        place = (vote.get("log"), vote.get("decision"))
        is_here = place == (self._found.checkpoint.origin, entry.obj) and is_number(rev) and rev == entry.rev
        if not is_here or not isinstance(voter, str):
            raise FormatError(
                "De ondertekende stem hoort bij een andere regel.",
                "The signed vote belongs to another entry.",
            )
        reason, said = values.get("reason"), vote.get("reason-hash")
        is_same = reason is None or said == hashlib.sha256(reason).hexdigest()
        if has_reason != ("reason-hash" in vote) or not is_same:
            raise FormatError(
                "De reden is een andere dan die werd ondertekend.", "The reason is another than was signed."
            )
        if entry.rev <= self._last.get((entry.obj, voter), 0):
            raise FormatError(
                "Deze stemmer tekende vóór deze regel al een latere stem.",
                "This voter had signed a later vote before this entry.",
            )
        self._last[entry.obj, voter] = entry.rev


def read_voter_key(data: bytes) -> VoterKey:
    """The key in an opened value. Raises FormatError."""
    body = parse_canonical(data)
    if sorted(body) != ["jwk", "origin", "person", "rp"] or not isinstance(body["jwk"], dict):
        raise _bad_voter_key()
    words = [body["person"], body["rp"], body["origin"]]
    if not all(isinstance(word, str) and _SITE.fullmatch(word) for word in words):
        raise _bad_voter_key()
    key = VoterKey(body["person"], body["rp"], body["origin"], body["jwk"])
    _public_of(key.jwk)
    return key


def read_assertion(data: bytes) -> tuple[int, list[bytes]]:
    """The entry of the key, and clientDataJSON, authenticatorData and signature. Raises FormatError."""
    body = parse_canonical(data)
    names = ["clientDataJSON", "authenticatorData", "signature"]
    if set(body) != {"key", *names} or not is_number(body["key"]):
        raise _bad_assertion()
    parts = [decode_url(body[name]) for name in names]
    if any(len(part) > PART_LIMIT for part in parts):
        raise _bad_assertion()
    return body["key"], parts


def check_assertion(key: VoterKey, parts: Sequence[bytes], vote: bytes) -> None:
    """Refuse unless the key signed exactly this vote (WebAuthn level 2, section 7.2). Raises FormatError."""
    client_data, data, signature = parts
    client = load_json(client_data)
    challenge = encode_url(hashlib.sha256(vote).digest())
    if client.get("type") != "webauthn.get" or client.get("challenge") != challenge:
        raise FormatError(
            "De handtekening is van iets anders dan deze stem.",
            "The signature is of something other than this vote.",
        )
    is_here = client.get("origin") == key.origin and client.get("crossOrigin", False) is False
    if not is_here or len(data) < 37 or data[:32] != hashlib.sha256(key.rp.encode()).digest():
        raise FormatError(
            "De handtekening is gezet voor een andere site dan waarvoor de sleutel is.",
            "The signature was made for another site than the key is for.",
        )
    if data[32] & 5 != 5:
        raise FormatError(
            "De sleutel tekende zonder vinger, gezicht of pincode.",
            "The key signed without finger, face or PIN.",
        )
    kind, first, second = _public_of(key.jwk)
    message = data + hashlib.sha256(client_data).digest()
    if kind == "EC":
        holds = p256_verify((first, second), message, signature)
    elif kind == "RSA":
        holds = rsa_verify(first, message, signature)
    else:
        holds = ed25519_verify(first.to_bytes(32, "little"), message, signature)
    if not holds:
        raise FormatError(
            "De handtekening onder deze stem klopt niet.", "The signature under this vote does not hold."
        )


def _public_of(jwk: dict[str, typing.Any]) -> tuple[str, int, int]:
    """The kind of a key and its one or two numbers. Raises FormatError."""
    kind = jwk.get("kty")
    if not isinstance(kind, str) or sorted(jwk) != _JWK.get(kind):
        raise _bad_voter_key()
    parts = {name: decode_url(jwk[name]) for name in ("x", "y", "n", "e") if name in jwk}
    numbers = {name: int.from_bytes(part, "big") for name, part in parts.items()}
    if kind == "EC" and jwk["crv"] == "P-256" and len(parts["x"]) == len(parts["y"]) == 32:
        if is_on_p256(numbers["x"], numbers["y"]):
            return kind, numbers["x"], numbers["y"]
    elif kind == "OKP" and jwk["crv"] == "Ed25519" and is_sound_key(parts["x"]):
        return kind, int.from_bytes(parts["x"], "little"), 0
    elif kind == "RSA" and parts["n"][0] and parts["e"] == b"\x01\x00\x01" and _is_modulus(numbers["n"]):
        return kind, numbers["n"], 0
    raise _bad_voter_key()


def _is_modulus(number: int) -> bool:
    return 2048 <= number.bit_length() <= 4096 and number & 1 == 1


def encode_url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_url(text: object) -> bytes:
    """The bytes of base64url without padding, in its one form. Raises FormatError."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise _bad_assertion()
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        data = b""
    if encode_url(data) != text:
        raise _bad_assertion()
    return data


def _bad_voter_key() -> FormatError:
    return FormatError(
        "Met deze sleutel kan geen stem worden ondertekend.", "No vote can be signed with this key."
    )


def _bad_assertion() -> FormatError:
    return FormatError(
        "De handtekening onder deze stem is niet te lezen.", "The signature under this vote cannot be read."
    )


# --- JSON -----------------------------------------------------------------------------------------------------


def parse_canonical(data: bytes) -> dict[str, typing.Any]:
    """The object whose one text is `data` (RFC 8785, in the register's profile). Raises FormatError."""
    try:
        body = load_json(data)
        is_canonical = dump_json(body) == data and _is_in_profile(body, 0)
    except (ValueError, RecursionError):
        is_canonical = False
    if not is_canonical:
        raise FormatError("De tekst is niet in de vaste vorm.", "The text is not in its one form.")
    return body


def load_json(data: bytes) -> dict[str, typing.Any]:
    """The object in a JSON text in which no key is twice and no number is broken. Raises FormatError."""
    try:
        body = json.loads(
            data.decode(),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise FormatError("Dit is geen JSON-object.", "This is no JSON object.")
    return body


def dump_json(body: dict[str, typing.Any]) -> bytes:
    """The canonical text of what is in the profile."""
    return json.dumps(
        body, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    ).encode()


def _once(pairs: list[tuple[str, typing.Any]]) -> dict[str, typing.Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key is there twice")
    return body


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) >= INTEGER_LIMIT:
        raise ValueError("too large")
    return int(text)


def _no_number(text: str) -> typing.NoReturn:
    raise ValueError(text)


def _is_in_profile(value: object, depth: int) -> bool:
    if depth > 32:
        return False
    if isinstance(value, str):
        return unicodedata.is_normalized("NFC", value) and not any(
            unicodedata.category(sign) in ("Cc", "Cs") for sign in value
        )
    if isinstance(value, dict):
        names = all(name.isascii() and name.isprintable() for name in value)
        return names and all(_is_in_profile(item, depth + 1) for item in value.values())
    if isinstance(value, list):
        return all(_is_in_profile(item, depth + 1) for item in value)
    return isinstance(value, int)


# --- Bundles as files -----------------------------------------------------------------------------------------


NOTE_LIMIT = 1_000_000
POLICY_LIMIT = 200_000
MEMBER_LIMIT = 1024 * 1024 * 1024
ARCHIVE_LIMIT = 4_000_000_000
COUNT_LIMIT = 65_535
CHUNK = 1024 * 1024
_NAME = re.compile(
    r"bundle\.json|README\.txt|(?:private/)?(?:checkpoint|policy|openings\.jsonl|att/[0-9a-f]{64}"
    r"|tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?)"
)


class Member(typing.NamedTuple):
    """A member of an archive: where its header starts, how many bytes it holds, and their CRC-32."""

    name: str
    start: int
    size: int
    crc: int

    def header(self) -> bytes:
        """Its local header: stored, no flags, 1980-01-01, no extra field."""
        name = self.name.encode()
        fixed = struct.pack(
            "<IHHHHHIIIHH", 0x04034B50, 10, 0, 0, 0, 33, self.crc, self.size, self.size, len(name), 0
        )
        return fixed + name

    def entry(self) -> bytes:
        """Its entry in the directory: made by 3/20, mode 100644, no comment."""
        name = self.name.encode()
        numbers = (0x02014B50, 788, 10, 0, 0, 0, 33, self.crc, self.size, self.size, len(name), 0, 0, 0, 0)
        return struct.pack("<IHHHHHHIIIHHHHHII", *numbers, 0o100644 << 16, self.start) + name

    @property
    def end(self) -> int:
        """Where the next member starts."""
        return self.start + 30 + len(self.name) + self.size


def _end_record(count: int, length: int, start: int) -> bytes:
    return struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, length, start, 0)


class Stream(io.RawIOBase):
    """The bytes of one member, read on from its own place, whatever else is read in between."""

    def __init__(self, file: typing.BinaryIO, member: Member, has_header: bool) -> None:
        super().__init__()
        self.name = member.name
        self._file = file
        self._place = member.end - member.size
        self._left = member.size
        self._crc = 0
        self._expected = member.crc
        self._has_header = has_header

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: typing.Any) -> int:
        """Fill the buffer with what comes next."""
        self._file.seek(self._place)
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._crc = zlib.crc32(data, self._crc)
        self._place += len(data)
        self._left -= len(data)
        return len(data)

    def lines(self) -> io.BufferedReader:
        """Its lines."""
        return io.BufferedReader(self, 256 * 1024)

    @property
    def is_whole(self) -> bool:
        """Whether everything was read, and is what was written."""
        return self._has_header and self._left == 0 and self._crc == self._expected


class Archive:
    """A bundle, in the one form that a ZIP file of the register has; nothing is ever unpacked.

    The directory must be exactly what the names, sizes and checksums in it lead to, so there is no room for
    members that are doubled, hidden, overlapping, compressed, linked or outside the bundle.
    """

    def __init__(self, file: typing.BinaryIO) -> None:
        self._file = file
        self.used: set[str] = set()
        self.members: dict[str, Member] = {}
        size = file.seek(0, 2)
        if size > ARCHIVE_LIMIT:
            self._refuse("het is groter dan 4 GB", "it is larger than 4 GB")
        end = self._at(max(0, size - 22), 22)
        if len(end) < 22 or end[:4] != b"PK\x05\x06":
            self._refuse("het einde ontbreekt", "its end is missing")
        count, length, start = struct.unpack_from("<HII", end, 10)
        if start + length + 22 != size or length > count * (46 + 128):
            self._refuse("de inhoudsopgave past niet", "its directory does not fit")
        if count == 0:
            self._refuse("het is leeg", "it is empty")
        directory = self._at(start, length)
        for name, crc, stored in self._listed(directory):
            self._add(name, crc, stored)
        entries = b"".join(member.entry() for member in self.members.values())
        expected = entries + _end_record(len(self.members), len(entries), self._next())
        if directory + end != expected or start != self._next():
            self._refuse("de inhoudsopgave klopt niet", "its directory is not in order")

    def take(self, name: str, limit: int = MEMBER_LIMIT) -> tuple[bytes, bool]:
        """The bytes of a member, and whether they are what was written. Raises NotIntactError."""
        stream = self.open(name)
        if self.members[name].size > limit:
            raise NotIntactError(f"{name} is te groot.", f"{name} is too large.")
        data = stream.read(self.members[name].size)
        return data or b"", stream.is_whole

    def read(self, name: str, limit: int = MEMBER_LIMIT) -> bytes:
        """The bytes of a member. Raises NotIntactError where it is missing, too large or damaged."""
        data, is_whole = self.take(name, limit)
        if not is_whole:
            raise DamagedError(name)
        return data

    def open(self, name: str) -> Stream:
        """A member to be read bit by bit; whether it is whole shows at its end. Raises NotIntactError."""
        member = self.members.get(name)
        if member is None:
            raise NotIntactError(f"{name} ontbreekt.", f"{name} is missing.")
        self.used.add(name)
        header = member.header()
        return Stream(self._file, member, self._at(member.start, len(header)) == header)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, a megabyte at a time. Raises DamagedError at the end."""
        stream = self.open(name)
        chunk = stream.read(CHUNK)
        while chunk:
            yield chunk
            chunk = stream.read(CHUNK)
        if not stream.is_whole:
            raise DamagedError(name)

    def _listed(self, directory: bytes) -> Iterator[tuple[bytes, int, int]]:
        """Name, checksum and stored size of each entry in the directory, as far as it can be read."""
        place = 0
        while place + 46 <= len(directory):
            crc, stored, _, name_length = struct.unpack_from("<IIIH", directory, place + 16)
            place += 46 + name_length
            yield directory[place - name_length : place], crc, stored

    def _add(self, raw: bytes, crc: int, size: int) -> None:
        name = raw.decode("ascii", "replace")
        if not _NAME.fullmatch(name) or len(name) > 128:
            shown = repr(name[:60])
            self._refuse(
                f"er zit een bestand in dat er niet hoort ({shown})", f"it holds a stray file ({shown})"
            )
        if self.members and name <= next(reversed(self.members)):
            self._refuse(
                f"{name} staat er dubbel of niet op volgorde", f"{name} is there twice or out of order"
            )
        member = Member(name, self._next(), size, crc)
        if size > MEMBER_LIMIT or member.end > ARCHIVE_LIMIT:
            self._refuse(f"{name} is te groot", f"{name} is too large")
        self.members[name] = member

    def _next(self) -> int:
        return self.members[next(reversed(self.members))].end if self.members else 0

    def _at(self, place: int, count: int) -> bytes:
        self._file.seek(place)
        return self._file.read(count)

    def _refuse(self, nl: str, en: str) -> typing.NoReturn:
        """Not a bundle at all, or one that was damaged, as its first bytes and its directory tell."""
        start, end = self._at(0, 4), self._at(max(0, self._file.seek(0, 2) - 65_536), 65_536)
        has_end = b"PK\x05\x06" in end
        is_named = b"checkpoint" in end or b"bundle.json" in end
        was_bundle = is_named if has_end else start == b"PK\x03\x04"
        kind = NotIntactError if was_bundle else WitnessError
        raise kind(f"Dit bestand is geen hele bundel: {nl}.", f"This file is not a whole bundle: {en}.")


class Writer:
    """Writes an archive in the one form, member by member, sorted by name."""

    def __init__(self, out: typing.BinaryIO) -> None:
        self._out = out
        self._members: list[Member] = []

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a member. Its header is filled in once its contents are known."""
        start = self._members[-1].end if self._members else 0
        self._out.seek(start + 30 + len(name))
        size = crc = 0
        for chunk in chunks:
            self._out.write(chunk)
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
        member = Member(name, start, size, crc)
        if size > MEMBER_LIMIT or member.end > ARCHIVE_LIMIT or len(self._members) >= COUNT_LIMIT:
            raise WitnessError("Uw kopie wordt te groot.", "Your copy becomes too large.")
        self._out.seek(start)
        self._out.write(member.header())
        self._members.append(member)

    def finish(self) -> None:
        """Write the directory."""
        start = self._members[-1].end if self._members else 0
        entries = b"".join(member.entry() for member in self._members)
        self._out.seek(start)
        self._out.write(entries + _end_record(len(self._members), len(entries), start))


# --- Policies -------------------------------------------------------------------------------------------------


class Policy:
    """Whose signatures count (C2SP tlog-policy): log keys, witnesses by name, groups, and the quorum."""

    def __init__(self, data: bytes) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self._groups: dict[str, tuple[int, list[str]]] = {}
        self._quorum: str | None = None
        self._grouped: set[str] = set()
        for number, line in enumerate(_policy_text(data).split("\n"), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#") and not self._take(words):
                raise FormatError(f"Regel {number} klopt niet.", f"Line {number} is malformed.")
        if self._quorum is None or not self.logs:
            raise FormatError("Het beleid is niet compleet.", "The policy is not complete.")

    def is_met(self, cosigned: set[Key]) -> bool:
        """Whether these witnesses make the quorum."""
        return self._quorum == "none" or self._has(str(self._quorum), cosigned)

    def _has(self, name: str, cosigned: set[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in cosigned
        threshold, members = self._groups[name]
        return sum(self._has(member, cosigned) for member in members) >= threshold

    def _take(self, words: list[str]) -> bool:
        """Take in a line; whether it is well-formed."""
        takers = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._set_quorum,
        }
        try:
            return words[0] in takers and takers[words[0]](words[1:])
        except FormatError:
            return False

    def _log(self, words: list[str]) -> bool:
        if not 1 <= len(words) <= 2:
            return False
        key = Key.parse(words[0])
        is_new = key.public not in [known.public for known in self.logs]
        self.logs.append(key)
        return is_new and key.kind in (ED25519, ML_DSA_44)

    def _witness(self, words: list[str]) -> bool:
        if not 2 <= len(words) <= 3 or not self._is_free(words[0]):
            return False
        key = Key.parse(words[1])
        is_new = key.public not in [known.public for known in self.witnesses.values()]
        self.witnesses[words[0]] = key
        return is_new and key.kind in (COSIGNATURE, ML_DSA_44)

    def _group(self, words: list[str]) -> bool:
        if len(words) < 3 or not self._is_free(words[0]):
            return False
        name, asked, members = words[0], words[1], words[2:]
        known = set(self.witnesses).union(self._groups).difference(self._grouped)
        if len(set(members)) != len(members) or not set(members) <= known:
            return False
        threshold = {"any": 1, "all": len(members)}.get(asked)
        if threshold is None:
            threshold = int(asked) if re.fullmatch(r"[0-9]{1,3}", asked) else 0
        self._grouped.update(members)
        self._groups[name] = (threshold, members)
        return 1 <= threshold <= len(members)

    def _set_quorum(self, words: list[str]) -> bool:
        if self._quorum is not None or len(words) != 1:
            return False
        self._quorum = words[0]
        return words[0] == "none" or words[0] in self.witnesses or words[0] in self._groups

    def _is_free(self, name: str) -> bool:
        return name != "none" and name not in self.witnesses and name not in self._groups


def _policy_text(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if any((sign < " " and sign not in "\t\n") or sign == "\x7f" for sign in text):
        raise FormatError("Het beleid is geen gewone tekst.", "The policy is not plain text.")
    return text


# --- Notes, checkpoints and signatures ------------------------------------------------------------------------


ED25519, COSIGNATURE, ML_DSA_44 = 0x01, 0x04, 0x06
SIGNATURE_LIMIT = 128


class Key(typing.NamedTuple):
    """A public key and the name it signs under (C2SP signed-note): kind 0x01, 0x04 or 0x06."""

    name: str
    kind: int
    public: bytes

    @property
    def identifier(self) -> bytes:
        """The 4 bytes that say, with the name, which key signed."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.identifier.hex()}+{encode(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read `name+id+key`. Raises FormatError, also for a key under which anyone can sign."""
        name, _, rest = text.strip().partition("+")
        identifier, _, encoded = rest.partition("+")
        try:
            material = decode(encoded)
            key = cls(name, material[0], material[1:])
        except FormatError:
            key = cls("", 0, b"")
        lengths = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
        if (
            not is_key_name(name)
            or lengths.get(key.kind) != len(key.public)
            or identifier != key.identifier.hex()
        ):
            raise FormatError(
                "Dit is geen hele sleutel: naam+nummer+sleutel. Neem hem precies over.",
                "This is not a whole key: name+id+key. Copy it exactly.",
            )
        if key.kind != ML_DSA_44 and not is_sound_key(key.public):
            raise FormatError(
                "Onder deze sleutel kan iedereen tekenen. Gebruik hem niet.",
                "Anyone can sign under this key. Do not use it.",
            )
        return key


class Checkpoint(typing.NamedTuple):
    """The log `origin` has `size` entries, and their tree this root (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"


class Signatures:
    """Which signatures under a note hold. `lasting` is that of ML-DSA-44: False where not checked here."""

    def __init__(self) -> None:
        self.verified: set[Key] = set()
        self.cosigned: dict[Key, int] = {}
        self.plain = False
        self.lasting: bool | None = None

    def add(self, key: Key, holds: bool) -> None:
        """Note a log key whose lines were verified, or could not be here."""
        if holds:
            self.verified.add(key)
        if key.kind == ML_DSA_44:
            self.lasting = holds
        else:
            self.plain = True


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no spaces, plus signs or control characters, all of it UTF-8."""
    return bool(name) and not any(
        sign == "+" or sign.isspace() or sign < " " or "\ud800" <= sign <= "\udfff" for sign in name
    )


def parse_note(data: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text of a signed note, and name, key id and value of each signature. Raises FormatError."""
    try:
        text = data.decode() if len(data) <= NOTE_LIMIT else "\x00"
    except UnicodeDecodeError:
        text = "\x00"
    body, gap, tail = text.rpartition("\n\n")
    lines = tail.split("\n")
    if (
        any(sign < " " and sign != "\n" for sign in text)
        or not gap
        or lines.pop()
        or not 0 < len(lines) <= SIGNATURE_LIMIT
    ):
        raise FormatError("Dit is geen ondertekende tekst.", "This is not a signed note.")
    signatures = []
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, value = rest.partition(" ")
        data = decode(value)
        if dash != "—" or not is_key_name(name) or len(data) < 5:
            raise FormatError("Een handtekening is onleesbaar.", "A signature cannot be read.")
        signatures.append((name, data[:4], data[4:]))
    return f"{body}\n", signatures


def read_checkpoint(note: bytes) -> Checkpoint:
    """What a note states; its signatures are not looked at. Raises FormatError."""
    return read_body(parse_note(note)[0])


def read_body(text: str) -> Checkpoint:
    """The checkpoint that three lines state. Raises FormatError."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not re.fullmatch(r"[!-*,-~]{1,255}", lines[0]):
        raise FormatError("Dit is geen stand van een register.", "This is no checkpoint of a log.")
    return Checkpoint(lines[0], read_number(lines[1]), decode(lines[2], 32))


def read_number(text: str) -> int:
    """A decimal number below 2**63 without leading zeros. Raises FormatError."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) or int(text) >= 2**63:
        raise FormatError("Een getal klopt niet.", "A number is malformed.")
    return int(text)


def verify_note(
    note: bytes, trusted: Sequence[Key], others: Iterable[Key] = (), witnesses: Iterable[Key] = ()
) -> Signatures:
    """Which signatures hold. Every trusted and other log key must have signed, and no line of a known key fails.

    Raises NotIntactError, or WitnessError where none of the trusted keys can be verified here.
    """
    text, lines = parse_note(note)
    found = Signatures()
    for key in dict.fromkeys([*trusted, *others]):
        outcomes = [holds for holds, _ in _verify_lines(key, text, lines)]
        if not outcomes:
            raise NotIntactError(
                f"De handtekening van {key.name} ontbreekt.", f"The signature of {key.name} is missing."
            )
        found.add(key, all(outcomes))
    for key in witnesses:
        times = [at for holds, at in _verify_lines(key, text, lines) if holds]
        if times:
            found.cosigned[key] = times[-1]
    if not found.verified.intersection(trusted):
        raise WitnessError(
            "Geen van uw sleutels kan hier worden gecontroleerd. Zet de Ed25519-sleutel vast, of installeer het pakket "
            "cryptography.",
            "None of your keys can be verified here. Pin the Ed25519 key, or install the package cryptography.",
        )
    return found


def _verify_lines(key: Key, text: str, lines: Sequence[tuple[str, bytes, bytes]]) -> list[tuple[bool, int]]:
    """Of each line of a key, whether it was verified, and its time. Raises NotIntactError where one fails."""
    mine = [value for name, identifier, value in lines if (name, identifier) == (key.name, key.identifier)]
    return [_verify_line(key, text, value) for value in mine]


def _verify_line(key: Key, text: str, value: bytes) -> tuple[bool, int]:
    """Whether a signature was verified, and its time; False where it cannot be here. Raises NotIntactError."""
    at = int.from_bytes(value[:8], "big")
    if key.kind == ED25519:
        holds: bool | None = ed25519_verify(key.public, text.encode(), value)
    elif at >= 2**63:
        holds = False
    elif key.kind == COSIGNATURE:
        holds = ed25519_verify(key.public, f"cosignature/v1\ntime {at}\n{text}".encode(), value[8:])
    else:
        holds = ml_dsa_verify(key.public, _lasting_message(key.name, text, at), value[8:])
    if holds is False:
        raise NotIntactError(
            f"Een handtekening van {key.name} hoort niet bij deze stand.",
            f"A signature of {key.name} does not belong to this checkpoint.",
        )
    return bool(holds), at


def _lasting_message(name: str, text: str, at: int) -> bytes:
    """What ML-DSA-44 signs: the cosigned_message of C2SP tlog-cosignature."""
    origin, size, root = text.split("\n")[:3]
    names = [bytes([len(part.encode())]) + part.encode() for part in (name, origin)]
    numbers = struct.pack(">QQ", 0, int(size))
    return b"subtree/v1\n\x00" + names[0] + struct.pack(">Q", at) + names[1] + numbers + decode(root, 32)


def cosignature(name: str, seed: bytes, checkpoint: Checkpoint, at: int) -> str:
    """A cosignature/v1 line (C2SP tlog-cosignature, type 0x04)."""
    value = ed25519_sign(seed, f"cosignature/v1\ntime {at}\n{checkpoint.text()}".encode())
    identifier = Key(name, COSIGNATURE, ed25519_public(seed)).identifier
    return f"— {name} {encode(identifier + struct.pack('>Q', at) + value)}\n"


def encode(data: bytes) -> str:
    """Base64 with padding."""
    return base64.b64encode(data).decode()


def decode(text: str, length: int | None = None) -> bytes:
    """The bytes of base64 in its one form, of this length. Raises FormatError."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if not data or encode(data) != text or (length is not None and len(data) != length):
        raise FormatError("Dit is geen base64 in de vaste vorm.", "This is not base64 in its one form.")
    return data


def ml_dsa_verify(public: bytes, message: bytes, signature: bytes) -> bool | None:
    """Whether an ML-DSA-44 signature holds (FIPS 204); None where this Python cannot tell."""
    if len(signature) != 2420:
        return False
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        key = MLDSA44PublicKey.from_public_bytes(public)
    except Exception:  # absent, too old, or without this algorithm: told, not guessed
        return None
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


# --- Ed25519 (RFC 8032) ---------------------------------------------------------------------------------------


_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_NEUTRAL = (0, 1, 1, 0)


def ed25519_public(seed: bytes) -> bytes:
    """The public key of a 32-byte private key (section 5.1.5)."""
    return _compress(_times(_secret(seed)[0], _BASE))


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """A signature (section 5.1.6). Its duration depends on the key: for one's own machine only."""
    secret, prefix = _secret(seed)
    public = _compress(_times(secret, _BASE))
    nonce = _hash_number(prefix, message)
    point = _compress(_times(nonce, _BASE))
    answer = (nonce + _hash_number(point, public, message) * secret) % _L
    return point + answer.to_bytes(32, "little")


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature holds under a sound key; canonical encodings only (section 5.1.7)."""
    point, answer = signature[:32], int.from_bytes(signature[32:], "little")
    key = _expand(public)
    if len(signature) != 64 or answer >= _L or key is None or point == _compress(_NEUTRAL):
        return False
    x, y, z, t = _times(_hash_number(point, public, message), key)
    # Comparing encodings leaves no room for points that are not canonical or of small order.
    return _compress(_plus(_times(answer, _BASE), (-x % _P, y, z, -t % _P))) == point


def is_sound_key(public: bytes) -> bool:
    """Whether 32 bytes are the one encoding of a point of prime order, which every honest key is."""
    point = _expand(public)
    return point is not None and not _is_neutral(point) and _is_neutral(_times(_L, point))


def _secret(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little")
    return number & (1 << 254) - 8 | 1 << 254, digest[32:]


def _hash_number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _L


def _compress(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, _P - 2, _P)
    return (y * inverse % _P | (x * inverse % _P & 1) << 255).to_bytes(32, "little")


def _expand(data: bytes) -> Point | None:
    """The point of an encoding (section 5.1.3); None where there is none, or where it is not the one form."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if len(data) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else _P - x
    return (x, y, 1, x * y % _P)


def _plus(left: Point, right: Point) -> Point:
    """The sum of two points in extended coordinates (section 5.1.4)."""
    a = (left[1] - left[0]) * (right[1] - right[0])
    b = (left[1] + left[0]) * (right[1] + right[0])
    c = 2 * left[3] * right[3] * _D
    d = 2 * left[2] * right[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(factor: int, point: Point) -> Point:
    total: Point = _NEUTRAL
    while factor:
        if factor & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        factor >>= 1
    return total


def _is_neutral(point: Point) -> bool:
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


_BASE = typing.cast("Point", _expand((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")))


# --- ECDSA on P-256 with SHA-256 (FIPS 186-5), and RSA with PKCS #1 v1.5 (RFC 8017) ------------------------------


_Q = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def is_on_p256(x: int, y: int) -> bool:
    """Whether these are the coordinates of a point of the curve."""
    return x < _Q and y < _Q and (y * y - x * x * x + 3 * x - _B) % _Q == 0


def p256_verify(key: tuple[int, int], message: bytes, signature: bytes) -> bool:
    """Whether an ECDSA signature in DER holds (FIPS 186-5, section 6.4.2)."""
    numbers = _der_pair(signature)
    if numbers is None or not all(0 < number < _N for number in numbers):
        return False
    r, s = numbers
    inverse = pow(s, _N - 2, _N)
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    x, _, z = _sum_of((_G[0], _G[1], 1), digest * inverse % _N, (key[0], key[1], 1), r * inverse % _N)
    if not z:
        return False
    return x * pow(z * z, _Q - 2, _Q) % _Q % _N == r


def rsa_verify(modulus: int, message: bytes, signature: bytes) -> bool:
    """Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 and exponent 65537 holds (RFC 8017, section 8.2.2)."""
    length = (modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != length or number >= modulus:
        return False
    tail = b"\x00" + _DIGEST_INFO + hashlib.sha256(message).digest()
    expected = b"\x00\x01" + b"\xff" * (length - len(tail) - 2) + tail
    return pow(number, 65537, modulus).to_bytes(length, "big") == expected


def _der_pair(data: bytes) -> tuple[int, int] | None:
    """The two whole numbers of a DER sequence, each in its one form; None for anything else."""
    if len(data) < 8 or data[0] != 0x30 or data[1] != len(data) - 2 or len(data) > 72:
        return None
    found, rest = [], data[2:]
    for _ in range(2):
        if len(rest) < 3 or rest[0] != 2 or not 1 <= rest[1] <= len(rest) - 2:
            return None
        number, rest = rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
        if number[0] & 0x80 or (number[0] == 0 and len(number) > 1 and not number[1] & 0x80):
            return None
        found.append(int.from_bytes(number, "big"))
    return None if rest else (found[0], found[1])


def _sum_of(first: Weierstrass, a: int, second: Weierstrass, b: int) -> Weierstrass:
    """a times one point and b times another, added; in Jacobian coordinates, both at once."""
    either = _added(first, second)
    total = (1, 1, 0)
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _doubled(total)
        chosen = (a >> bit & 1) + 2 * (b >> bit & 1)
        if chosen:
            total = _added(total, (first, second, either)[chosen - 1])
    return total


def _doubled(point: Weierstrass) -> Weierstrass:
    x, y, z = point
    if not y or not z:
        return (1, 1, 0)
    square = y * y % _Q
    middle = 4 * x * square % _Q
    slope = 3 * (x - z * z) * (x + z * z) % _Q
    third = (slope * slope - 2 * middle) % _Q
    return (third, (slope * (middle - third) - 8 * square * square) % _Q, 2 * y * z % _Q)


def _added(left: Weierstrass, right: Weierstrass) -> Weierstrass:
    if not left[2] or not right[2]:
        return right if not left[2] else left
    squares = (left[2] * left[2] % _Q, right[2] * right[2] % _Q)
    u, v = left[0] * squares[1] % _Q, right[0] * squares[0] % _Q
    s, t = left[1] * right[2] * squares[1] % _Q, right[1] * left[2] * squares[0] % _Q
    if u == v:
        return _doubled(left) if s == t else (1, 1, 0)
    h, r = v - u, t - s
    h2, h3 = h * h % _Q, h * h * h % _Q
    x = (r * r - h3 - 2 * u * h2) % _Q
    return (x, (r * (u * h2 - x) - s * h3) % _Q, h * left[2] * right[2] % _Q)


if __name__ == "__main__":
    sys.exit(main())
