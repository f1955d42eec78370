"""The README's client in another language works as it is printed there."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.security.policy import Policy
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from tests.acceptance.caller import text
from tests.acceptance.installation import ROOT, Installation

pytestmark = pytest.mark.acceptance

SCRIPT = ROOT / "tests" / "interop" / "php" / "check.php"


def test_the_readme_shows_the_script_that_is_tested():
    listing = re.search(r"```php\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert listing is not None
    assert listing[1] == SCRIPT.read_text()


def test_a_php_program_makes_a_signed_call_without_any_library_of_ours(tmp_path: Path):
    assert shutil.which("php"), "php-cli is missing; deploy/install-services.sh installs it"
    with Installation(tmp_path) as installation:
        installation.init()
        installation.start()
        key = installation.home / "dev" / "systems" / "MIA-DOCUMENTS.pem"
        done = subprocess.run(["php", SCRIPT, installation.url, key], capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        answer = verify(
            done.stdout.strip(),
            trust=TrustStore.from_folder(installation.home / "trust"),
            now=datetime.now(UTC),
            policy=Policy(),
        )
        assert text(answer.payload, "status") == "NOT_LISTED", done.stdout.decode()
