"""The words in a PDF. Its fonts hold only the signs they need, under numbers of their own, to be looked up."""

import io
import re

import pikepdf

_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")
_RANGE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")


def words_in(content: bytes) -> str:
    """Everything that is written on the pages, in the order in which it is drawn."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return "\n".join(_page(page) for page in pdf.pages)


def _page(page: pikepdf.Page) -> str:
    fonts = {str(name): _signs(font) for name, font in page.resources.get("/Font", {}).items()}
    said, signs = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "Tf":
                signs = fonts[str(operands[0])]
            case "Tj":
                said.append(_read(bytes(operands[0]), signs))
            case "TJ":
                parts = [part for part in operands[0] if isinstance(part, pikepdf.String)]
                said.append("".join(_read(bytes(part), signs) for part in parts))
            case "ET":
                said.append("\n")
    return "".join(said)


def _signs(font: pikepdf.Object) -> dict[int, str]:
    """What each number in the text of this font stands for (PDF 1.7, 9.10.3)."""
    table = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {int(number, 16): _sign(sign) for number, sign in _PAIR.findall(block)}
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, sign in _RANGE.findall(block):
            for number in range(int(first, 16), int(last, 16) + 1):
                found[number] = chr(int(sign, 16) + number - int(first, 16))
    return found


def _sign(written: bytes) -> str:
    return bytes.fromhex(written.decode()).decode("utf-16-be")


def _read(text: bytes, signs: dict[int, str]) -> str:
    numbers = [int.from_bytes(text[at : at + 2]) for at in range(0, len(text), 2)]
    return "".join(signs.get(number, "") for number in numbers)
