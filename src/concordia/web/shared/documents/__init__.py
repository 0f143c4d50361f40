"""Documents as tagged PDF/A, from data only (system.md C58)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst

_HERE = Path(__file__).parent


def make_pdf(
    *,
    title: str,
    language: str,
    sections: Sequence[Mapping[str, Any]],
    subtitle: str = "",
    reference: str = "",
    footer: str = "",
) -> bytes:
    """A tagged PDF/A-2a in the reader's language.

    A section is `{"heading", "level", "blocks"}`; a block is of kind paragraph, list, numbered, table
    (`head`, `rows`), facts (pairs), code or signatures (`names`: pairs of name and capacity). Text is passed
    as data and never read as markup.
    """
    data = {
        "title": title,
        "language": language,
        "subtitle": subtitle,
        "reference": reference,
        "footer": footer,
        "sections": list(sections),
    }
    return bytes(
        typst.compile(
            str(_HERE / "document.typ"),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            font_paths=[font_source_sans_pro.font_directory],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["a-2a"],
        )
    )
