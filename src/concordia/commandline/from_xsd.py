"""A data contract proposed from an XML Schema, on a terminal: `contract from-xsd FILE.xsd`."""

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from concordia.commandline import terminal
from concordia.domain.contracts.reading import dump_contract
from concordia.domain.xsd import Origin, SchemaError, contract_from_xsd

_LARGEST = 10_000_000  # bytes of one schema
_MOST_FILES = 200
_XS = "{http://www.w3.org/2001/XMLSchema}"


def from_xsd(argv: Sequence[str]) -> int:
    """`contract from-xsd FILE.xsd [--record ELEMENT] [--out FILE]`: 0 made, 3 bad input."""
    made = terminal.parser("contract from-xsd", "Propose a data contract from an XML Schema, to be edited.")
    made.add_argument("file", metavar="FILE.xsd")
    made.add_argument("--record", metavar="ELEMENT", help="the one element that makes rows, by its name")
    made.add_argument("--out", metavar="FILE", help="a file instead of the screen")
    options = made.parse_args(argv)
    try:
        text = _contract(Path(options.file), options.record, options.language)
        if options.out:
            Path(options.out).write_text(text, encoding="utf-8")
    except terminal.InputError as error:
        print(str(error), file=sys.stderr)
        return terminal.BAD_INPUT
    except SchemaError as error:
        language = options.language
        print(
            f"{options.file}: {error.what.in_language(language)} {error.mend.in_language(language)}",
            file=sys.stderr,
        )
        return terminal.BAD_INPUT
    except OSError as error:
        print(f"{options.out}: {error.strerror or error}. Give another place to write.", file=sys.stderr)
        return terminal.BAD_INPUT
    if not options.out:
        print(text, end="")
    return 0


def _contract(path: Path, record: str | None, language: str) -> str:
    data = _bytes(path)
    root = _parsed(path, data)
    documents = list(_with_those_beside(path, root, root.get("targetNamespace") or ""))
    origin = Origin(path.name, hashlib.sha256(data).hexdigest())
    return dump_contract(contract_from_xsd(documents, origin, record=record, language=language))


def _with_those_beside(path: Path, main: Any, namespace: str) -> Iterator[tuple[Any, str]]:
    """The schema and every schema in its folder that it includes or imports, each once per namespace."""
    folder = path.resolve().parent
    waiting, seen = [(path.resolve(), main, namespace)], {(path.resolve(), namespace)}
    while waiting:
        here, root, inside = waiting.pop(0)
        yield root, inside
        for child in root:
            if child.tag not in {f"{_XS}include", f"{_XS}import"}:
                continue
            found = _beside(folder, here, child.get("schemaLocation"))
            if found is None:
                continue
            other = _parsed(found, _bytes(found))
            space = other.get("targetNamespace") or ("" if child.tag.endswith("import") else inside)
            if (found, space) not in seen and len(seen) < _MOST_FILES:
                seen.add((found, space))
                waiting.append((found, other, space))


def _beside(folder: Path, here: Path, location: str | None) -> Path | None:
    """The file that is meant, where it lies in the folder of the main schema; nothing is fetched from elsewhere."""
    if not location or ":" in location:
        return None
    found = (here.parent / location).resolve()
    return found if found.is_relative_to(folder) and found.is_file() else None


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise terminal.InputError(
            f"{path}: {error.strerror or error}. Give the path of a readable file."
        ) from None
    if len(data) > _LARGEST:
        raise terminal.InputError(f"{path}: larger than {_LARGEST:,} bytes. Give a smaller file.")
    return data


def _parsed(path: Path, data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise terminal.InputError(f"{path}: {error.msg}. Give an XML Schema that is well formed.") from None
    if (
        root.getroottree().docinfo.internalDTD is not None
        and root.getroottree().docinfo.internalDTD.entities()
    ):
        raise terminal.InputError(f"{path}: it declares entities. Leave <!DOCTYPE … > out.")
    return root
