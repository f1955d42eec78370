"""The golden vectors as the files of a folder."""

import json

from tests.vectors.golden import certificates, vectors
from tests.vectors.judging import judged


def golden_files() -> dict[str, bytes]:
    """Content by path: certificates, vectors, and `expected.json`, which tells what a verifier must find."""
    made = certificates()
    every = list(vectors())
    expected = json.dumps([judged(vector, made) for vector in every], indent=1, ensure_ascii=False)
    return made | {vector.path: vector.data for vector in every} | {"expected.json": expected.encode() + b"\n"}
