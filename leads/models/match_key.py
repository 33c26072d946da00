"""The keys by which leads that may be one find each other, kept for all that were compared."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class MatchKeys(models.Model):
    """Keys of one kind of many leads, sorted, in two packed arrays: 8 bytes a key.

    A row for each key would be ten times as much, and as slow to write. A row holds those of one
    bucket, by the key's first bits; new leads add rows, and small ones are put together now and
    then (`leads.dedup.key_store`). A key may outlive the value that it was made of: what it finds
    is looked at before anything is said. Rows that were written together have one `first_lead` and
    `last_lead`.
    """

    import_run_id = models.BigIntegerField(
        null=True, help_text="Of the import whose leads' keys these are; null once put together."
    )
    kind = models.SmallIntegerField(help_text="The place in leads.dedup.keys.KINDS.")
    bucket = models.SmallIntegerField()
    number = models.IntegerField(help_text="How many keys.")
    first_lead = models.BigIntegerField(help_text="No lead's id is lower.")
    last_lead = models.BigIntegerField(help_text="None is higher.")
    keys = models.BinaryField(help_text="Unsigned 32-bit numbers, rising.")
    leads = models.BinaryField(help_text="For each key its lead's id less first_lead, 32 bits.")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "bucket"], name="match_keys_bucket"),
            models.Index(fields=["import_run_id"], name="match_keys_import"),
        ]
        # Keys made otherwise, by other code, would be found by nobody.
        constraints = [
            models.CheckConstraint(condition=Q(bucket__range=(0, 63)), name="match_keys_buckets")
        ]

    def __str__(self) -> str:
        return f"{self.number} keys of kind {self.kind}, bucket {self.bucket}"


class MatchAtoms(models.Model):
    """The parts of the keys of up to 4,096 leads, packed (`leads.dedup.atom_store`).

    What is kept of a lead that was corrected since stands in a later row.
    """

    import_run_id = models.BigIntegerField(
        null=True, help_text="Of the import whose leads these are; null of leads corrected since."
    )
    chunk = models.BigIntegerField(help_text="The first bits of the leads' ids.")
    leads = models.BinaryField(help_text="The ids, rising, 64 bits each.")
    atoms = models.BinaryField(help_text="For each lead a row of what leads.dedup.glance sees.")

    class Meta:
        indexes = [
            models.Index(fields=["chunk"], name="match_atoms_chunk"),
            models.Index(fields=["import_run_id"], name="match_atoms_import"),
        ]

    def __str__(self) -> str:
        return f"parts of keys, chunk {self.chunk}"


class MatchAgain(models.Model):
    """A lead that is to be compared again: its data were corrected, or it stands for itself now."""

    lead_id = models.BigIntegerField(primary_key=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"lead {self.lead_id}"
