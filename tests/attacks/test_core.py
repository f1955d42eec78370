"""Every entry of the corpus against the product in this process, every case of it (security §6)."""

import pytest

from tests.attacks.model import CODES, ENTRIES, GOOD, LATER
from tests.attacks.run import chosen, run
from tests.attacks.targets import in_process

# cryptography says so of certificates with a byte changed that it takes all the same.
pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")


@pytest.fixture(scope="module")
def core(tmp_path_factory):
    with in_process(tmp_path_factory.mktemp("attacks")) as target:
        yield target


@pytest.mark.parametrize("ident", [entry.id for entry in chosen()])
def test_the_core_answers_as_listed(core, ident):
    (outcome,) = run(core, chosen([ident]))
    assert outcome.problems == []


def test_the_corpus_is_as_large_as_it_says(core):
    assert len(ENTRIES) >= 226
    assert len(GOOD) >= 34
    assert {f"B{number:03d}" for number in range(1, 227)} <= ENTRIES.keys() | LATER.keys()
    assert not ENTRIES.keys() & LATER.keys()
    cases = [case for entry in ENTRIES.values() if entry.generate for case in entry.cases(core.world)]
    assert len(cases) >= 600


def test_every_entry_tells_where_it_comes_from_and_what_is_expected():
    from gateway.faults import FAULTS

    for entry in [*ENTRIES.values(), *GOOD.values()]:
        assert entry.provenance, entry.id
        assert entry.name, entry.id
        assert entry.expect in CODES
    assert set().union(*CODES.values()) - {"document.signature"} <= set(FAULTS)
