"""The signer: a process of its own that holds a log's keys and never signs two trees of one size.

It reads one request on standard input, and signs only what continues its own mark: a larger tree with a
consistency proof from the mark, or the marked tree again, for which it repeats the note it gave before. The
mark is on disk before the note is printed, so a restored database cannot lead to a fork
(C2SP tlog-checkpoint, Signatures). Exit status 0 with the note, 3 with the reason on standard error.

    python -m concordia.signer --state DIR < request.json
    python -m concordia.signer --state DIR --mark ORIGIN...
    python -m concordia.signer --state DIR --vkeys ORIGIN
"""

import argparse
import fcntl
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from concordia.domain.canonical import parse_json
from concordia.domain.checkpoint import TIME_LIMIT, Checkpoint, LogSigner, parse_body, verify_checkpoint
from concordia.domain.faults import RegisterError
from concordia.domain.merkle import EMPTY_ROOT, verify_consistency
from concordia.domain.notes import decode_base64, encode_base64

REFUSED = 3
REQUEST_LIMIT = 1_000_000
_KEYS = "keys.json"
_MARK = "mark.json"


class RefusedError(RegisterError):
    """Why nothing was signed."""


@dataclass(frozen=True, slots=True)
class Request:
    """A checkpoint to sign, the consistency proof from the mark, and the moment in POSIX seconds."""

    checkpoint: Checkpoint
    proof: tuple[bytes, ...]
    time: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The largest tree signed for a log, and the note given for it (empty where nothing was signed yet)."""

    checkpoint: Checkpoint
    note: str


def main(argv: Sequence[str] | None = None) -> int:
    """Answer one request; the exit status."""
    options = _parser().parse_args(argv)
    os.umask(0o077)
    try:
        with _alone_in(options.state):
            answer = _answer_to(options)
    except RegisterError as error:
        print(error.sentence(os.environ.get("LC_ALL") or os.environ.get("LANG", "")), file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"{options.state}: {error.strerror}. Nothing was signed.", file=sys.stderr)
        return REFUSED
    _print(answer)
    return 0


def sign(state: Path, request: Request) -> bytes:
    """The signed note for a request, its mark on disk before it returns. Raises RefusedError.

    The caller holds the lock on `state`.
    """
    folder = _folder(state, request.checkpoint.origin)
    signer = _load_signer(folder, request.checkpoint.origin)
    mark = _load_mark(folder, signer)
    if mark.note and mark.checkpoint == request.checkpoint:
        return mark.note.encode()
    _check_continues(mark.checkpoint, request)
    note = signer.sign(request.checkpoint, request.time)
    _save(folder / _MARK, _mark_json(request.checkpoint, note.decode()))
    return note


def read_request(data: bytes) -> Request:
    """The request in a JSON text. Raises RefusedError for anything that is not exactly one."""
    body = parse_json(data)
    if set(body) != {"origin", "size", "root", "proof", "time"}:
        _refuse_request("origin, size, root, proof, time")
    origin, size, root, proof, time = (body[name] for name in ("origin", "size", "root", "proof", "time"))
    if not isinstance(origin, str) or not isinstance(root, str):
        _refuse_request("origin, root")
    if not _is_number(size) or not _is_number(time) or time >= TIME_LIMIT:
        _refuse_request("size, time")
    if not isinstance(proof, list) or not all(isinstance(node, str) for node in proof):
        _refuse_request("proof")
    checkpoint = parse_body(f"{origin}\n{size}\n{root}\n")
    return Request(checkpoint, tuple(decode_base64(node) for node in proof), time)


def _answer_to(options: argparse.Namespace) -> bytes:
    state: Path = options.state
    if options.mark is not None:
        return b"".join(_dump(_mark_of(state, origin)) for origin in options.mark)
    if options.vkeys is not None:
        _check_origin(options.vkeys)
        keys = _load_signer(_folder(state, options.vkeys), options.vkeys).keys
        return "".join(f"{key}\n" for key in keys).encode()
    data = sys.stdin.buffer.read(REQUEST_LIMIT + 1)
    if len(data) > REQUEST_LIMIT:
        _refuse_request(f"> {REQUEST_LIMIT} bytes")
    return sign(state, read_request(data))


def _mark_of(state: Path, origin: str) -> dict[str, Any]:
    """The mark without its note; asking makes no keys."""
    _check_origin(origin)
    name = state / _name(origin)
    checkpoint = Checkpoint(origin, 0, EMPTY_ROOT)
    if name.exists():
        checkpoint = _load_mark(name, _load_signer(name, origin)).checkpoint
    return {"origin": origin, "size": checkpoint.size, "root": encode_base64(checkpoint.root)}


def _check_continues(mark: Checkpoint, request: Request) -> None:
    """Refuse a tree that does not contain all that was signed before."""
    asked = request.checkpoint
    if asked.size < mark.size:
        raise RefusedError(
            f"Het register had al {mark.size} regels en zou er nu {asked.size} hebben. Niets is ondertekend. "
            f"Is een oude reservekopie teruggezet? Haal de ontbrekende regels uit de bundel van een partner.",
            f"The log had {mark.size} entries before and would now have {asked.size}. Nothing was signed. "
            f"Was an old backup restored? Bring the missing entries back from a partner's bundle.",
        )
    if not _continues(mark, request):
        raise RefusedError(
            f"De {asked.size} regels bevatten niet de {mark.size} regels die eerder ondertekend zijn. "
            f"Niets is ondertekend. Vergelijk het register met de bundel van een partner.",
            f"These {asked.size} entries do not contain the {mark.size} entries that were signed before. "
            f"Nothing was signed. Compare the log with a partner's bundle.",
        )


def _continues(mark: Checkpoint, request: Request) -> bool:
    asked, proof = request.checkpoint, request.proof
    if asked.size == 0:
        return asked.root == EMPTY_ROOT and not proof
    if mark.size == 0:
        return not proof
    return verify_consistency(mark.size, asked.size, mark.root, asked.root, proof)


def _load_signer(folder: Path, origin: str) -> LogSigner:
    """The keys of a log, made with its first use. Raises RefusedError when they are damaged or readable."""
    if not folder.exists():
        _make(folder, origin)
    path = folder / _KEYS
    body = _load(path, {"origin", "ed25519", "ml_dsa_44", "vkeys"})
    if path.stat().st_mode & 0o077:
        raise RefusedError(
            f"{path} is leesbaar voor anderen. Niets is ondertekend. Herstel: chmod 600 {path}",
            f"{path} can be read by others. Nothing was signed. To mend: chmod 600 {path}",
        )
    try:
        signer = _signer(origin, decode_base64(body["ed25519"]), decode_base64(body["ml_dsa_44"]))
    except (ValueError, TypeError):
        _refuse_state(path)
    if body["origin"] != origin or body["vkeys"] != [str(key) for key in signer.keys]:
        _refuse_state(path)
    return signer


def _load_mark(folder: Path, signer: LogSigner) -> Mark:
    """The mark, which the signer's own signatures prove whole. Raises RefusedError when it is damaged."""
    path = folder / _MARK
    body = _load(path, {"origin", "size", "root", "note"})
    origin, note = signer.keys[0].name, body["note"]
    if note == "":
        checkpoint = Checkpoint(origin, 0, EMPTY_ROOT)
    else:
        try:
            checkpoint = verify_checkpoint(note.encode(), signer.keys).checkpoint
        except (ValueError, AttributeError):
            _refuse_state(path)
    if body != _mark_json(checkpoint, note):
        _refuse_state(path)
    return Mark(checkpoint, note)


