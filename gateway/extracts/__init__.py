"""Extracts as files: written, laid out, sealed, and judged again by whoever is shown one."""
