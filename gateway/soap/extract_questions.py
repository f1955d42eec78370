"""The questions about extracts: an owner fetches one, anybody asks whether one that is shown is genuine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.contract import answers
from gateway.contract.requests import GetExtractRequest, VerifyExtractRequest
from gateway.security.identity import permit, sees_restricted
from gateway.soap import extents
from gateway.soap.endpoint import Exchange, Perform
from handlers.extracts.queries import files_of, get_extract, get_extract_of_entry, standing_of, verify_extract
from handlers.record import Record
from handlers.store.ports import Store


@dataclass(frozen=True, slots=True)
class ExtractQuestions:
    """Answers the questions about extracts; shared by all request threads."""

    store: Store

    def table(self) -> Mapping[str, Perform]:
        """Each question by its `service.Operation`."""
        return {
            "registration.GetExtract": self._get_extract,
            "registration.VerifyExtract": self._verify_extract,
        }

    def _get_extract(self, exchange: Exchange) -> Record:
        """Whole cards: for the owner of that version, and for whom the operator let see the register whole.

        Asked for by its own number, it may be of a version from before the entry passed to another agency.
        """
        body = exchange.request.body
        assert isinstance(body, GetExtractRequest)
        number = body.extract_number or body.entry_number
        assert number is not None, "the schema demands one of the two keys"
        extent = extents.of_number(number)
        permitted = permit(exchange.acting, extent)
        agency = None if sees_restricted(permitted, extent) else permitted.caller.acts_for
        with self.store.reading() as connection:
            if body.extract_number is None:
                extract = get_extract_of_entry(connection, agency, number, exchange.now)
            else:
                extract = get_extract(connection, agency, number)
            if extract is None:
                return answers.GetExtractAnswer()
            files = files_of(connection, extract)
            standing, reissued_as = standing_of(connection, extract, exchange.now)
        return answers.GetExtractAnswer(
            extract=answers.IssuedExtract(
                number=extract.number,
                verification_code=extract.verification_code,
                entry_number=extract.entry_number,
                version=extract.version,
                reason=extract.reason,
                reissues=extract.reissues,
                reissued_as=reissued_as,
                issued_at=extract.issued_at,
                standing=standing,
                xml=files.xml,
                pdf=files.pdf,
            )
        )

    def _verify_extract(self, exchange: Exchange) -> Record:
        """Whoever has the code has the extract: nothing is told that does not stand on it, or is public of it."""
        body = exchange.request.body
        assert isinstance(body, VerifyExtractRequest)
        permit(exchange.acting, extents.NOWHERE)
        with self.store.reading() as connection:
            found = verify_extract(connection, body.verification_code, body.digest, exchange.now)
        if found is None:
            return answers.VerifyExtractAnswer()
        extract = found.extract
        return answers.VerifyExtractAnswer(
            verification=answers.ExtractVerification(
                extract_number=extract.number,
                entry_number=extract.entry_number,
                version=extract.version,
                issued_at=extract.issued_at,
                xml_digest=extract.xml_digest,
                pdf_digest=extract.pdf_digest,
                matches=found.matches,
                standing=found.standing,
                reissued_as=found.reissued_as,
            )
        )
