"""Whether a password may come the way that a call came (security §0)."""

import pytest

from gateway.settings import Settings
from gateway.soap.http import Call
from gateway.wsgi import ways_for_passwords


@pytest.mark.parametrize(
    ("setting", "over_tls", "in_the_open"),
    [("never", False, False), ("tls-front", True, False), ("plain-http", True, True)],
)
def test_a_password_is_taken_over_tls_unless_the_operator_allows_less_or_more(setting, over_tls, in_the_open):
    allowed = ways_for_passwords(Settings(passwords=setting))
    for secure, expected in ((True, over_tls), (False, in_the_open)):
        call = Call("documents", "1.1", None, "", address="192.0.2.1", secure=secure, body=b"")
        assert allowed(call) is expected
