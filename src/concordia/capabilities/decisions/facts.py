"""What happened to proposals and decisions, as the register keeps it: past tense, people behind commitments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from concordia.capabilities.alliances.facts import Happened as InAlliance
from concordia.capabilities.ledger.facts import Attached, Fact
from concordia.domain.canonical import canonical_json
from concordia.kernel.access import Access


@dataclass(frozen=True, slots=True)
class Happened(InAlliance):
    """A fact with its revision and the files that belong to it."""

    rev: int = 1
    attachments: tuple[Attached, ...] = ()

    def recorded_by(self, access: Access, audience: tuple[str, ...]) -> Fact:
        """The entry of the register (see alliances.facts)."""
        fact = InAlliance.recorded_by(self, access, audience)
        return replace(fact, rev=self.rev, attachments=self.attachments)


def proposal_drafted(proposal: str, title: str) -> Happened:
    """A draft was begun; in the private log of its organization only."""
    return Happened("proposal.drafted", proposal, {"title": title})


def note_written(proposal: str) -> Happened:
    """People of one partner noted something for themselves; in their private log only."""
    return Happened("note.written", proposal)


def proposal_sent(
    proposal: str, number: str, title: str, text_hash: str, question: str, papers: tuple[Attached, ...]
) -> Happened:
    """All partners got the same papers at the same minute."""
    texts = {"number": number, "title": title, "text": text_hash, "question": question}
    return Happened("proposal.sent", proposal, texts, attachments=papers)


def amendment_proposed(proposal: str, paragraph: int, text: str, reason: str) -> Happened:
    """A partner put another wording of a paragraph beside the first."""
    texts = {"paragraph": str(paragraph + 1), "text": text}
    return Happened("amendment.proposed", proposal, texts | ({"reason": reason} if reason else {}))


def amendment_settled(proposal: str, paragraph: int, outcome: str, text_hash: str) -> Happened:
    """An amendment was accepted, rejected or promoted to a proposal of its own."""
    texts = {"paragraph": str(paragraph + 1), "outcome": outcome, "text": text_hash}
    return Happened("amendment.settled", proposal, texts)


def impact_given(proposal: str, note: str) -> Happened:
    """A partner told beforehand what the proposal means for it."""
    return Happened("impact.given", proposal, {"note": note})


def involvement_waived(proposal: str, reason: str) -> Happened:
    """A partner gave up its own period of involvement."""
    return Happened("involvement.waived", proposal, {"reason": reason})


def voting_opened(
    proposal: str, text_hash: str, rule: Mapping[str, Any], roll: Sequence[Mapping[str, Any]], urgent: str
) -> Happened:
    """Voting began under this rule, for these voters with these weights; `urgent` tells why in haste."""
    texts = {
        "text": text_hash,
        "rule": canonical_json({"procedure": dict(rule)}, multiline=True).decode(),
        "roll": canonical_json({"voters": list(roll)}, multiline=True).decode(),
    }
    return Happened("voting.opened", proposal, texts | ({"urgent": urgent} if urgent else {}))


def voting_extended(proposal: str, until: str) -> Happened:
    """The term of a vote was extended."""
    return Happened("voting.extended", proposal, {"until": until})


def proxy_granted(proposal: str, voter: str, to: str, name: str) -> Happened:
    """A voter let somebody else vote for it."""
    return Happened("proxy.granted", proposal, {"voter": voter}, {"person": (to, name)})


def proxy_revoked(proposal: str, voter: str) -> Happened:
    """A voter took a proxy back."""
    return Happened("proxy.revoked", proposal, {"voter": voter})


def vote_text(vote: Mapping[str, Any]) -> str:
    """What a vote says, whole, as the register commits to it and as its voter signs it."""
    return canonical_json(dict(vote)).decode()


def ballot_cast(
    proposal: str, vote: Mapping[str, Any], reason: str, how: str, people: Mapping[str, tuple[str, str]]
) -> Happened:
    """A voter took position. `vote` is what it says, whole (trust.md 4.1): log, decision, rev, text-hash,
    choice, mandate. `people` are who cast or recorded it and, when recorded, on whose word; where it was
    signed, `assertion` is theirs too.
    """
    texts = {"vote": vote_text(vote), "how": how}
    return Happened(
        "ballot.cast", proposal, texts | ({"reason": reason} if reason else {}), dict(people), rev=vote["rev"]
    )


def ballot_ratified(proposal: str, voter: str, rev: int, person: str, name: str) -> Happened:
    """A vote given beyond a mandate was ratified by the partner."""
    return Happened("ballot.ratified", proposal, {"voter": voter}, {"person": (person, name)}, rev=rev)


def decision_taken(
    decision: str, verdict: str, number: str, title: str, snapshot: Mapping[str, Any]
) -> Happened:
    """Voting closed with a verdict; `snapshot` tells who was entitled, took part, and voted what, and why."""
    whole = canonical_json(dict(snapshot), multiline=True).decode()
    texts = {"number": number, "title": title, "verdict": verdict, "snapshot": whole}
    return Happened(f"decision.{verdict}", decision, texts)


def decision_replaced(decision: str, number: str) -> Happened:
    """A later decision took the place of this one."""
    return Happened("decision.replaced", decision, {"by": number})


def outcome_written(decision: str, outcome: str, dates: Mapping[str, str], owner: str, name: str) -> Happened:
    """The chair wrote down what was decided, who sees to it and when it is looked at again."""
    return Happened("outcome.written", decision, {"outcome": outcome, **dates}, {"owner": (owner, name)})


def receipt_reported(decision: str, state: str, word: str) -> Happened:
    """A partner told how far it is with carrying a decision out."""
    return Happened("receipt.reported", decision, {"state": state} | ({"word": word} if word else {}))


def proposal_withdrawn(proposal: str) -> Happened:
    """A proposal was taken back before it was decided."""
    return Happened("proposal.withdrawn", proposal)
