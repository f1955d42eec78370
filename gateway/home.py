"""The home folder: where keys, trust store and (embedded) databases of an installation lie.

gateway.toml              settings of this installation
keys/gateway.pem          private key and certificate that sign answers and receipts
keys/tracking.key         32 bytes: the MAC of the tracking ids; the same on every process
trust/roots/*.pem         certification authorities callers' certificates must lead to
trust/intermediates/*.pem
trust/crls/*.pem          revocation lists the operator brings
revocation/               lists and OCSP answers that were fetched; may be deleted, is filled again
keys/former/*.pem         certificates the gateway signed with before, each with its root
trust/tsa/*.pem           time-stamping authorities, apart from the above: roots, and intermediates if there are any
dev/                      only after `gateway init --dev`: the sample agencies' own keys
trying-out                only after `gateway init --dev`: passwords may come in the open, on this machine alone
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

_TRACKING_KEY_BYTES: Final = 32


class HomeError(Exception):
    """The home folder lacks something; the text, in English and in Azerbaijani, says what to run."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az


@dataclass(frozen=True, slots=True)
class Home:
    """Paths inside a home folder, and the reading of the small files there."""

    path: Path

    @property
    def key_file(self) -> Path:
        """PEM of the gateway's signing key and certificate."""
        return self.path / "keys" / "gateway.pem"

    @property
    def tracking_key_file(self) -> Path:
        """Key of the tracking ids' MAC."""
        return self.path / "keys" / "tracking.key"

    @property
    def roots(self) -> Path:
        """Folder of trusted roots."""
        return self.path / "trust" / "roots"

    @property
    def intermediates(self) -> Path:
        """Folder of known intermediates."""
        return self.path / "trust" / "intermediates"

    @property
    def revocation_cache(self) -> Path:
        """Folder of the revocation lists and OCSP answers that were fetched, shared by the processes of a host."""
        return self.path / "revocation"

    @property
    def former_certificates(self) -> Path:
        """Folder of the certificates the gateway signed with before: receipts under them are still its own."""
        return self.path / "keys" / "former"

    @property
    def gateway_root(self) -> Path:
        """Root of the gateway's own certificate, for callers to verify its answers with; where there is one."""
        return self.path / "keys" / "gateway-root.pem"

    @property
    def stamp_authorities(self) -> Path:
        """Folder of the time-stamping authorities; it may be missing."""
        return self.path / "trust" / "tsa"

    @property
    def dev(self) -> Path:
        """Folder of the sample agencies' keys."""
        return self.path / "dev"

    def system_key(self, code: str) -> Path:
        """PEM of a sample agency system's key and certificate."""
        return self.dev / "systems" / f"{code}.pem"

    def representative_key(self, fin: str) -> Path:
        """PEM of a sample representative's e-signature key and certificate."""
        return self.dev / "representatives" / f"{fin}.pem"

    @property
    def trying_out(self) -> Path:
        """Mark of a home that `gateway init --dev` made: nothing in it is for service."""
        return self.path / "trying-out"

    def require_trying_out(self, host: str) -> None:
        """Raise `HomeError` unless passwords may come in the open to a process of this home that listens on `host`."""
        if not self.trying_out.is_file():
            raise HomeError(
                f'passwords = "plain-http" is for trying out, and {self.path} is not such a home. In service set '
                'passwords = "tls-front" and trusted_proxies; for trying out run `gateway init --dev`.',
                f'passwords = "plain-http" yalnız sınaq üçündür, {self.path} isə sınaq qovluğu deyil. İstismarda '
                'passwords = "tls-front" və trusted_proxies təyin edin; sınaq üçün `gateway init --dev` icra edin.',
            )
        if not _is_loopback(host):
            raise HomeError(
                f'passwords = "plain-http" is for this machine alone, and {host} is heard elsewhere. Set bind to '
                '127.0.0.1:PORT, or passwords to "tls-front" or "never".',
                f'passwords = "plain-http" yalnız bu kompüter üçündür, {host} isə kənardan əlçatandır. bind üçün '
                '127.0.0.1:PORT, ya da passwords üçün "tls-front" və ya "never" təyin edin.',
            )

    def require(self) -> None:
        """Raise `HomeError` unless this folder was initialised."""
        for each in (self.key_file, self.tracking_key_file):
            if not each.is_file():
                raise HomeError(
                    f"{each} is missing. Run `gateway init` (or `gateway init --dev` to try it out) first.",
                    f"{each} yoxdur. Əvvəlcə `gateway init` (sınaq üçün `gateway init --dev`) icra edin.",
                )

    def tracking_key(self) -> bytes:
        """Read the key of the tracking ids; raises `HomeError` when it is not whole."""
        self.require()
        key = self.tracking_key_file.read_bytes()
        if len(key) != _TRACKING_KEY_BYTES:
            raise HomeError(
                f"{self.tracking_key_file} must hold exactly {_TRACKING_KEY_BYTES} bytes. Put it back from a backup or "
                "from another host of this installation.",
                f"{self.tracking_key_file} faylında düz {_TRACKING_KEY_BYTES} bayt olmalıdır. Onu ehtiyat nüsxədən və "
                "ya bu quraşdırmanın başqa serverindən bərpa edin.",
            )
        return key

    def make_tracking_key(self) -> None:
        """Make the key of the tracking ids unless there is one: a new key would disown every id given so far."""
        if not self.tracking_key_file.exists():
            write_secret(self.tracking_key_file, secrets.token_bytes(_TRACKING_KEY_BYTES))


def _is_loopback(host: str) -> bool:
    """Whether `host` is an address of this machine alone; a name, which may mean any address, is not."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; the folder is made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
