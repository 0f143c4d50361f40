"""Storage of proposals and decisions: a proposal is its author's until sent, then all partners see it."""

from functools import partial

from django.db import models
from django.db.models import Q

from concordia.kernel.ids import LENGTH, new_id
from concordia.kernel.scoping import Owned

Identifier = partial(models.CharField, max_length=LENGTH)


def _proposal_id() -> str:
    return new_id("pro")


def _paper_id() -> str:
    return new_id("pap")


def _amendment_id() -> str:
    return new_id("ame")


def _note_id() -> str:
    return new_id("not")


def _ballot_id() -> str:
    return new_id("bal")


def _decision_id() -> str:
    return new_id("dec")


class Proposal(Owned):
    """A question put before the partners, from draft to vote. Its state follows from its moments.

    `charter_version` is the version it finishes under. `rule` and `roll` (with weights and mandates) are
    copied when voting opens: later changes of people, weights or charter do not touch them. `paragraphs` is a
    list of texts. `consulted_at` is since when partners have these same papers: a new round of an unchanged
    text keeps that of the round before. A repeated vote is a proposal of its own, linked by `previous`.
    """

    id = Identifier(primary_key=True, default=_proposal_id)
    number = models.CharField(max_length=12, blank=True)
    title = models.CharField(max_length=200)
    question = models.TextField()
    why = models.TextField(blank=True)
    paragraphs = models.JSONField(default=list)
    procedure = models.SlugField(max_length=60)
    charter_version = models.CharField(max_length=LENGTH)
    subjects = models.JSONField(default=list)
    amount_cents = models.PositiveBigIntegerField(null=True)
    effective_date = models.DateField(null=True)
    urgent = models.BooleanField(default=False)
    urgent_reason = models.TextField(blank=True)
    subject = models.CharField(max_length=120, blank=True)
    subject_hash = models.CharField(max_length=64, blank=True)
    replaces = models.ForeignKey("Decision", models.PROTECT, null=True, related_name="replaced_in")
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="next_rounds")
    drafted_by_id = models.CharField(max_length=LENGTH)
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    consulted_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    extended = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    rule = models.JSONField(null=True)
    roll = models.JSONField(null=True)
    text_hash = models.CharField(max_length=64, blank=True)

    class Meta(Owned.Meta):
        ordering = ("-drafted_at", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("alliance_id", "number"), condition=~Q(number=""), name="one_proposal_per_number"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(sent_at__isnull=False),
                name="papers_are_sent_before_voting",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False),
                name="voting_opens_before_it_closes",
            ),
        )
        indexes = (models.Index(fields=("alliance_id", "closed_at"), name="proposals_by_state"),)


class Paper(Owned):
    """A file beside a proposal. The stored name is our own; the name people gave is a label only.

    `stored` is the paper whose file this is: rounds of one proposal share it. Empty: its own.
    """

    id = Identifier(primary_key=True, default=_paper_id)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    stored = models.CharField(max_length=LENGTH, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ("added_at", "id")

    @property
    def place(self) -> str:
        """Where the file lies in storage: under an id of ours, never under a name people gave."""
        return f"papers/{self.stored or self.id}"


class Amendment(Owned):
    """Another wording of one paragraph, by a partner, with the reason."""

    id = Identifier(primary_key=True, default=_amendment_id)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="amendments")
    paragraph = models.PositiveSmallIntegerField()
    old_text = models.TextField()
    new_text = models.TextField()
    reason = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    promoted = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+")

    class Meta(Owned.Meta):
        ordering = ("paragraph", "proposed_at", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(outcome__in=("", "accepted", "rejected", "promoted")),
                name="amendment_outcome_is_known",
            ),
        )


