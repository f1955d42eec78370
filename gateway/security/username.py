"""The UsernameToken: names the person who acts, by login and password (Username Token Profile 1.1)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.model import UsernameCredentials
from gateway.security.structure import HEADER, exact_children, require_attributes
from gateway.xml.namespaces import PASSWORD_TEXT, WSSE, WSU
from gateway.xml.parser import leaf_text

AUTHENTICATION: Final = "client.security.authentication-failed"
MAX_LENGTH: Final = 256
"""Characters of a login or password."""

_USERNAME: Final = f"{{{WSSE}}}Username"
_PASSWORD: Final = f"{{{WSSE}}}Password"


def read_username_token(token: etree._Element) -> UsernameCredentials:
    """Login and password of a token that holds exactly these.

    A digest is refused, since passwords are kept as Argon2id only.

    A token without a password, or an empty one, authenticates nobody (CVE-2013-0239).
    """
    require_attributes(token, frozenset({f"{{{WSU}}}Id", "Id"}), HEADER, "USER")
    if [child.tag for child in token] == [_USERNAME]:
        raise RefusalError(AUTHENTICATION, "USER.NO_PASSWORD")
    if not len(token):
        raise RefusalError(AUTHENTICATION, "USER.EMPTY")
    username, password = exact_children(token, (_USERNAME, _PASSWORD), HEADER, "USER")
    require_attributes(username, frozenset(), HEADER, "USER.NAME")
    require_attributes(password, frozenset({"Type"}), HEADER, "USER.PASSWORD")
    if password.get("Type", PASSWORD_TEXT) != PASSWORD_TEXT:
        raise RefusalError("client.security.token-unsupported", "USER.PASSWORD.TYPE")
    login = leaf_text(username, HEADER, "USER.NAME.LEAF")
    secret = leaf_text(password, HEADER, "USER.PASSWORD.LEAF")
    if not login.strip() or not secret:
        raise RefusalError(AUTHENTICATION, "USER.EMPTY")
    if max(len(login), len(secret)) > MAX_LENGTH:
        raise RefusalError(AUTHENTICATION, "USER.LENGTH")
    return UsernameCredentials(login, secret)
