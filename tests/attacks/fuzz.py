"""`python -m tests.attacks.fuzz --seconds 60`: changed messages and signed files, without end.

Whatever comes in, the verifier refuses it by `RefusalError` (a file by `DocumentRefusedError`) or finds what somebody
signed in a seed; anything else ends the run with the input on disk. The seeds are generated from the corpus. With
atheris installed the run is guided by coverage; without it a mutator that knows trees does what it can.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.xades import DocumentRefusedError, verify_application
from gateway.xml.namespaces import DS, SOAP11, SOAP12, WSA, WSSE, WSU
from gateway.xml.parser import Limits
from tests.attacks.differential import by_xmlsec, certificate_of
from tests.attacks.model import ENTRIES, GOOD
from tests.attacks.run import chosen
from tests.attacks.sweep import Verifier
from tests.attacks.targets import prepared
from tests.unit.gateway.security.material import c14n

_LARGEST = 60_000
"""Bytes of a seed: what is larger tries limits, and slowly."""
_TOKENS = (
    b"<!DOCTYPE x>", b"<!---->", b"<?x y?>", b"<![CDATA[]]>", b"&#66;", b"&amp;", b'wsu:Id="Body"', b'Id="Body"',
    b'URI=""',
    b"#Body", b'xmlns=""', b'xmlns:soap="urn:x"', b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"]]>", b"<soap:Body/>",
    b"xmlns:xml", b'PrefixList="#default soap"', b"soap:mustUnderstand", b"/>", b"=", b"\xc2\xa0", b"<ds:Object/>",
)  # fmt: skip
_NAMESPACES = (DS, SOAP11, SOAP12, WSA, WSSE, WSU, "", "urn:x")


@dataclass
class Fuzzer:
    """What is tried, and what came of it."""

    verifier: Verifier
    now: Any
    messages: list[bytes]
    files: list[bytes]
    lawful: set[bytes] = field(default_factory=set)
    """Digests of what was signed in the seeds, found without the verifier."""
    tried: int = 0
    accepted: int = 0
    """Accepted with the very content of a seed."""

    def learn(self) -> None:
        """What was signed in the seeds: a bent one, bent back, means what its signer signed."""
        for seed in self.messages:
            root = _parsed(seed)
            if root is not None:
                self.lawful.update(_signed_in(root))
        for seed in self.files:
            found = self._file(seed)
            assert found, "a signed file of the seeds was refused"
            self.lawful.update(found)

    def one(self, data: bytes) -> None:
        """Try one input; raises `AssertionError` for an acceptance of anything new, and whatever was not caught."""
        self.tried += 1
        for kind in (self._message, self._file):
            found = kind(data)
            self.accepted += bool(found)
            if not self.lawful.issuperset(found) and not self._is_signed(data, found):
                raise AssertionError("accepted with content that nobody signed")

    def _is_signed(self, data: bytes, found: list[bytes]) -> bool:
        """Whether xmlsec agrees: a seed that no parser reads can be bent back to what its signer had signed."""
        root = _parsed(data)
        certificate = None if root is None else certificate_of(root)
        if root is None or certificate is None or not by_xmlsec(root, certificate):
            return False
        signed = set(_signed_in(root))
        self.lawful.update(signed)
        return signed.issuperset(found)

    def _message(self, data: bytes) -> list[bytes]:
        """Digests of what an accepted message says; none for a refused one."""
        try:
            envelope = self.verifier(data, self.now)
        except RefusalError:
            return []
        said = [c14n(envelope.payload)]
        if envelope.user is not None:
            said.append(repr((envelope.user.username, envelope.user.password)).encode())
        addressing = (envelope.to, envelope.action, envelope.message_id, envelope.relates_to)
        said += [value.encode() for value in addressing if value is not None]
        return [hashlib.sha256(each).digest() for each in said]

    def _file(self, data: bytes) -> list[bytes]:
        try:
            document = verify_application(data, trust=self.verifier.trust, now=self.now, limits=Limits())
        except DocumentRefusedError:
            return []
        # The digest is over the file as it came, so it differs with every byte; the rest must not.
        said = (c14n(document.payload), document.signer, document.signing_time)
        return [hashlib.sha256(repr(said).encode()).digest()]


def _signed_in(root: etree._Element) -> Iterator[bytes]:
    """Digests of the contents of every element whose digest stands in a reference of the same document."""
    digests = {(each.text or "").strip() for each in root.iter(f"{{{DS}}}DigestValue")}
    lists = {tuple((each.get("PrefixList") or "").split()) for each in root.iter("{*}InclusiveNamespaces")}
    for element in root.iter(etree.Element):
        if not (element.get(f"{{{WSU}}}Id") or element.get("Id")):
            continue
        for prefixes in (*lists, ()):
            try:
                form = c14n(element, prefixes)
            except (etree.LxmlError, ValueError):
                continue
            made = (hashlib.new(kind, form).digest() for kind in ("sha256", "sha384", "sha512"))
            if any(base64.b64encode(each).decode() in digests for each in made):
                yield from _contents(element)


def _contents(element: etree._Element) -> Iterator[bytes]:
    leaves = [each for each in element if isinstance(each.tag, str)]
    if etree.QName(element).localname == "UsernameToken":
        yield hashlib.sha256(repr(tuple(each.text for each in leaves)).encode()).digest()
    elif leaves:
        yield from (hashlib.sha256(c14n(each)).digest() for each in leaves)
    else:
        yield hashlib.sha256((element.text or "").strip().encode()).digest()


def seeded(world: Any) -> Fuzzer:
    """A fuzzer with seeds from every entry of the corpus."""
    messages = []
    for entry in [*GOOD.values(), *ENTRIES.values()]:
        if entry.generate is not None:
            cases = [case.sent.body for case in entry.cases(world) if 0 < len(case.sent.body) <= _LARGEST]
            messages += cases[:6]
    files = [world.signed_file() for _ in range(3)]
    fuzzer = Fuzzer(Verifier(world), world.now, messages, files)
    fuzzer.learn()
    return fuzzer


# -- mutation ----------------------------------------------------------------------------------------------------------


def mutate(seeds: list[bytes], dice: random.Random) -> bytes:
    """A seed changed once or a few times, in its bytes or in its tree."""
    data = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = dice.choice(_WAYS)(data, seeds, dice)
    return data


def _flip(data: bytes, _seeds: list[bytes], dice: random.Random) -> bytes:
    if not data:
        return data
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :]


def _token(data: bytes, _seeds: list[bytes], dice: random.Random) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.choice(_TOKENS) + data[place:]


def _cut(data: bytes, _seeds: list[bytes], dice: random.Random) -> bytes:
    one, two = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return data[:one] + data[min(two, one + 200) :]


def _double(data: bytes, _seeds: list[bytes], dice: random.Random) -> bytes:
    one, two = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    return data[:two] + data[one:]


def _splice(data: bytes, seeds: list[bytes], dice: random.Random) -> bytes:
    other = dice.choice(seeds)
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


def _in_tree(change: Callable[[list[etree._Element], list[bytes], random.Random], None]) -> Any:
    def way(data: bytes, seeds: list[bytes], dice: random.Random) -> bytes:
        root = _parsed(data)
        if root is None:
            return _flip(data, seeds, dice)
        elements = list(root.iter(etree.Element))
        try:
            change(elements, seeds, dice)
        except (ValueError, TypeError, IndexError, AttributeError, etree.LxmlError):
            return data
        return etree.tostring(root)

    return way


def _parsed(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _move(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one, two = dice.choice(elements), dice.choice(elements)
    two.insert(dice.randrange(len(two) + 1), one)


def _copy(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one, two = dice.choice(elements), dice.choice(elements)
    two.insert(dice.randrange(len(two) + 1), etree.fromstring(etree.tostring(one)))


def _take(elements: list[etree._Element], seeds: list[bytes], dice: random.Random) -> None:
    other = _parsed(dice.choice(seeds))
    if other is not None:
        target = dice.choice(elements)
        target.insert(dice.randrange(len(target) + 1), dice.choice(list(other.iter(etree.Element))))


def _remove(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one = dice.choice(elements)
    one.getparent().remove(one)


def _rename(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one, other = dice.choice(elements), dice.choice(elements)
    name = etree.QName(other).localname
    namespace = dice.choice(_NAMESPACES)
    one.tag = f"{{{namespace}}}{name}" if namespace else name


def _attribute(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one, other = dice.choice(elements), dice.choice(elements)
    name = dice.choice([*other.keys(), "Id", f"{{{WSU}}}Id", "URI", "Algorithm", "x"])
    if dice.random() < 0.3:
        one.attrib.pop(name, None)
    else:
        values = [value for each in elements for value in each.attrib.values()]
        one.set(name, dice.choice([*values, "", "Body", "#Body", "#TS"]))


def _text(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one, other = dice.choice(elements), dice.choice(elements)
    one.text = dice.choice([other.text or "", "", " ", (one.text or "") + " ", (one.text or "")[::-1]])


def _node(elements: list[etree._Element], _seeds: list[bytes], dice: random.Random) -> None:
    one = dice.choice(elements)
    one.insert(dice.randrange(len(one) + 1), dice.choice((etree.Comment("x"), etree.PI("x", "y"))))


_WAYS = (
    _flip, _flip, _token, _cut, _double, _splice,
    *map(_in_tree, (_move, _move, _copy, _copy, _take, _remove, _rename, _attribute, _attribute, _text, _node)),
)  # fmt: skip


# -- running -----------------------------------------------------------------------------------------------------------


def plain(fuzzer: Fuzzer, seconds: float, seed: int) -> None:
    """Mutate for so many seconds of CPU time."""
    dice, seeds = random.Random(seed), fuzzer.messages + fuzzer.files * 20
    until = time.process_time() + seconds
    while time.process_time() < until:
        data = mutate(seeds, dice)
        try:
            fuzzer.one(data)
        except Exception:
            _keep(data)
            raise


def _keep(data: bytes) -> None:
    folder = Path("build/fuzz")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:16]}.xml"
    path.write_bytes(data)
    print(f"kept: {path}", file=sys.stderr)


def guided(fuzzer: Fuzzer, seconds: float, seed: int, folder: Path) -> bool:
    """Let atheris do it, where it is installed; it ends the process itself. False: it is not installed."""
    try:
        import atheris  # type: ignore[import-not-found]
    except ImportError:
        return False
    corpus = folder / "seeds"
    corpus.mkdir()
    for number, data in enumerate(fuzzer.messages + fuzzer.files):
        (corpus / f"{number:05d}.xml").write_bytes(data)
    seeds = fuzzer.messages + fuzzer.files

    def mutator(data: bytes, max_size: int, turn: int) -> bytes:
        return mutate([data, *seeds[:50]] if data else seeds, random.Random(turn))[:max_size]

    def one(data: bytes) -> None:
        try:
            fuzzer.one(data)
        except Exception:
            _keep(data)
            raise

    arguments = [sys.argv[0], str(corpus), f"-max_total_time={int(seconds)}", f"-seed={seed}", f"-max_len={_LARGEST}"]
    atheris.Setup(arguments, one, custom_mutator=mutator)
    atheris.Fuzz()
    return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--seconds", type=float, default=60.0, help="of CPU time")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    assert chosen(), "the corpus gives the seeds"
    with tempfile.TemporaryDirectory(prefix="gateway-fuzz-") as name, prepared(Path(name)) as (_, world):
        fuzzer = seeded(world)
        how = "guided by coverage"
        if not guided(fuzzer, asked.seconds, asked.seed, Path(name)):
            how = "by mutation"
            plain(fuzzer, asked.seconds, asked.seed)
    print(
        f"fuzz: {fuzzer.tried} inputs from {len(fuzzer.messages) + len(fuzzer.files)} seeds {how}, seed {asked.seed}, "
        f"{asked.seconds:.0f} s CPU; uncaught 0, accepted with changed content 0, accepted unchanged {fuzzer.accepted}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
