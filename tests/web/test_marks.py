"""The mark and the pictures stay legible however many partners there are."""

import re
from types import SimpleNamespace

from concordia.web.shared.marks import bodies_drawing, braid


def test_the_strands_of_a_braid_are_finer_the_more_there_are() -> None:
    widths = [float(re.findall(r'stroke-width="([\d.]+)"', braid(count))[0]) for count in (3, 5, 8)]
    assert widths == sorted(widths, reverse=True)
    assert widths[2] * 8 < 26  # together less than the height of the cord: it does not become a block


def test_no_strand_crosses_the_name_of_a_level_on_a_phone() -> None:
    body = SimpleNamespace(key="board", title="Bestuur", level="strategic")
    narrow = bodies_drawing([body], range(8)).split('<svg class="drawing narrow"')[1]
    firsts = [float(x) for x in re.findall(r'draw-strand [^"]*" d="M([\d.]+)', narrow)]
    assert len(firsts) == 8
    assert min(firsts) > 95  # the longest, “Operational”, is about 80 wide
