"""The report of a delivery as a page by itself, and as sections for a document: to hand on, print or keep."""

from collections.abc import Iterator
from html import escape
from typing import Any

from concordia.domain.checking.report import Finding, Part, Report
from concordia.domain.texts import both

_MORE = both("… en nog {count}", "… and {count} more")
_BESIDES = both("Verder", "Besides")
_CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root{color-scheme:light dark;--paper:#fcfaf6;--ink:#1c2330;--quiet:#5a6270;
--bad:#9c3f22;--watch:#8a5a00;--good:#41643f}
@media(prefers-color-scheme:dark){:root{--paper:#171b22;--ink:#eceae4;--quiet:#a8b0bd;
--bad:#f0997d;--watch:#e0b45c;--good:#9cc79a}}
body{max-width:44rem;margin:0 auto;padding:1.5rem 1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}h2{font-size:1.15rem;margin-top:2rem}
main>ul{list-style:none;padding:0}main>ul>li{border-top:1px solid #8884;padding:.6rem 0}li p{margin:.1rem 0}
.mark{font-weight:700}.bad .mark{color:var(--bad)}.watch .mark{color:var(--watch)}.good .mark{color:var(--good)}
.quiet{color:var(--quiet)}li ul{margin:.3rem 0;padding-left:1.2rem;font-variant-numeric:tabular-nums}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--quiet:#444}li{break-inside:avoid}}
"""
_KINDS = {"✗": "bad", "!": "watch", "?": "watch", "✓": "good"}


def page(report: Report, language: str) -> str:
    """The report as one HTML file without script, that asks for nothing outside itself."""
    parts = "".join(_part(part, language) for part in report.parts)
    read = "".join(f"<p>{_said(sentence, language)}</p>" for sentence in report.read)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_CONTENT_POLICY)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_said(report.verdict, language)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{_said(report.verdict, language)}</h1>{read}{parts}{_remarks(report, language)}"
        f"<p><strong>{_said(report.next, language)}</strong></p></main></body></html>\n"
    )


def _part(part: Part, language: str) -> str:
    findings = "".join(_finding(finding, part.mark, language) for finding in part.findings)
    title = f"{_said(part.title, language)} ({len(part.findings)})"
    return f'<h2>{title}</h2><ul class="{_KINDS[part.mark]}">{findings}</ul>'


def _finding(finding: Finding, mark: str, language: str) -> str:
    rows = "".join(f"<li>{_said(row, language)}</li>" for row in finding.rows)
    shown = f"<ul>{rows}</ul>" if rows else ""
    more = f'<p class="quiet">{escape(_more(finding, language))}</p>' if finding.more else ""
    words = f'<p><span class="mark" aria-hidden="true">{mark}</span> {_said(finding.meaning, language)}</p>'
    return f'<li>{words}<p class="quiet">{_said(finding.found, language)}</p>{shown}{more}</li>'


def _remarks(report: Report, language: str) -> str:
    told = "".join(f"<p>{_said(remark, language)}</p>" for remark in report.remarks)
    return f"<h2>{_said(_BESIDES, language)}</h2>{told}" if told else ""


def _more(finding: Finding, language: str) -> str:
    count = f"{finding.more:,}"
    shown = count.replace(",", ".") if language == "nl" else count
    return _MORE.in_language(language).format(count=shown)


def _said(text: Any, language: str) -> str:
    return escape(text.in_language(language))


def sections(report: Report, language: str) -> Iterator[dict[str, Any]]:
    """The report as the sections of a document: what was read, each part with its rules, what to do next."""
    read = [sentence.in_language(language) for sentence in report.read]
    yield {
        "heading": "",
        "level": 2,
        "blocks": [{"kind": "paragraph", "text": sentence} for sentence in read],
    }
    for part in report.parts:
        blocks = [block for finding in part.findings for block in _blocks(finding, language)]
        heading = f"{part.title.in_language(language)} ({len(part.findings)})"
        yield {"heading": heading, "level": 2, "blocks": blocks}
    if report.remarks:
        told = [{"kind": "paragraph", "text": remark.in_language(language)} for remark in report.remarks]
        yield {"heading": _BESIDES.in_language(language), "level": 2, "blocks": told}
    yield {
        "heading": "",
        "level": 2,
        "blocks": [{"kind": "paragraph", "text": report.next.in_language(language)}],
    }


def _blocks(finding: Finding, language: str) -> Iterator[dict[str, Any]]:
    lead, text = finding.meaning.in_language(language), finding.found.in_language(language)
    yield {"kind": "paragraph", "lead": lead, "text": text}
    rows = [row.in_language(language) for row in finding.rows]
    if finding.more:
        rows.append(_more(finding, language))
    if rows:
        yield {"kind": "list", "items": rows}
