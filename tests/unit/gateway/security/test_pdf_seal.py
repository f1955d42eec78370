"""The PAdES seal: one, over everything, by any of the keys that the gateway may have."""

from __future__ import annotations

import io

import pytest
from asn1crypto.algos import DigestAlgorithm
from asn1crypto.cms import ContentInfo
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


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
def test_the_digits_stand_in_the_one_case_that_they_are_written_in(kind):
    data = sealed(kind)
    start, end = gap(data)
    assert refusal(data[:start] + data[start:end].lower() + data[end:]) == "PDF.SEAL.GAP"
    letter = next(place for place in range(start, end) if data[place] in b"ABCDEF")
    assert refusal(data[:letter] + data[letter : letter + 1].lower() + data[letter + 1 :]) == "PDF.SEAL.GAP"


def resealed(data, change):
    """The file with its signature changed by `change`, which takes and returns the octets of the CMS structure."""
    start, end = gap(data)
    held = bytes.fromhex(data[start:end].decode())
    octets = change(held[: len(ContentInfo.load(held).dump())])
    assert len(octets) <= len(held), "it fits where the old one stood"
    return data[:start] + octets.ljust(len(held), b"\0").hex().upper().encode() + data[end:]


def by_fields(change):
    def changed(octets):
        whole = ContentInfo.load(octets)
        change(whole["content"])
        return whole.dump(force=True)

    return changed


def with_content(signed):
    signed["encap_content_info"] = {"content_type": "data", "content": b"foreign octets"}


def with_empty_content(signed):
    signed["encap_content_info"] = {"content_type": "data", "content": b""}


def with_other_content_type(signed):
    signed["encap_content_info"] = {"content_type": "digested_data"}


def with_second_digest(signed):
    signed["digest_algorithms"] = [*signed["digest_algorithms"], DigestAlgorithm({"algorithm": "sha512"})]


def with_other_digest(signed):
    signed["digest_algorithms"] = [DigestAlgorithm({"algorithm": "sha1"})]


def with_version(signed):
    signed["version"] = "v3"


@pytest.mark.parametrize(
    "change",
    [
        with_content,
        with_empty_content,
        with_other_content_type,
        with_second_digest,
        with_other_digest,
        with_version,
    ],
)
def test_nothing_may_stand_in_the_signature_beside_what_it_proves(change):
    data = sealed()
    assert verified(resealed(data, lambda octets: octets)).sealed_at == NOW
    assert refusal(resealed(data, by_fields(change))) == "PDF.SEAL.FORM"


@pytest.mark.parametrize("place", [0, 1], ids=["of the whole", "of the signer"])
def test_parameters_of_a_digest_algorithm_are_those_that_we_write(place):
    algorithm = bytes.fromhex("0609608648016503040201")  # SHA-256

    def changed(octets):
        parts = octets.split(algorithm + b"\x05\0")
        assert len(parts) > place + 1
        return b"".join(
            part + (b"" if at + 1 == len(parts) else algorithm + (b"\x04\0" if at == place else b"\x05\0"))
            for at, part in enumerate(parts)
        )

    assert refusal(resealed(sealed(), changed)) in ("PDF.SEAL.FORM", "PDF.SEAL.UNREADABLE")


def test_attributes_that_are_not_signed_are_refused_be_they_none():
    def empty(signed):
        signed["signer_infos"][0]["unsigned_attrs"] = []

    assert refusal(resealed(sealed(), by_fields(empty))) == "PDF.SEAL.UNSIGNED_ATTRIBUTES"


def test_a_length_in_a_longer_form_than_der_has_is_refused():
    def longer(octets):
        assert octets[:2] == b"\x30\x82"
        return b"\x30\x83\0" + octets[2:]

    def endless(octets):
        return b"\x30\x80" + octets[4:] + b"\0\0"

    assert refusal(resealed(sealed(), longer)) == "PDF.SEAL.FORM"
    assert refusal(resealed(sealed(), endless)) == "PDF.SEAL.FORM"


def test_octets_behind_the_signature_are_zeros():
    assert refusal(resealed(sealed(), lambda octets: octets + b"foreign")) == "PDF.SEAL.GAP"
    assert refusal(resealed(sealed(), lambda octets: octets + b"\0\0\1")) == "PDF.SEAL.GAP"


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
