"""The grounds on which the inbox itself refuses a command."""

from __future__ import annotations

from handlers.receipts.model import Ground

REQUEST_CONFLICT = Ground(
    code="REQUEST_CONFLICT",
    text_az="Bu sorğu identifikatoru (requestId) artıq başqa məzmunlu sorğu üçün istifadə olunub. Yeni sorğunu yeni "
    "identifikatorla göndərin.",
    text_en="This request id (requestId) was already used for a request with other content. Send the new request "
    "under a new id.",
)
"""The request id of an agency stands for one content for ever."""

NOT_IN_FORCE = Ground(
    code="CALLER_NOT_IN_FORCE",
    text_az="Sorğu qəbul edilən anda sistemin və ya qurumun qeydiyyatı dayandırılmış və ya ləğv edilmişdi.",
    text_en="When the request was received, the enrolment of the system or of the agency was suspended or withdrawn.",
)
"""Intake did not know of it yet: it goes on while the register store is away."""
