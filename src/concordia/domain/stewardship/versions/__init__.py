"""Two versions of a contract compared: each change, for whom it breaks and why (C41)."""

from concordia.domain.stewardship.versions.comparing import Comparison, compare
from concordia.domain.stewardship.versions.model import Change, Kind, Party

__all__ = ["Change", "Comparison", "Kind", "Party", "compare"]
