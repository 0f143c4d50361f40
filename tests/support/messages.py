"""XML messages drawn at random, and the plainest way to read them: the whole tree, looked through for each value."""

from collections.abc import Callable, Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from concordia.domain.contracts.xml_mapping import Steps, XmlColumn, XmlPlace, XmlRecord

NAMES = ["a", "b", "{urn:x}a", "{urn:x}c"]
ATTRIBUTES = ["p", "q", "{urn:y}p"]
TEXTS = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=6) | st.sampled_from(
    ["", " ", "12", "a > b", "&<>", "é", " x ", "0123456789 0123456789"]
)
WIDE = TEXTS | st.sampled_from(["€", "\U0001f600", "\u0085x\u2028"])


class Refused(Exception):  # noqa: N818 - what it is called in the tests
    """Raised for a message that has a value twice, or after the rows it belongs to."""


type Element = tuple[str, dict[str, str], list["Element | str"]]


@st.composite
def elements(draw: Callable, name: str = "r", depth: int = 0, texts: st.SearchStrategy = WIDE) -> Element:
    """An element with attributes, and either text or elements, sometimes both."""
    attributes = draw(st.dictionaries(st.sampled_from(ATTRIBUTES), texts, max_size=2))
    if depth >= 3 or (depth and draw(st.integers(0, 2)) == 0):
        return name, attributes, [draw(texts)]
    names = draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=draw(st.booleans())))
    parts: list[Element | str] = [draw(elements(child, depth + 1, texts)) for child in names]
    if draw(st.integers(0, 9)) == 0:
        parts.insert(0, draw(texts))
    return name, attributes, parts


def _paths(least: int, most: int) -> st.SearchStrategy[Steps]:
    return st.lists(st.sampled_from(NAMES), min_size=least, max_size=most).map(tuple)


@st.composite
def records(draw: Callable) -> XmlRecord:
    """How some rows stand in such messages."""
    found = [("r", *path) for path in draw(st.lists(_paths(0, 2), min_size=1, max_size=2, unique=True))]
    roots = [one for one in found if not any(one != two and one[: len(two)] == two for two in found)]
    attribute = st.none() | st.sampled_from(ATTRIBUTES)
    own = st.builds(XmlPlace, st.just("own"), _paths(0, 2), attribute)
    outer = st.builds(XmlPlace, st.just("outer"), _paths(0, 3).map(lambda path: ("r", *path)), attribute)
    number = st.just(XmlPlace("number", ())) | st.builds(
        XmlPlace, st.just("number"), _paths(0, 2).map(lambda path: ("r", *path))
    )
    holder = st.just([XmlPlace("holder", ())])
    places = (
        holder
        | st.lists(own, min_size=1, max_size=2)
        | st.lists(outer, min_size=1, max_size=2)
        | st.tuples(number)
    )
    columns = draw(st.lists(st.tuples(places, st.booleans()), min_size=1, max_size=5))
    columns = [(_possible(places, roots), flag) for places, flag in columns]
    made = tuple(XmlColumn(f"c{at}", tuple(places), flag) for at, (places, flag) in enumerate(columns))
    return XmlRecord("rows", tuple(roots), made)


def _possible(places: list[XmlPlace], roots: list[Steps]) -> list[XmlPlace]:
    """Without the text of an element that holds a record: a contract may not ask that."""
    holds = [
        place.kind == "outer"
        and not place.attribute
        and any(root[: len(place.steps)] == place.steps != root for root in roots)
        for place in places
    ]
    return list(dict.fromkeys(place for place, is_held in zip(places, holds, strict=True) if not is_held))


def written(element: Element, draw: Callable[[int], int], *, plain: bool) -> str:
    """The message as text; `draw(n)` chooses one of n ways wherever there are several."""
    return _element(element, ' xmlns:x="urn:x" xmlns:y="urn:y"', draw, plain)


def _element(element: Element, more: str, draw: Callable[[int], int], plain: bool) -> str:
    name, attributes, parts = element
    written_name = _prefixed(name)
    shown = [
        f"{' ' * (1 + draw(2))}{_prefixed(key)}={_quoted(value, draw)}" for key, value in attributes.items()
    ]
    head = f"{written_name}{more}{''.join(shown)}{' ' * draw(2)}"
    inside = "".join(
        _text(part, draw, plain)
        if isinstance(part, str)
        else _blank(draw, plain) + _element(part, "", draw, plain)
        for part in parts
    )
    if not inside and draw(2):
        return f"<{head}/>"
    return f"<{head}>{inside}</{written_name}{' ' * draw(2)}>"


