"""The charter: what the partners agreed, one versioned document that the software executes (C6)."""

from concordia.domain.charter.chairs import chair_partner, chair_until
from concordia.domain.charter.composition import Breach, breaches
from concordia.domain.charter.covenant import read_covenant
from concordia.domain.charter.diff import Change, SectionDiff, charter_diff
from concordia.domain.charter.load import (
    SECTIONS,
    Section,
    canonical_charter,
    charter_hash,
    check_charter,
    dump_json,
    dump_section,
    dump_yaml,
    json_schema,
    load_charter,
    replace_section,
    stored_charter,
)
from concordia.domain.charter.model import Body, Charter, Partner, Position
from concordia.domain.charter.places import example_voters, places
from concordia.domain.charter.readable import Block, BodyWords, Chapter, Document, read_bodies, read_charter
from concordia.domain.charter.words import procedure_sentences

__all__ = [
    "SECTIONS",
    "Block",
    "Body",
    "BodyWords",
    "Breach",
    "Change",
    "Chapter",
    "Charter",
    "Document",
    "Partner",
    "Position",
    "Section",
    "SectionDiff",
    "breaches",
    "canonical_charter",
    "chair_partner",
    "chair_until",
    "charter_diff",
    "charter_hash",
    "check_charter",
    "dump_json",
    "dump_section",
    "dump_yaml",
    "example_voters",
    "json_schema",
    "load_charter",
    "places",
    "procedure_sentences",
    "read_bodies",
    "read_charter",
    "read_covenant",
    "replace_section",
    "stored_charter",
]
