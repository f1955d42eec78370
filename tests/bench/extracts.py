"""Issuing an extract: the XML written and sealed, the PDF laid out from it and sealed; and judging it again.

The bound is 150 ms of CPU time for issuing, with a card of five pages; fonts are read and subset each time.
"""

from __future__ import annotations

from gateway.contract.files import decode_extract
from gateway.extracts.inspection import inspect_pdf
from gateway.extracts.maker import extract_maker
from gateway.extracts.pdf import rendered
from gateway.security.inspection import inspect
from gateway.security.pdf_seal import seal_pdf
from gateway.xml.parser import parse_trusted
from tests.bench.figures import Figure, cpu_milliseconds, figure
from tests.unit.gateway.extracts.examples import ISSUER, draft, known, operator
from tests.unit.gateway.security.material import NOW, pki

ALLOWED = 150.0
"""Milliseconds."""


def measure() -> list[Figure]:
    """Issuing as a whole and by parts, and verifying both files offline."""
    key, knows = operator(), known()
    make = extract_maker(key, issuer=ISSUER)
    drawn_up = draft()
    files = make(drawn_up)
    extract = decode_extract(parse_trusted(files.xml))
    page = rendered(extract, files.xml)
    spent = cpu_milliseconds(
        {
            "issue": lambda: make(drawn_up),
            "lay out": lambda: rendered(extract, files.xml),
            "seal": lambda: seal_pdf(page, key, NOW, reason="bench"),
            "verify XML": lambda: inspect(files.xml, pki().trust, NOW, knows),
            "verify PDF": lambda: inspect_pdf(files.pdf, pki().trust, NOW, knows),
        },
        seconds=2.0,
    )
    return [
        figure("issuing an extract", spent["issue"], "ms", ALLOWED, "150 ms", ratio_at_most=1),
        figure("of it, laying out the PDF", spent["lay out"], "ms"),
        figure("of it, sealing the PDF", spent["seal"], "ms"),
        figure("verifying the XML", spent["verify XML"], "ms"),
        figure("verifying the PDF, laid out again", spent["verify PDF"], "ms"),
    ]
