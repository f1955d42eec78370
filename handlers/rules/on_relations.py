"""Rules on what a resource is a part of: its local register, and its relations to other entries.

Some ask what the registers know of those. SUB and SUPER make a whole of parts: nothing is a part of itself, by however
many steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from handlers.registration.model import AppealApplication, EntryStatus, Relation, RelationKind, ResourceCard
from handlers.registration.names import folded
from handlers.rules.numbering import PREFIXES, is_entry_number, register_of_number
from handlers.rules.rule import Facts, Rule, Weight

_RESOURCE = (ResourceCard,)
_OF_A_WHOLE = (RelationKind.SUB, RelationKind.SUPER)
_HOME = next(iter(PREFIXES))
"""The register whose cards declare relations."""


def contradicting_relations(card: ResourceCard, _facts: Facts) -> Iterator[str]:
    """An entry that is to be both a part of this one and its whole."""
    seen: dict[str, set[RelationKind]] = {}
    for position, relation in enumerate(card.relations, start=1):
        if relation.kind in _OF_A_WHOLE:
            kinds = seen.setdefault(relation.entry_number, set())
            kinds.add(relation.kind)
            if len(kinds) > 1:
                yield f"/relations[{position}]"


def wholes_across_registers(card: ResourceCard, _facts: Facts) -> Iterator[str]:
    """A whole or a part in the other register; use goes across registers, composition does not."""
    for position, relation in enumerate(card.relations, start=1):
        register = register_of_number(relation.entry_number) if is_entry_number(relation.entry_number) else None
        if relation.kind in _OF_A_WHOLE and register is not None and register is not _HOME:
            yield f"/relations[{position}]"


def unknown_relations(card: ResourceCard, facts: Facts) -> Iterator[str]:
    """Relations to entries that no register has."""
    for position, relation in _sound(card, facts):
        if relation.entry_number not in (facts.entries or {}):
            yield f"/relations[{position}]/entryNumber"


def cancelled_relations(card: ResourceCard, facts: Facts) -> Iterator[str]:
    """Relations to cancelled entries."""
    for position, relation in _sound(card, facts):
        known = (facts.entries or {}).get(relation.entry_number)
        if known is not None and known.status is EntryStatus.CANCELLED:
            yield f"/relations[{position}]/entryNumber"


def circular_relations(card: ResourceCard, facts: Facts) -> Iterator[str]:
    """A resource whose whole is a part of its part."""
    parts = {each.entry_number for each in card.relations if each.kind is RelationKind.SUPER}
    for position, relation in _sound(card, facts):
        known = (facts.entries or {}).get(relation.entry_number)
        if relation.kind is RelationKind.SUB and known is not None and not known.wholes.isdisjoint(parts):
            yield f"/relations[{position}]"


def circular_changes(appeal: AppealApplication, facts: Facts) -> Iterator[str]:
    """A changed resource that would be a part of itself, by what the cards of others declare."""
    known = facts.entries or {}
    if appeal.resource_card is None or appeal.entry_number not in known:
        return
    wholes = known[appeal.entry_number].wholes
    for position, relation in _sound(appeal.resource_card, facts):
        other = known.get(relation.entry_number)
        is_whole = relation.kind is RelationKind.SUB
        is_part = relation.kind is RelationKind.SUPER
        if (is_whole and other is not None and appeal.entry_number in other.wholes) or (
            is_part and relation.entry_number in wholes
        ):
            yield f"/resourceCard/relations[{position}]"


def local_register_of_its_own(card: ResourceCard, _facts: Facts) -> Iterator[str]:
    """A resource that is said to belong to a local register, and that is the resource itself."""
    if card.local_register is not None and folded(card.local_register) in {
        folded(card.name),
        folded(card.short_name),
    }:
        yield "/localRegister"


def _sound(card: ResourceCard, facts: Facts) -> Iterator[tuple[int, Relation]]:
    """Relations that can be looked up at all; none when the registers were not asked."""
    if facts.entries is None:
        return
    for position, relation in enumerate(card.relations, start=1):
        if is_entry_number(relation.entry_number):
            yield position, relation


RULES: tuple[Rule, ...] = (
    Rule(
        "local-register.itself",
        _RESOURCE,
        local_register_of_its_own,
        "Ehtiyat özünün aid olduğu lokal reyestr kimi göstərilib.",
        "The resource is given as the local register that it belongs to itself.",
        Weight.NOTE,
    ),
    Rule(
        "relation.contradiction",
        _RESOURCE,
        contradicting_relations,
        "Eyni qeyd həm tərkib hissəsi, həm də bütöv kimi göstərilib.",
        "The same entry is given both as a part of this one and as its whole.",
    ),
    Rule(
        "relation.register",
        _RESOURCE,
        wholes_across_registers,
        "Tərkib əlaqəsi (SUB, SUPER) yalnız eyni reyestrin qeydləri arasında ola bilər; digər reyestrin qeydi üçün "
        "USED və ya USER göstərilməlidir.",
        "Composition (SUB, SUPER) is between entries of one register; to an entry of the other one, use USED or USER.",
    ),
    Rule(
        "relation.unknown",
        _RESOURCE,
        unknown_relations,
        "Göstərilən nömrə ilə qeyd reyestrlərdə yoxdur.",
        "The registers have no entry of this number.",
        asks_register=True,
    ),
    Rule(
        "relation.cancelled",
        _RESOURCE,
        cancelled_relations,
        "Əlaqəli qeyd ləğv edilib.",
        "The related entry is cancelled.",
        asks_register=True,
    ),
    Rule(
        "relation.circle",
        _RESOURCE,
        circular_relations,
        "Əlaqələr dövrə yaradır: ehtiyatın aid olduğu bütöv onun öz tərkib hissəsinə daxildir.",
        "The relations run in a circle: the whole of the resource is a part of its own part.",
        asks_register=True,
    ),
    Rule(
        "relation.part-of-itself",
        (AppealApplication,),
        circular_changes,
        "Dəyişiklikdən sonra ehtiyat özünün tərkib hissəsi olardı.",
        "After the change the resource would be a part of itself.",
        asks_register=True,
    ),
)
