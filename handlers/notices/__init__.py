"""Notices to agencies."""
