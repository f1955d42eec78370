"""A command replaces a file only when it is told to, and leaves none behind when it fails."""

from __future__ import annotations

import pytest

from gateway.cli.failures import CommandError
from gateway.cli.files import written


def test_a_file_that_exists_is_replaced_only_by_force(tmp_path):
    path = tmp_path / "key.pem"
    with written(path, force=False) as file:
        file.write(b"first")
    with pytest.raises(CommandError, match="--force"), written(path, force=False):
        pass
    assert path.read_bytes() == b"first"
    with written(path, force=True) as file:
        file.write(b"2")
    assert path.read_bytes() == b"2"


def test_a_file_that_could_not_be_finished_is_not_left_behind(tmp_path):
    path = tmp_path / "rows.csv"
    with pytest.raises(ZeroDivisionError), written(path, force=False):
        raise ZeroDivisionError
    assert not path.exists()
