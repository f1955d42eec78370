"""Rules on the card of a personal-data information system: legal basis, openness, transfers, licence, persons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handlers.registration.model import Confidentiality, LegalActType, PersonalDataSystemCard
from handlers.rules.duty import mandatory_from
from handlers.rules.rule import Facts, Rule, Weight

Paths = Iterable[str]

_PERSONAL = (PersonalDataSystemCard,)
_LICENCE = re.compile(r"(?=.*\d)[^\W_][\w №/.-]{0,39}")
_WORD = re.compile(r"[^\W\d_]{2,}")


def biometrics_without_law(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """Biometric data processed on an act of lower rank than a law."""
    return ("/biometrics",) if card.biometrics and not _has_law(card) else ()


def open_though_protected(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """Data called open that the law keeps confidential: open are a person's name, and what the person makes so."""
    protected = card.special_categories or card.biometrics or card.uses_fin
    return ("/confidentiality",) if protected and card.confidentiality is Confidentiality.OPEN else ()


def transfer_without_country(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """A cross-border transfer to nobody knows where."""
    return ("/crossBorderCountries",) if card.cross_border_transfer and not card.cross_border_countries else ()


def country_without_transfer(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """Countries of a transfer that is said not to be; where nothing is said, countries say that there is one."""
    denied = card.cross_border_transfer is False and card.cross_border_countries
    return ("/crossBorderTransfer",) if denied else ()


def transfer_without_recipient(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """Data that leave the country and reach nobody."""
    transferred = card.cross_border_transfer or card.cross_border_countries
    return ("/recipients",) if transferred and not card.recipients else ()


def repeated_countries(card: PersonalDataSystemCard, _facts: Facts) -> Iterator[str]:
    """A country given again."""
    for position, country in enumerate(card.cross_border_countries):
        if country in card.cross_border_countries[:position]:
            yield f"/crossBorderCountries[{position + 1}]"


def misnumbered_licence(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """A licence number without a digit, or with characters that no licence bears."""
    number = card.licence_number
    if number is None or not number.strip() or _LICENCE.fullmatch(number.strip()):
        return ()
    return ("/licenceNumber",)


def nobody_responsible(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """A responsible person who is not named by at least surname and name."""
    named = len(_WORD.findall(card.responsible_person)) > 1
    return () if named or not card.responsible_person.strip() else ("/responsiblePerson",)


def no_action(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """Data with which nothing is done."""
    return () if card.actions else ("/actions",)


def unprotected(card: PersonalDataSystemCard, _facts: Facts) -> Paths:
    """Confidential data of which no level of protection is given."""
    confidential = card.confidentiality is Confidentiality.CONFIDENTIAL
    return ("/protection",) if confidential and not any(means.level for means in card.protection) else ()


def voluntary_registration(card: PersonalDataSystemCard, facts: Facts) -> Paths:
    """Fewer subjects than make registration a duty."""
    return ("/subjectCount",) if 0 <= card.subject_count < mandatory_from(facts.today) else ()


def _has_law(card: PersonalDataSystemCard) -> bool:
    return any(act.type is LegalActType.LAW for act in card.legal_acts)


RULES: tuple[Rule, ...] = (
    Rule(
        "subjects.voluntary",
        _PERSONAL,
        voluntary_registration,
        "Subyektlərin sayı 1 000-dən azdır: qeydiyyat könüllüdür.",
        "There are fewer than 1 000 subjects: the registration is voluntary.",
        Weight.NOTE,
    ),
    Rule(
        "biometrics.basis",
        _PERSONAL,
        biometrics_without_law,
        "Biometrik məlumatların işlənməsi üçün qanunvericilik əsası (qanun) göstərilməlidir.",
        "Processing biometric data needs a law as its legal basis.",
    ),
    Rule(
        "confidentiality.open",
        _PERSONAL,
        open_though_protected,
        "Xüsusi kateqoriyalı və biometrik məlumatlar, habelə FİN açıq fərdi məlumat ola bilməz.",
        "Special categories, biometric data and the FIN cannot be open personal data.",
    ),
    Rule(
        "cross-border.list",
        _PERSONAL,
        transfer_without_country,
        "Transsərhəd ötürmə göstərilib: məlumatların ötürüldüyü ölkələr sadalanmalıdır.",
        "There is a cross-border transfer: list the countries to which data are transferred.",
    ),
    Rule(
        "cross-border.denied",
        _PERSONAL,
        country_without_transfer,
        "Ölkələr sadalanıb, halbuki transsərhəd ötürmənin olmadığı göstərilib.",
        "Countries are listed although the card says that there is no cross-border transfer.",
    ),
    Rule(
        "cross-border.repeated",
        _PERSONAL,
        repeated_countries,
        "Eyni ölkə bir dəfədən artıq göstərilib.",
        "The same country is given more than once.",
    ),
    Rule(
        "cross-border.recipient",
        _PERSONAL,
        transfer_without_recipient,
        "Məlumatlar ölkədən kənara ötürülür, lakin kimə verildiyi göstərilməyib.",
        "Data leave the country, but nobody is named to whom they are given.",
        Weight.NOTE,
    ),
    Rule(
        "licence.form",
        _PERSONAL,
        misnumbered_licence,
        "Lisenziyanın nömrəsi rəqəm və hərflərdən ibarət olmalıdır.",
        "A licence number consists of digits and letters.",
    ),
    Rule(
        "responsible-person.name",
        _PERSONAL,
        nobody_responsible,
        "Məsul şəxsin soyadı və adı göstərilməlidir.",
        "The surname and the name of the responsible person must be given.",
    ),
    Rule(
        "actions.present",
        _PERSONAL,
        no_action,
        "Fərdi məlumatlar üzərində aparılan əməliyyatlar göstərilməyib.",
        "The actions carried out on the data are not given.",
        Weight.NOTE,
    ),
    Rule(
        "protection.level",
        _PERSONAL,
        unprotected,
        "Konfidensial məlumatların mühafizə səviyyəsi göstərilməyib.",
        "No level of protection is given for confidential data.",
        Weight.NOTE,
    ),
)
