"""Cards of two information resources that exist, with their true owners and legal acts; contacts are invented."""

from __future__ import annotations

from datetime import date
from typing import Final

from handlers.registration.model import (
    Contact,
    ExchangeLink,
    LegalAct,
    LegalActType,
    LifeCycleStatus,
    ProtectionMeans,
    ResourceCard,
)

POPULATION_REGISTER: Final = ResourceCard(
    short_name="Əhalinin Dövlət Reyestri",
    name="Azərbaycan Respublikası Əhalisinin Dövlət Reyestri",
    purpose=(
        "Azərbaycan Respublikasının vətəndaşları, habelə ölkədə daimi yaşayan əcnəbilər və vətəndaşlığı olmayan "
        "şəxslər barədə sənədləşdirilmiş məlumatların vahid dövlət informasiya ehtiyatında toplanması və istifadəsi."
    ),
    owner="MOJ",
    legal_acts=(
        LegalAct(
            type=LegalActType.LAW,
            reference="94-IIIQ",
            title="Azərbaycan Respublikası Əhalisinin Dövlət Reyestri haqqında",
            adopted_on=date(2006, 4, 21),
        ),
        LegalAct(
            type=LegalActType.DECREE,
            reference="134",
            title=(
                "Azərbaycan Respublikasının əhalisinin Dövlət Reyestrinin aparılması qaydası haqqında Əsasnamənin "
                "təsdiq edilməsi barədə"
            ),
            adopted_on=date(2004, 10, 14),
        ),
    ),
    contacts=(Contact(name="Növbətçi (nümunə)", role="Reyestr xidməti", email="registers@moj.example"),),
    topics=("Əhali", "Vətəndaşlıq vəziyyəti aktları"),
    data_objects=("Şəxs", "Fərdi identifikasiya nömrəsi", "Doğum, ölüm və nikah aktları"),
    classifiers=("İnzibati ərazi bölgüsü", "Ölkələr (ISO 3166-1)"),
    exchange_links=(
        ExchangeLink(system="«Giriş-çıxış və qeydiyyat» sistemi", purpose="Şəxs məlumatlarının dəqiqləşdirilməsi"),
    ),
    status=LifeCycleStatus.IN_USE,
    status_date=date(2006, 4, 21),
)

ENTRY_EXIT_SYSTEM: Final = ResourceCard(
    short_name="Giriş-çıxış və qeydiyyat",
    name="«Giriş-çıxış və qeydiyyat» idarələrarası avtomatlaşdırılmış məlumat-axtarış sistemi",
    purpose=(
        "Ölkəyə gələn, ölkədən gedən və yaşayış yeri üzrə qeydiyyata alınan şəxslər, habelə onlara verilən sənədlər "
        "barədə məlumatların idarələrarası mübadiləsi."
    ),
    owner="MIA",
    legal_acts=(
        LegalAct(
            type=LegalActType.DECREE,
            reference="744",
            title="«Giriş-çıxış və qeydiyyat» idarələrarası avtomatlaşdırılmış məlumat-axtarış sistemi haqqında",
            adopted_on=date(2008, 4, 22),
        ),
    ),
    contacts=(Contact(name="Növbətçi (nümunə)", role="Sistemin inzibatçısı", email="passports@mia.example"),),
    topics=("Sərhədkeçmə", "Qeydiyyat", "Şəxsiyyəti təsdiq edən sənədlər"),
    data_objects=("Sərhədkeçmə hadisəsi", "Şəxsiyyət vəsiqəsi", "Pasport", "Yaşayış yeri üzrə qeydiyyat"),
    classifiers=("Ölkələr (ISO 3166-1)",),
    status=LifeCycleStatus.IN_USE,
    status_date=date(2008, 4, 22),
)

AUDIT: Final = ProtectionMeans(standard="ISO/IEC 27001:2022", protection_class="A", level="3")
"""What the sample appeal adds to the entry-exit system's card."""
