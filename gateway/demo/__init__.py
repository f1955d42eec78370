"""Sample agencies to try the gateway with, and the first signed round trip."""