class Involvement(Owned):
    """A partner's impact note, private while it is written and shared when given, or its own waiver."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="involvements")
    note = models.TextField(blank=True)
    written_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    waived_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta(Owned.Meta):
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=("proposal", "owner_id"), name="one_involvement_per_partner"),
        )


class PartnerNote(Owned):
    """What people of one partner tell each other about a proposal. It never leaves their organization."""

    id = Identifier(primary_key=True, default=_note_id)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="notes")
    author_id = models.CharField(max_length=LENGTH)
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ("written_at", "id")


class Ballot(Owned):
    """Where a voter stands, by whom it was cast and how. An earlier one is kept with `replaced_at`.

    `rev` counts the ballots of a voter; `told_by_id` is on whose word a ballot was recorded; `mandate` is the
    mandate it was given under, as canonical JSON; `signed` when a key of the person stands behind it. Stepping
    aside is a ballot too: it can be changed likewise.
    """

    id = Identifier(primary_key=True, default=_ballot_id)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="ballots")
    voter = models.CharField(max_length=60)
    rev = models.PositiveIntegerField(default=1)
    choice = models.CharField(max_length=8)
    reason = models.TextField(blank=True)
    how = models.CharField(max_length=8)
    cast_by_id = models.CharField(max_length=LENGTH)
    cast_at = models.DateTimeField()
    told_by_id = models.CharField(max_length=LENGTH, blank=True)
    mandate = models.TextField(blank=True)
    to_ratify = models.BooleanField(default=False)
    ratified_at = models.DateTimeField(null=True)
    ratified_by_id = models.CharField(max_length=LENGTH, blank=True)
    replaced_at = models.DateTimeField(null=True)
    entry = models.PositiveBigIntegerField(null=True)
    signed = models.BooleanField(default=False)

    class Meta(Owned.Meta):
        ordering = ("cast_at", "rev", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("proposal", "voter"),
                condition=Q(replaced_at__isnull=True),
                name="one_current_ballot_per_voter",
            ),
            models.CheckConstraint(
                condition=Q(choice__in=("for", "against", "abstain", "block", "present", "recused")),
                name="ballot_choice_is_known",
            ),
            models.CheckConstraint(
                condition=Q(how__in=("mandate", "proxy", "recorded")), name="ballot_way_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(choice__in=("block", "recused")) | ~Q(reason=""), name="a_block_has_a_reason"
            ),
        )


class Proxy(Owned):
    """A voter lets somebody else vote on one proposal: one step, no chains, revocable."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="proxies")
    voter = models.CharField(max_length=60)
    to_id = models.CharField(max_length=LENGTH)
    granted_by_id = models.CharField(max_length=LENGTH)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ("granted_at", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("proposal", "voter"),
                condition=Q(revoked_at__isnull=True),
                name="one_proxy_per_voter",
            ),
        )


class Decision(Owned):
    """The outcome of a proposal. `search` repeats title, outcome and number with their stems, to be found.

    `tally` is the snapshot at closing: who was entitled, took part, was represented, and voted what.
    `subject_keys` are the subjects between commas (`,costs,data,`), to be filtered by; `proposer_id` is the
    partner that put it forward, empty for the people of the alliance as a whole.
    """

    id = Identifier(primary_key=True, default=_decision_id)
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision")
    number = models.CharField(max_length=12)
    verdict = models.CharField(max_length=14)
    lines = models.JSONField()
    tally = models.JSONField()
    title = models.CharField(max_length=200)
    body = models.SlugField(max_length=60)
    proposer_id = models.CharField(max_length=LENGTH, blank=True)
    subject_keys = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    outcome = models.TextField(blank=True)
    outcome_at = models.DateTimeField(null=True)
    outcome_owner_id = models.CharField(max_length=LENGTH, blank=True)
    review_date = models.DateField(null=True)
    effective_date = models.DateField(null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    search = models.TextField(blank=True)
    entry = models.PositiveBigIntegerField(null=True)

    class Meta(Owned.Meta):
        ordering = ("-decided_at", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=("alliance_id", "number"), name="one_decision_per_number"),
        )
        indexes = (models.Index(fields=("alliance_id", "-decided_at"), name="decisions_newest_first"),)


class Receipt(Owned):
    """A partner's own word on how it carries a decision out. Earlier words are kept; the newest counts."""

    id = models.BigAutoField(primary_key=True)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="receipts")
    state = models.CharField(max_length=8)
    word = models.TextField(blank=True)
    reported_by_id = models.CharField(max_length=LENGTH)
    reported_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ("reported_at", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=("adopted", "started", "done")), name="receipt_state_is_known"
            ),
        )
