"""Storage of alliances. An alliance owns what is joint, a partner its people, a person what is personal."""

from functools import partial

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from concordia.kernel.ids import LENGTH, new_id
from concordia.kernel.scoping import Owned

Identifier = partial(models.CharField, max_length=LENGTH)


def _alliance_id() -> str:
    return new_id("all")


def _partner_id() -> str:
    return new_id("par")


def _charter_id() -> str:
    return new_id("cha")


def _person_id() -> str:
    return new_id("per")


def _appointment_id() -> str:
    return new_id("app")


def _mandate_id() -> str:
    return new_id("man")


class Alliance(Owned):
    """A lasting partnership for a joint objective. It owns itself."""

    id = Identifier(primary_key=True, default=_alliance_id)
    key = models.SlugField(max_length=60, unique=True)
    name = models.JSONField()
    example = models.BooleanField(default=False)
    founded_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ("founded_at", "id")


class CharterVersion(Owned):
    """One version of the charter, whole, as the canonical JSON whose hash partners decide on.

    A draft is owned by who drafts it and private until it is put forward. `number` is given when it comes
    into force; `adopted_by` then names the decision, empty for the founding version.
    """

    id = Identifier(primary_key=True, default=_charter_id)
    number = models.PositiveIntegerField(null=True)
    source = models.TextField()
    content_hash = models.CharField(max_length=64)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    drafted_by_id = models.CharField(max_length=LENGTH, blank=True)
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    in_force_from = models.DateTimeField(null=True)
    adopted_by = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        # Drafts first: of those without a number, one database says that they come first and another last.
        ordering = (F("number").desc(nulls_first=True), "-drafted_at", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=("alliance_id", "number"), name="one_charter_version_per_number"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, in_force_from__isnull=True)
                | Q(number__isnull=False, in_force_from__isnull=False),
                name="charter_version_in_force_has_number_and_date",
            ),
        )


class Partner(Owned):
    """An organization that is party to the charter, in this alliance. Owned by itself, shared with all.

    `organization` is the legal identity (an OIN or another register number) under which the same
    organization may be found in its own alliances by its own people; it is never looked up by others.
    """

    id = Identifier(primary_key=True, default=_partner_id)
    key = models.SlugField(max_length=60)
    name = models.JSONField()
    place = models.PositiveSmallIntegerField()
    organization = models.CharField(max_length=80, blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ("place", "key")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(fields=("alliance_id", "key"), name="one_partner_per_key"),
        )


class Person(Owned):
    """Somebody in one alliance. The name is shared; the owner is the partner (or the alliance).

    `account_id` is empty until the person accepts the invitation. How to reach them is in `Contact`.
    """

    id = Identifier(primary_key=True, default=_person_id)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="people")
    name = models.CharField(max_length=120)
    account_id = models.CharField(max_length=LENGTH, blank=True, db_index=True)
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ("name", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("alliance_id", "account_id"),
                condition=~Q(account_id=""),
                name="one_person_per_account_and_alliance",
            ),
        )


class Contact(Owned):
    """How to reach a person: private to their own organization."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="contact")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta(Owned.Meta):
        indexes = (models.Index(Lower("email"), name="contact_by_email"),)


class PersonKey(Owned):
    """A public key with which a person signs, and the entry of the log (`origin`) that holds it.

    Who joins after `recorded_at` may not open that entry: the key is then recorded anew.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="keys")
    fingerprint = models.CharField(max_length=43)
    origin = models.CharField(max_length=255)
    entry = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                fields=("alliance_id", "person", "origin", "fingerprint"), name="one_entry_per_key_and_log"
            ),
        )


class Appointment(Owned):
    """A person holds a position for a period. Owned by the partner (or alliance) that appoints."""

    id = Identifier(primary_key=True, default=_appointment_id)
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    position = models.SlugField(max_length=60)
    level = models.CharField(max_length=12)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="appointments")
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    notice_given_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    handover = models.TextField(blank=True)
    succeeds = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")

    class Meta(Owned.Meta):
        ordering = ("from_date", "id")
        constraints = (
            *Owned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")),
                name="appointment_ends_after_it_starts",
            ),
        )


class Mandate(Owned):
    """What the holder of an appointment may decide for the partner: subjects, amount, until when."""

    id = Identifier(primary_key=True, default=_mandate_id)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="mandates")
    subjects = models.JSONField(default=list)
    limit_cents = models.PositiveBigIntegerField(null=True)
    from_date = models.DateField()
    until_date = models.DateField(null=True)
    text = models.TextField(blank=True)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ("-granted_at", "id")
