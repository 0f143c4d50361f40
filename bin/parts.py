"""The parts of an installation in CycloneDX 1.6, read from the lock; and whether a weakness of one is known.

bin/parts                        prints the list
bin/parts --weaknesses [--ask ADDRESS]
                                 0 none is known, 1 some are (named), 3 nobody could be asked
"""

import argparse
import json
import re
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements/run.txt"
OSV = "https://api.osv.dev/v1/querybatch"  # the database of Open Source Vulnerabilities
_LONGEST_ANSWER = 10_000_000  # bytes


@dataclass(frozen=True)
class Part:
    """A package of the lock: the SHA-256 of each of its files, and the parts that need it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its name in all lists of parts (package URL)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def parts(lock: Path = LOCK) -> Iterator[Part]:
    """Every package of a lock, in its order."""
    for block in re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8")):
        found = re.match(r"([\w.-]+)==([^\s;\\]+)", block)
        if found:
            needed = [
                line.split()[0] for line in re.findall(r"#\s+(?:via )?([\w.-].*)", block) if line != "via"
            ]
            hashes = re.findall(r"sha256:([0-9a-f]{64})", block)
            yield Part(found[1], found[2], tuple(hashes), tuple(needed))


def listed(found: list[Part]) -> dict[str, Any]:
    """The list as CycloneDX 1.6 has it. The same lock gives the same list."""
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    own = f"pkg:pypi/concordia@{version[1] if version else ''}"
    needs = {part.purl: [one.purl for one in found if part.name in one.needed_by] for part in found}
    needs[own] = [part.purl for part in found if "concordia" in part.needed_by]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "concordia",
                "version": own.rpartition("@")[2],
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            }
        },
        "components": [_component(part) for part in found],
        "dependencies": [{"ref": ref, "dependsOn": needed} for ref, needed in sorted(needs.items())],
    }


def _component(part: Part) -> dict[str, Any]:
    licence = _licence(part.name)
    files = [{"type": "distribution", "url": part.purl, "hashes": [_sha256(one)]} for one in part.hashes]
    known = {"licenses": [{"license": {"name": licence}}]} if licence else {}
    return {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "externalReferences": files,
    } | known


def _sha256(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest}


def _licence(name: str) -> str:
    """The licence as the package says it; empty where it is not installed here or says nothing short."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    says = told.get("License-Expression") or told.get("License") or ""
    classified = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if line.startswith("License")
    ]
    return says if says and "\n" not in says else ", ".join(classified)


def weaknesses(found: list[Part], address: str) -> dict[str, list[str]]:
    """The known weaknesses of each part that has one. Raises OSError or ValueError when nobody answers sensibly."""
    queries = [
        {"package": {"name": part.name, "ecosystem": "PyPI"}, "version": part.version} for part in found
    ]
    body = json.dumps({"queries": queries}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the address is given by hand
        results = json.loads(answer.read(_LONGEST_ANSWER))["results"]
    if len(results) != len(found):
        raise ValueError("the answer is about other parts than were asked")
    named = {
        part.purl: [one["id"] for one in result.get("vulns", ())]
        for part, result in zip(found, results, strict=True)
    }
    return {purl: ids for purl, ids in named.items() if ids}


def main(argv: list[str]) -> int:
    """Print the list, or what is known against it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--weaknesses", action="store_true")
    options.add_argument("--ask", default=OSV)
    asked, found = options.parse_args(argv), list(parts())
    if not asked.weaknesses:
        print(json.dumps(listed(found), indent=2))
        return 0
    try:
        known = weaknesses(found, asked.ask)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"Nobody could be asked about {len(found)} parts: {error}", file=sys.stderr)
        return 3
    for purl, ids in known.items():
        print(f"{purl}: {', '.join(ids)}")
    print(f"{len(found)} parts, {len(known)} with a known weakness.")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
