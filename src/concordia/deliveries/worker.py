"""The process that reads a delivery. It gets one job on its standard input and answers in lines of JSON.

Nothing it does reaches further than the files of the job: it binds itself to hard limits first, and its engine is
sandboxed. It may be killed at any moment; whoever started it says so and keeps nothing.
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from errno import ENOSPC
from pathlib import Path
from typing import Any

import duckdb

from concordia.deliveries.embedded.engine import Delivery, Options, check, unreadable
from concordia.deliveries.embedded.from_engine import WANT_OF_MEMORY
from concordia.deliveries.embedded.quarantine import Wanted
from concordia.deliveries.embedded.relation import said_by
from concordia.deliveries.embedded.survey import survey
from concordia.deliveries.files import NOTHING_AGREED, FileError, NoSchemaError, Source, open_source
from concordia.deliveries.limits import engine_memory, take_limits
from concordia.deliveries.outputs import FULL, QUARANTINE, is_full
from concordia.domain.checking.compile import plan_of, schema_rule
from concordia.domain.checking.messages import SchemaCheck
from concordia.domain.checking.result import Result, to_plain
from concordia.domain.checking.rules import Plan, SchemaRule
from concordia.domain.contracts.csv_form import Agreed, agreed_form
from concordia.domain.contracts.model import Contract, SchemaObject
from concordia.domain.contracts.reading import read_contract
from concordia.domain.contracts.xml_schema import schema_digest
from concordia.domain.texts import Text, both

# What the engine says when it gives up for want of means, and not because of the file.
_WANT = (duckdb.OutOfMemoryException, duckdb.InterruptException, MemoryError)


def main() -> int:
    """Read a job, do it, answer. The answer tells what happened, so that the exit status is always 0."""
    job = json.load(sys.stdin)
    take_limits(job["memory"], job["seconds"], job["disk"])
    _say(answer_of(job))
    return 0


def answer_of(job: dict[str, Any]) -> dict[str, Any]:
    """What a job comes to: a result or what was seen, or why there is none, under a word of its own."""
    try:
        return _surveyed(job) if job["kind"] == "survey" else {"result": to_plain(_result(job))}
    except NoSchemaError as error:
        return {"unread": error.text.plain()}
    except _WANT as error:
        return {"unfinished": _too_little(error).plain()}
    except OSError as error:
        return {"unfinished": _no_room(error).plain()}


def _surveyed(job: dict[str, Any]) -> dict[str, Any]:
    """What was seen in the columns of files, or why they could not be read."""
    temporary = Path(job["temporary"])
    try:
        sources = _opened(job["files"], temporary / "files", NOTHING_AGREED, job["disk"], ())
        seen = survey(sources, temporary, memory=engine_memory(job["memory"]), threads=job["threads"])
    except FileError as error:
        return {"unread": error.text.plain()}
    except _WANT:
        raise
    except duckdb.Error as error:
        _require_means(error)
        return {"unread": _damaged(error).plain()}
    return {"seen": [asdict(column) for column in seen]}


def _result(job: dict[str, Any]) -> Result:
    contract = read_contract(job["contract"]).contract
    identity = (contract.id, contract.version, job["contract_sha256"])
    plan = _plan(contract, job)
    temporary = Path(job["temporary"])
    agreed = agreed_form(contract, job["server"])
    messages = None
    try:
        wanted = [column.source for column in plan.columns]
        found = _opened(job["files"], temporary / "files", agreed, job["disk"], wanted)
        messages = _messages(found, job)
        sources = _laid_out(found, contract.object(job["object"]), temporary)
        references = {
            name: tuple(_opened(files, temporary / f"reference-{number}", NOTHING_AGREED, job["disk"], ()))
            for number, (name, files) in enumerate(job["references"].items())
        }
        wanted_rows = job["quarantine"]
        options = Options(
            engine_memory(job["memory"]),
            job["threads"],
            sample=job["sample"],
            profile=job["profile"],
            quarantine=Wanted(temporary / QUARANTINE, **wanted_rows) if wanted_rows else None,
        )
        delivery = Delivery(plan, tuple(sources), references, messages)
        result = check(delivery, identity, temporary, options, _progress)
    except NoSchemaError:
        raise
    except FileError as error:
        result = unreadable(plan, identity, job["files"], error.text, messages)
    except _WANT:
        raise
    except duckdb.Error as error:
        _require_means(error)
        result = unreadable(plan, identity, job["files"], _damaged(error), messages)
    return _with_schema(result, messages, schema_digest(contract))


def _plan(contract: Contract, job: dict[str, Any]) -> Plan:
    """What the contract asks, and that messages follow a schema that was given without being asked for."""
    plan = plan_of(contract, job["object"])
    if job["schema"] is None or any(isinstance(rule, SchemaRule) for rule in plan.rules):
        return plan
    given = schema_rule(plan.object, Path(job["schema"]).name)
    return replace(plan, rules=(plan.rules[0], given, *plan.rules[1:]))


def _messages(sources: list[Source], job: dict[str, Any]) -> SchemaCheck | None:
    """What the messages have that the schema has not; None where there are messages and no schema was given."""
    if not any(source.form == "xml" for source in sources):
        return SchemaCheck(0)
    if job["schema"] is None:
        return None

    from concordia.deliveries.schemas import held_against

    _progress("schema", 0, 1)
    return held_against(Path(job["schema"]), sources, sample=job["sample"])


def _with_schema(result: Result, messages: SchemaCheck | None, agreed: str | None) -> Result:
    """The result with the schema that was used, what it cost, and whether the contract was made of another."""
    if messages is None or not messages.files:
        return result
    remarks = result.remarks
    if agreed not in (None, messages.files[0].sha256):
        other = both(
            "Het meegegeven XML-schema is een ander bestand dan dat waarvan het contract is gemaakt.",
            "The XML Schema that was given is another file than the one that the contract was made of.",
        )
        remarks = (*remarks, other)
    run = (*result.run, ("schemaSeconds", f"{max(messages.seconds, 0.01):.2f}"))
    return replace(result, schemas=messages.files, remarks=remarks, run=run)


def _laid_out(sources: list[Source], item: SchemaObject, temporary: Path) -> list[Source]:
    """XML as tables; what that takes is loaded only then, since it takes memory of every other check."""
    if not any(source.form == "xml" for source in sources):
        return sources

    from concordia.deliveries.staging import staged

    return staged(sources, item, temporary)


def _opened(
    paths: list[str], temporary: Path, agreed: Agreed, most: int, wanted: Sequence[str]
) -> list[Source]:
    temporary.mkdir(parents=True, exist_ok=True)
    found: list[Source] = []
    for number, path in enumerate(paths):
        place = temporary / str(number)
        place.mkdir()
        found += open_source(Path(path), place, agreed, most, wanted)
    return found


def _progress(stage: str, done: int, of: int) -> None:
    _say({"progress": [stage, done, of]})


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=True), flush=True)


def _damaged(error: duckdb.Error) -> Text:
    said = said_by(error)
    return both(
        f"Een bestand is beschadigd of anders dan het lijkt. De lezer meldt: {said}",
        f"A file is damaged, or other than it seems. The reader says: {said}",
    )


def _too_little(error: BaseException) -> Text:
    if isinstance(error, duckdb.InterruptException):
        return both("De controle is onderbroken.", "The check was interrupted.")
    return both(
        "Het geheugen was te klein voor deze levering. Geef meer met --memory, bijvoorbeeld --memory 2GB.",
        "There was too little memory for this delivery. Give more with --memory, for example --memory 2GB.",
    )


def _require_means(error: duckdb.Error) -> None:
    """Raise what the engine really lacked, where it was memory or room and not a proper file."""
    if any(words in str(error) for words in WANT_OF_MEMORY):
        raise duckdb.OutOfMemoryException(str(error)) from error
    if _is_full(error):
        raise OSError(ENOSPC, os.strerror(ENOSPC)) from error


def _is_full(error: duckdb.Error) -> bool:
    """Whether the engine could not write what it puts aside."""
    full = (os.strerror(number) for number in FULL)
    return isinstance(error, duckdb.IOException) and any(words in str(error) for words in full)


def _no_room(error: OSError) -> Text:
    if is_full(error):
        return both(
            "De controle kon niet worden afgemaakt: er is geen ruimte meer op de schijf. "
            "Maak ruimte, of wijs met TMPDIR een map op een andere schijf aan, en probeer het opnieuw.",
            "The check could not be finished: there is no room left on the disk. "
            "Make room, or name a folder on another disk with TMPDIR, and try again.",
        )
    return both(
        f"De controle kon niet verder: {error.strerror or error}. Maak ruimte en probeer het opnieuw.",
        f"The check could not go on: {error.strerror or error}. Make room and try again.",
    )


if __name__ == "__main__":
    sys.exit(main())
