"""Extracts: numbered documents about one version of an entry, each issue of them on record (domain §2)."""