def _make(folder: Path, origin: str) -> None:
    """Keys and an empty mark, in place together or not at all: a missing mark is then always damage."""
    signer_seed, lasting_seed = os.urandom(32), os.urandom(32)
    signer = _signer(origin, signer_seed, lasting_seed)
    fresh = folder.with_name(f".{folder.name}.new")
    fresh.mkdir(mode=0o700, exist_ok=True)
    keys = {
        "origin": origin,
        "ed25519": encode_base64(signer_seed),
        "ml_dsa_44": encode_base64(lasting_seed),
        "vkeys": [str(key) for key in signer.keys],
    }
    _save(fresh / _KEYS, keys)
    _save(fresh / _MARK, _mark_json(Checkpoint(origin, 0, EMPTY_ROOT), ""))
    fresh.rename(folder)
    _sync(folder.parent)


def _signer(origin: str, seed: bytes, lasting_seed: bytes) -> LogSigner:
    ed25519 = Ed25519PrivateKey.from_private_bytes(seed)
    return LogSigner(origin, ed25519, MLDSA44PrivateKey.from_seed_bytes(lasting_seed))


def _mark_json(checkpoint: Checkpoint, note: str) -> dict[str, Any]:
    root = encode_base64(checkpoint.root)
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": root, "note": note}


@contextmanager
def _alone_in(state: Path) -> Iterator[None]:
    """Hold the lock of the state directory, which the kernel frees when the process ends in any way."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _load(path: Path, names: set[str]) -> dict[str, Any]:
    try:
        body = parse_json(path.read_bytes())
    except (RegisterError, FileNotFoundError):
        _refuse_state(path)
    if set(body) != names:
        _refuse_state(path)
    return body


def _save(path: Path, body: dict[str, Any]) -> None:
    """Replace a file so that after a crash it is whole, old or new."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(_dump(body))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _folder(state: Path, origin: str) -> Path:
    return state / _name(origin)


def _name(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()[:32]


def _dump(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_origin(origin: str) -> None:
    parse_body(Checkpoint(origin, 0, EMPTY_ROOT).body())


def _print(answer: bytes) -> None:
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _refuse_request(what: str) -> NoReturn:
    raise RefusedError(
        f"Het verzoek klopt niet ({what}). Niets is ondertekend.",
        f"The request is malformed ({what}). Nothing was signed.",
    )


def _refuse_state(path: Path) -> NoReturn:
    raise RefusedError(
        f"{path} is beschadigd of ontbreekt. Niets is ondertekend. Zet de map van de ondertekenaar terug uit "
        f"haar eigen reservekopie. Begin niet met een lege map: dan ziet elke partner een ander register.",
        f"{path} is damaged or missing. Nothing was signed. Put the signer's directory back from its own "
        f"backup. Do not start with an empty one: every partner would then see another log.",
    )


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(REFUSED, f"{message}\n")


def _parser() -> argparse.ArgumentParser:
    made = _Parser(prog="concordia-signer", description="Sign a checkpoint that continues what was signed.")
    made.add_argument("--state", type=Path, required=True, metavar="DIR", help="for keys and marks")
    what = made.add_mutually_exclusive_group()
    what.add_argument(
        "--mark",
        nargs="+",
        metavar="ORIGIN",
        help="print the largest tree signed of each log, as JSON, a line each",
    )
    what.add_argument("--vkeys", metavar="ORIGIN", help="print the two public keys, one a line")
    return made


if __name__ == "__main__":
    sys.exit(main())
