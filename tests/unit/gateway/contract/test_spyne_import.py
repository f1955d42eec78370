from __future__ import annotations

import subprocess
import sys


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", program], check=False, capture_output=True, text=True
    )


def test_spyne_comes_in_without_a_warning_and_without_cgi():
    done = run(
        "from gateway.contract import spyne_import as door\n"
        "import sys\n"
        "assert 'cgi' not in sys.modules\n"
        "print(door.ComplexModel.__module__)"
    )
    assert (done.stderr, done.stdout) == ("", "spyne.model.complex\n")


def test_imports_after_spyne_do_not_warn_and_six_keeps_its_own_name():
    done = run(
        "from gateway.contract import spyne_import\n"
        "import six, six.moves, six.moves.urllib.parse, xml.dom.minidom, wsgiref.validate\n"
        "import spyne.util.six as bundled\n"
        "assert bundled is six\n"
        "print(six.__spec__.name, six.moves.__spec__.name)"
    )
    assert (done.stderr, done.stdout) == ("", "six six.moves\n")


def test_other_names_are_left_to_the_next_finder():
    from gateway.contract.spyne_import import RealSixFinder

    assert RealSixFinder().find_spec("spyne.model", None) is None
    assert RealSixFinder().find_spec("spyne.util.sixty", None) is None
