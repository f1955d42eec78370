"""Receipts and status of accepted commands."""
