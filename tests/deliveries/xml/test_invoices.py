from support.shared import shared_data

from concordia.deliveries.xml import Reading
from concordia.domain.contracts.model import SchemaObject
from concordia.domain.contracts.xml_mapping import xml_record

SCHEMAS = "urn:oasis:names:specification:ubl:schema:xsd:"
LINES = {
    "name": "lines",
    "customProperties": [
        {"property": "xmlRecord", "value": ["/i:Invoice/a:InvoiceLine", "/c:CreditNote/a:CreditNoteLine"]},
        {
            "property": "xmlNamespaces",
            "value": {
                "i": f"{SCHEMAS}Invoice-2",
                "c": f"{SCHEMAS}CreditNote-2",
                "a": f"{SCHEMAS}CommonAggregateComponents-2",
                "b": f"{SCHEMAS}CommonBasicComponents-2",
            },
        },
    ],
    "properties": [
        {"name": name, "customProperties": [{"property": "xmlPath", "value": path}]}
        for name, path in {
            "document": ["/i:Invoice/b:ID", "/c:CreditNote/b:ID"],
            "line": "b:ID",
            "amount": "b:LineExtensionAmount",
            "currency": "b:LineExtensionAmount/@currencyID",
            "item": "a:Item/b:Name",
        }.items()
    ],
}


def test_lines_of_real_invoices_in_four_namespaces_are_read_alike_by_both_readers():
    record = xml_record(SchemaObject.model_validate(LINES))
    files = sorted(shared_data("messages/peppol_ubl").glob("*.xml"))
    assert len(files) == 9
    for path in files:
        fast, strict = (
            [row for _, batch in Reading(path, [record], fast=fast) for row in batch.to_pylist()]
            for fast in (True, False)
        )
        assert fast == strict
        text = path.read_text()
        assert len(fast) == text.count("</cac:InvoiceLine>") + text.count("</cac:CreditNoteLine>") > 0
        assert all(None not in (row["document"], row["line"], row["amount"], row["currency"]) for row in fast)
