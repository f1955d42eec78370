"""Which common mistake would explain that a digest or a signature value does not hold."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from gateway.faults import RefusalError
from gateway.security.algorithms import CURVES, PublicKey
from gateway.security.mistakes import Mistake
from gateway.xml.c14n import canonical


def canonical_or_none(element: etree._Element, prefixes: tuple[str, ...]) -> bytes | None:
    """The exclusive canonical form; None where the standard knows none."""
    try:
        return canonical(element, prefixes)
    except RefusalError:
        return None


def guess(element: etree._Element, prefixes: tuple[str, ...], holds: Callable[[bytes], bool]) -> Mistake | None:
    """The mistake without which `element` would be what was signed; None when none that is known explains it."""
    tidy = _without_layout(element)
    if any(form is not None and holds(form) for form in (canonical_or_none(tidy, prefixes), *_other_forms(tidy))):
        other = any(holds(form) for form in _other_forms(element))
        return Mistake.OTHER_C14N if other else Mistake.REFORMATTED
    return Mistake.OTHER_C14N if any(holds(form) for form in _other_forms(element)) else None


def _other_forms(element: etree._Element) -> Iterator[bytes]:
    """The element by the other canonicalisations in use: exclusive without a PrefixList, inclusive, with comments."""
    for exclusive in (True, False):
        for comments in (False, True):
            try:
                yield etree.tostring(element, method="c14n", exclusive=exclusive, with_comments=comments)
            except (etree.C14NError, ValueError):
                continue


def _without_layout(element: etree._Element) -> etree._Element:
    """The same element in a copy of its document without white space between elements."""
    tree = element.getroottree()
    path = tree.getelementpath(element)
    root = copy.deepcopy(tree.getroot())
    copied = root if path == "." else root.find(path)
    assert copied is not None
    for each in copied.iter(etree.Element):
        if len(each):
            each.text = each.text if (each.text or "").strip() else None
            for child in each:
                child.tail = child.tail if (child.tail or "").strip() else None
    return copied


def plain_ecdsa(key: PublicKey, value: bytes) -> bytes | None:
    """An ECDSA value that is DER-encoded, in the form of XML Signature; None when it is none."""
    curve = getattr(key, "curve", None)
    try:
        r, s = decode_dss_signature(value)
        half = CURVES[curve.name if curve is not None else ""]
        return r.to_bytes(half) + s.to_bytes(half)
    except (ValueError, KeyError, OverflowError):
        return None
