"""Tables of the register (trust.md 4.1, Tables): append-only by trigger, except a log's size.

They have a rule of their own beside the common one: a shared log is seen by the people of its alliance, a
private log by the people of its partner, an opening by the parties its entry names.
"""

from functools import partial

from django.db import models
from django.db.models import Q

from concordia.kernel.ids import LENGTH, new_id
from concordia.kernel.scoping import Owned

Identifier = partial(models.CharField, max_length=LENGTH)


def _log_id() -> str:
    return new_id("log")


class Log(Owned):
    """One log: shared by an alliance, or private to a partner.

    `stopped` says why nothing may be appended (facts.stop_reason reads it), empty while all is well. `vkeys`
    repeats the signer's public keys, a line each, once something was signed. `head_at` is when the weekly
    commitment to a private log's head was last recorded in the shared log.
    """

    id = Identifier(primary_key=True, default=_log_id)
    origin = models.CharField(max_length=255, unique=True)
    epoch = models.PositiveSmallIntegerField(default=1)
    size = models.PositiveBigIntegerField(default=0)
    stopped = models.TextField(blank=True)
    vkeys = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    head_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("alliance_id", "owner_id", "epoch"), name="one_log_per_owner_and_epoch"
            ),
        )


class Leaf(models.Model):
    """Entry `n` of a log: the bytes that are hashed. The other columns repeat what they say, to find them."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="leaves")
    n = models.PositiveBigIntegerField()
    bytes = models.BinaryField()
    kind = models.CharField(max_length=60)
    obj = models.CharField(max_length=LENGTH)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("log", "n"), name="one_leaf_per_index"),)
        indexes = (models.Index(fields=("log", "obj", "n"), name="leaves_of_an_object"),)


class Node(models.Model):
    """The hash of the complete subtree `index` of 2**level leaves."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="nodes")
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("log", "level", "index"), name="one_node_per_subtree"),
        )


class Checkpoint(models.Model):
    """The root at a size, and the signed note once the signer gave it."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.BinaryField()
    note = models.BinaryField(default=bytes)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("log", "size"), name="one_checkpoint_per_size"),)


class WitnessKey(Owned):
    """The key with which a partner's witness countersigns; registered by that partner."""

    id = models.BigAutoField(primary_key=True)
    vkey = models.CharField(max_length=300)
    registered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("alliance_id", "owner_id"),
                condition=Q(retired_at__isnull=True),
                name="one_witness_key_per_partner",
            ),
        )


class Cosignature(Owned):
    """A partner's word that its witness saw the log at a size, unchanged since before, and the proof."""

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, models.PROTECT, related_name="cosignatures")
    size = models.PositiveBigIntegerField()
    line = models.TextField()
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("log", "owner_id", "size"), name="one_cosignature_per_partner_and_size"
            ),
        )


class Opening(models.Model):
    """What stands behind a commitment, encrypted under its subject's key."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="openings")
    n = models.PositiveBigIntegerField()
    field = models.CharField(max_length=128)
    salt = models.BinaryField()
    sealed = models.BinaryField()
    subject = models.CharField(max_length=LENGTH, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("log", "n", "field"), name="one_opening_per_field"),)