def _prefixed(name: str) -> str:
    return name.replace("{urn:x}", "x:").replace("{urn:y}", "y:")


def _quoted(value: str, draw: Callable[[int], int]) -> str:
    quote = "'\""[draw(2)]
    return quote + escape(value, {"'": "&#39;", '"': "&quot;"}) + quote


def _blank(draw: Callable[[int], int], plain: bool) -> str:
    ways = ["", "\n  ", "\r\n", "\t", "<!-- a <b> & -->", "<?do it?>"]
    return ways[draw(4 if plain else 6)]


def _text(text: str, draw: Callable[[int], int], plain: bool) -> str:
    way = draw(4 if plain else 7)
    if way == 1:
        return "".join(f"&#{ord(sign)};" for sign in text)
    if way == 2:
        return "".join(f"&#x{ord(sign):x};" for sign in text)
    if way == 4 and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    if way == 5:
        return escape(text[:2]) + "<!-- > -->" + escape(text[2:])
    return escape(text)


def obvious_rows(data: bytes, record: XmlRecord) -> list[dict[str, str | None]]:
    """The rows of a message, read without haste. Raises Refused."""
    root = ElementTree.fromstring(data)
    chains = list(_chains(root, ()))
    order = {chain[-1]: at for at, chain in enumerate(chains)}
    found = [chain for chain in chains if _path(chain) in record.records]
    _check_once(record, chains)
    return [
        {column.name: _value(column, chain, chains, order, record) for column in record.columns}
        for chain in found
    ]


def _check_once(record: XmlRecord, chains: list) -> None:
    """What stands around records stands there once, also where no record follows."""
    for column in record.columns:
        for here in record.records if all(place.kind in ("own", "outer") for place in column.places) else ():
            own, outer = _in_reach(column, here)
            scopes = [chain for chain in chains if outer and not own and _path(chain) == outer[0]]
            if any(len(_found(chain, outer[1], outer[2], chains)) > 1 for chain in scopes):
                raise Refused


def _chains(element: ElementTree.Element, above: tuple) -> Iterator[tuple]:
    chain = (*above, element)
    yield chain
    for child in element:
        yield from _chains(child, chain)


def _path(chain: tuple) -> Steps:
    return tuple(element.tag for element in chain)


def _value(column: XmlColumn, chain: tuple, chains: list, order: dict, record: XmlRecord) -> str | None:
    if column.places and column.places[0].kind == "holder":
        return chain[-2].tag.rpartition("}")[2] if len(chain) > 1 else None
    numbers = [place.steps for place in column.places if place.kind == "number"]
    if numbers:
        paths = [path for steps in numbers for path in ([steps] if steps else record.records)]
        return str(sum(_path(one) in paths and order[one[-1]] <= order[chain[-1]] for one in chains))
    own, outer = _in_reach(column, _path(chain))
    values = [found for place in own for found in _found(chain, place[0], place[1], chains)]
    late = []
    if not own and outer:
        scope, path, attribute = outer
        inside = _found(chain[: len(scope)], path, attribute, chains)
        values = [one for one in inside if order[one[0]] <= order[chain[-1]]]
        late = [one for one in inside if one not in values]
        if len(inside) > 1:
            raise Refused
    if len(values) > 1 or late:
        raise Refused
    text = values[0][1] if values else None
    if text and column.collapsed:
        text = " ".join(
            part for part in text.replace("\t", " ").replace("\n", " ").replace("\r", " ").split(" ") if part
        )
    return text or None


def _in_reach(column: XmlColumn, here: Steps) -> tuple[list, tuple | None]:
    own, outer = [], None
    for place in column.places:
        if place.kind == "own":
            own += [((*here, *place.steps), place.attribute)]
            continue
        shared = 0
        while shared < min(len(here), len(place.steps)) and here[shared] == place.steps[shared]:
            shared += 1
        if shared == len(here):
            own.append((place.steps, place.attribute))
        elif outer is None or shared > len(outer[0]):
            outer = here[:shared], place.steps, place.attribute
    return list(dict.fromkeys(own)), outer


def _found(around: tuple, path: Steps, attribute: str | None, chains: list) -> list[tuple]:
    inside = [one for one in chains if one[: len(around)] == around and _path(one) == path]
    if attribute:
        return [(one[-1], one[-1].attrib[attribute]) for one in inside if attribute in one[-1].attrib]
    return [
        (one[-1], (one[-1].text or "") + "".join(child.tail or "" for child in one[-1])) for one in inside
    ]
