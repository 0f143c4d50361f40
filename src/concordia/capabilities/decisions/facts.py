"""What happened to a proposal, as the register keeps it."""

from collections.abc import Mapping

from concordia.capabilities.alliances.facts import Happened
from concordia.domain.canonical import canonical_json


def proposal_drafted(proposal: str, title: str) -> Happened:
    """A draft was begun; in the private log of its organization only."""
    return Happened("proposal.drafted", proposal, {"title": title})


def note_written(proposal: str) -> Happened:
    """People of one partner noted something for themselves; in their private log only."""
    return Happened("note.written", proposal)


def proposal_sent(proposal: str, number: str, title: str, text_hash: str, question: str) -> Happened:
    """All partners got the same papers at the same minute."""
    texts = {"number": number, "title": title, "text": text_hash, "question": question}
    return Happened("proposal.sent", proposal, texts)


def amendment_proposed(proposal: str, paragraph: int, text: str) -> Happened:
    """A partner put another wording of a paragraph beside the first."""
    return Happened("amendment.proposed", proposal, {"paragraph": str(paragraph + 1), "text": text})


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


def voting_opened(proposal: str, text_hash: str, rule: Mapping[str, object], roll: list[str]) -> Happened:
    """Voting began under this rule, for these voters."""
    texts = {
        "text": text_hash,
        "rule": canonical_json({"procedure": dict(rule)}).decode(),
        "voters": ", ".join(roll),
    }
    return Happened("voting.opened", proposal, texts)


def voting_extended(proposal: str, until: str) -> Happened:
    """The term of a vote was extended."""
    return Happened("voting.extended", proposal, {"until": until})


def proxy_granted(proposal: str, voter: str, to: str, name: str) -> Happened:
    """A voter let somebody else vote for it."""
    return Happened("proxy.granted", proposal, {"voter": voter}, {"person": (to, name)})


def proxy_revoked(proposal: str, voter: str) -> Happened:
    """A voter took a proxy back."""
    return Happened("proxy.revoked", proposal, {"voter": voter})


def ballot_cast(
    proposal: str, ballot: Mapping[str, str], reason: str, person: str, name: str, how: str
) -> Happened:
    """A voter took position. `ballot` is what the vote says, whole: decision, text hash, choice, mandate."""
    texts = {"vote": canonical_json(dict(ballot)).decode(), "how": how}
    if reason:
        texts["reason"] = reason
    return Happened("ballot.cast", proposal, texts, {"person": (person, name)})


def ballot_ratified(proposal: str, voter: str) -> Happened:
    """A vote given beyond a mandate was ratified by the partner."""
    return Happened("ballot.ratified", proposal, {"voter": voter})


def decision_taken(decision: str, verdict: str, number: str, title: str, snapshot: str) -> Happened:
    """Voting closed with a verdict; `snapshot` tells who was entitled, took part, and voted what."""
    texts = {"number": number, "title": title, "verdict": verdict, "snapshot": snapshot}
    return Happened(f"decision.{verdict}", decision, texts)


def outcome_written(decision: str, outcome: str, owner: str, name: str) -> Happened:
    """The chair wrote down what was decided, and who sees to it."""
    return Happened("outcome.written", decision, {"outcome": outcome}, {"owner": (owner, name)})


def receipt_reported(decision: str, state: str, word: str) -> Happened:
    """A partner told how far it is with carrying a decision out."""
    return Happened("receipt.reported", decision, {"state": state, "word": word})


def proposal_withdrawn(proposal: str) -> Happened:
    """A proposal was taken back before it was decided."""
    return Happened("proposal.withdrawn", proposal)
