"""Votes that their voters signed: verified with the keys that the log itself recorded before."""

from collections.abc import Mapping
from hashlib import sha256

from concordia.domain.assertions import Assertion, SigningKey, check
from concordia.domain.canonical import parse_canonical
from concordia.domain.faults import RegisterError
from concordia.domain.leaves import Leaf
from concordia.verifier.report import LogReport, VoterKey

KEY, BALLOT = "key.recorded", "ballot.cast"


class VoteChecks:
    """Checks the signatures under votes while the opened entries pass by (docs/register-format.md, section 9)."""

    def __init__(self, origin: str, report: LogReport) -> None:
        self._origin = origin
        self._report = report
        self._keys: dict[int, SigningKey | None] = {}
        self._last: dict[tuple[str, str], int] = {}

    def expect_key(self, n: int) -> None:
        """Entry `n` records a key, which may be opened or not: who joined later was not among its parties."""
        self._keys[n] = None

    def check(self, leaf: Leaf, values: Mapping[str, str]) -> None:
        """Check an entry with the values that were opened of it."""
        if leaf.kind == KEY:
            self._keep_key(leaf.n, values)
        elif leaf.kind == BALLOT and leaf.commitment("assertion") is not None:
            self._check_vote(leaf, values)

    def _keep_key(self, n: int, values: Mapping[str, str]) -> None:
        if "public-key" not in values:
            return
        try:
            key = SigningKey.from_json(values["public-key"])
        except RegisterError as error:
            self._report.fail_for(n, "signature", error)
            return
        self._keys[n] = key
        self._report.voter_keys.append(VoterKey(n, values.get("person", "–"), key.fingerprint))

    def _check_vote(self, leaf: Leaf, values: Mapping[str, str]) -> None:
        try:
            self._report.signed_votes += self._holds(leaf, values)
        except RegisterError as error:
            self._report.fail_for(leaf.n, "signature", error)

    def _holds(self, leaf: Leaf, values: Mapping[str, str]) -> bool:
        """Whether the signature holds; False where too little is opened to tell. Raises RegisterError."""
        if not {"assertion", "vote", "subjects"} <= set(values):
            self._report.unchecked_votes += 1
            return False
        assertion = Assertion.from_json(values["assertion"])
        if assertion.key not in self._keys:
            raise RegisterError(
                "De handtekening noemt geen eerder vastgelegde sleutel.",
                "The signature names no key that was recorded before.",
            )
        key = self._keys[assertion.key]
        if key is None:
            self._report.unchecked_votes += 1
            return False
        self._require_own(leaf, key, values)
        check(key, assertion, values["vote"])
        return True

    def _require_own(self, leaf: Leaf, key: SigningKey, values: Mapping[str, str]) -> None:
        """What was signed is this very vote, in this place, by whom the entry says. Raises RegisterError."""
        vote, subjects = (
            parse_canonical(values["vote"].encode()),
            parse_canonical(values["subjects"].encode()),
        )
        if subjects.get("person") != key.person:
            raise RegisterError(
                "De stem is ondertekend door een ander dan de regel zegt.",
                "The vote was signed by another person than the entry says.",
            )
        voter = vote.get("voter")
        place = (vote.get("log"), vote.get("decision"), vote.get("rev"))
        if place != (self._origin, leaf.obj, leaf.rev) or not isinstance(voter, str) or vote["rev"] is True:
            raise RegisterError(
                "De ondertekende stem hoort bij een andere regel.",
                "The signed vote belongs to another entry.",
            )
        reason = values.get("reason")
        has_reason = leaf.commitment("reason") is not None
        if has_reason != ("reason-hash" in vote) or (
            reason is not None and vote["reason-hash"] != sha256(reason.encode()).hexdigest()
        ):
            raise RegisterError(
                "De reden is een andere dan die werd ondertekend.", "The reason is another than was signed."
            )
        if leaf.rev <= self._last.get((leaf.obj, voter), 0):
            raise RegisterError(
                "Deze stemmer tekende vóór deze regel al een latere stem.",
                "This voter had signed a later vote before this entry.",
            )
        self._last[leaf.obj, voter] = leaf.rev
