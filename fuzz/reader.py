"""The process that reads cases, one after another, within the limits that readers of deliveries have.

It gets a case on each line of its standard input and answers with a line: nothing wrong, or what. It may be killed by
what it reads; whoever started it then knows the case.
"""

import io
import json
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from concordia.deliveries.limits import take_limits
from concordia.deliveries.worker import answer_of
from concordia.deliveries.xml import Reading, XmlFaultError
from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.document import result_schema
from concordia.domain.contracts.model import SchemaObject
from concordia.domain.contracts.reading import dump_contract, plain, read_contract
from concordia.domain.contracts.xml_mapping import xml_record
from concordia.domain.problems import DocumentError
from concordia.domain.stewardship.checks import problems
from concordia.domain.stewardship.readable import as_text, read_aloud
from concordia.domain.stewardship.remarks import remarks
from fuzz.seeds import RECORD, XSD, document

MEMORY = 1 << 30
_RESULT = Draft202012Validator(result_schema())


class WrongError(AssertionError):
    """Raised for an answer that must not be."""


def main() -> int:
    """Read cases until there are no more."""
    take_limits(MEMORY, None, 1 << 30)
    for line in sys.stdin:
        given = json.loads(line)
        try:
            _read(given)
            answer = {"case": given["case"], "wrong": None}
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            steps = traceback.extract_tb(error.__traceback__)[-8:]
            said = "\n".join(f"  {step.filename}:{step.lineno} {step.name}" for step in steps)
            answer = {"case": given["case"], "wrong": f"{type(error).__name__}: {error}\n{said}"}
        print(json.dumps(answer), flush=True)
    return 0


def _read(given: dict[str, Any]) -> None:
    path = Path(given["path"])
    if given["target"] == "contract":
        _contract(path.read_bytes())
    elif given["target"] == "two-readers":
        _two_readers(path.read_bytes())
    else:
        _delivery(path, Path(given["contract"]).read_bytes(), given["case"])


def _contract(content: bytes) -> None:
    """A contract is read and told whole, or refused in words; what was read is written back without loss."""
    try:
        contract = read_contract(content.decode(errors="replace")).contract
    except DocumentError as error:
        if not all(problem.sentence(code) for problem in error.problems for code in ("nl", "en")):
            raise WrongError("a problem without words") from None
        return
    told = [problem.sentence("nl") for problem in [*problems(contract), *remarks(contract)]]
    told += [as_text(read_aloud(contract, code)) for code in ("nl", "en")]
    for item in contract.objects:
        plan_of(contract, item.name)
    again = read_contract(dump_contract(plain(contract))).contract
    if plain(again) != plain(contract):
        raise WrongError("written back with loss")


def _delivery(path: Path, contract: bytes, number: int) -> None:
    """A delivery gets a verdict, a sentence that it was not read, or one that it could not be finished."""
    text = contract.decode(errors="replace")
    try:
        name = read_contract(text).contract.objects[0].name
    except (DocumentError, IndexError):
        return
    temporary = path.with_name("temporary")
    temporary.mkdir()
    schema = path.with_name("agreed.xsd")
    schema.write_text(XSD, encoding="utf-8")
    job = {
        "kind": "check" if number % 7 else "survey",
        "files": [str(path)],
        "memory": 512 << 20,
        "disk": 1 << 30,
        "seconds": None,
        "threads": 1 + number % 2,
        "contract": text,
        "contract_sha256": "0" * 64,
        "object": name,
        "references": {},
        "server": None,
        "schema": str(schema) if number % 3 else None,
        "sample": 3,
        "profile": number % 4 == 0,
        "quarantine": None if number % 5 else {"form": "jsonl", "most": 10, "language": "nl"},
        "temporary": str(temporary),
    }
    try:
        answer = answer_of(job)
    finally:
        shutil.rmtree(temporary)
    if "result" in answer:
        _RESULT.validate(answer["result"])
    elif not answer.keys() & {"seen", "unfinished", "unread"}:
        raise WrongError(f"an answer that is none: {list(answer)}")


def _two_readers(content: bytes) -> None:
    """The fast reader of XML gives what the strict one gives."""
    record = xml_record(SchemaObject.model_validate(document()["schema"][0] | {"customProperties": RECORD}))
    if record is None:
        raise WrongError("no record")
    fast, strict = (_rows(content, record, fast=fast) for fast in (True, False))
    if fast != strict:
        raise WrongError(f"the readers differ: {str(fast)[:300]} and {str(strict)[:300]}")


def _rows(content: bytes, record: Any, *, fast: bool) -> Any:
    try:
        reading = Reading(io.BytesIO(content), [record], fast=fast)
        return [row for _, batch in reading for row in batch.to_pylist()]
    except XmlFaultError as error:
        return error.kind


if __name__ == "__main__":
    sys.exit(main())
