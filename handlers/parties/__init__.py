"""Parties: who is enrolled."""
