"""The PAdES seal: one, over everything, by any of the keys that the gateway may have."""

from __future__ import annotations

import io

import pytest
from fpdf import FPDF
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from gateway.security.errors import DocumentRefusedError
from gateway.security.pdf_seal import FIELD, seal_pdf, sealed_at, verify_pdf_seal
from tests.unit.gateway.security.material import NOW, pki, system


def document():
    pdf = FPDF()
    pdf.add_page()
    return bytes(pdf.output())


def sealed(kind="RSA-2048"):
    return seal_pdf(document(), system(kind).signing_key(), NOW, reason="Extract 1")


def verified(data):
    return verify_pdf_seal(data, trust=pki().trust, now=NOW)


def refusal(data):
    with pytest.raises(DocumentRefusedError) as refused:
        verified(data)
    return refused.value.reason


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
def test_what_every_kind_of_key_seals_is_verified(kind):
    found = verified(sealed(kind))
    assert found.signer == system(kind).signing_key().certificate
    assert found.sealed_at == sealed_at(sealed(kind)) == NOW


@pytest.mark.parametrize("kind", ["RSA-2048", "P-384"])
def test_a_validator_that_is_not_ours_finds_the_seal_good_and_the_file_whole(kind):
    signature = PdfFileReader(io.BytesIO(sealed(kind))).embedded_signatures[0]
    roots = [pki().root.issued.certificate, pki().issuing.issued.certificate]
    context = ValidationContext(trust_roots=[loaded(each) for each in roots], moment=NOW, allow_fetching=False)
    status = validate_pdf_signature(signature, context, skip_diff=True)
    assert status.intact
    assert status.valid
    assert status.coverage.name == "ENTIRE_FILE"


def loaded(certificate):
    from asn1crypto import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def test_the_documents_own_bytes_stay_as_they_are_and_the_field_is_invisible():
    assert sealed().startswith(document()[:20])
    field = PdfFileReader(io.BytesIO(sealed())).root["/AcroForm"]["/Fields"][0]
    assert field["/T"] == FIELD
    assert list(field["/Rect"]) == [0, 0, 0, 0]


def test_a_changed_byte_is_refused():
    data = sealed()
    assert refusal(data.replace(b"/MediaBox [0 0 5", b"/MediaBox [0 0 6", 1)) == "PDF.SEAL.DIGEST"


def gap(data):
    start = data.rindex(b"/Contents <") + len("/Contents <")
    return start, data.index(b">", start)


def test_the_gap_holds_the_signature_and_nothing_else():
    data = sealed()
    start, end = gap(data)
    assert refusal(data[: end - 1] + b"1" + data[end:]) == "PDF.SEAL.GAP"
    assert refusal(data[: end - 2] + b"  " + data[end:]) == "PDF.SEAL.GAP"
    middle = (start + 200) // 2 * 2
    assert refusal(data[:middle] + b"00" + data[middle + 2 :]).startswith("PDF.SEAL")


def test_a_range_that_leaves_something_out_is_refused():
    data = sealed()
    place = data.rindex(b"/ByteRange [")
    written = data[place : data.index(b"]", place)]
    numbers = written.split(b"[")[1].split()
    shorter = written.replace(numbers[3], str(int(numbers[3]) - 1).encode().rjust(len(numbers[3]), b"0"))
    assert refusal(data.replace(written, shorter)) == "PDF.SEAL.RANGE"


def test_an_expired_certificate_is_judged_as_of_the_moment_given():
    from datetime import timedelta

    with pytest.raises(DocumentRefusedError) as refused:
        verify_pdf_seal(sealed(), trust=pki().trust, now=NOW + timedelta(days=800))
    assert refused.value.indication == "EXPIRED"
