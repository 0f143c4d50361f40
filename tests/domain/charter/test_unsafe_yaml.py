"""A charter in order is refused as soon as it uses what makes YAML unsafe, and for that reason only."""

from pathlib import Path

import pytest

from concordia.domain.charter import load_charter
from concordia.domain.problems import DocumentError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "charters" / "river-commission.yaml"
BASIS = "  basis: voluntary\n"


@pytest.mark.parametrize(
    "instead",
    [
        "  basis: voluntary\n  basis: voluntary\n",
        "  basis: !!python/name:os.system voluntary\n",
        "  basis: &basis voluntary\n  description: *basis\n",
    ],
    ids=["a key twice", "a tag", "an alias"],
)
def test_one_unsafe_line_is_the_one_fault(instead: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert load_charter(text)
    assert BASIS in text
    with pytest.raises(DocumentError) as refused:
        load_charter(text.replace(BASIS, instead))
    assert len(refused.value.problems) == 1
