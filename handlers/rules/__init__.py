"""Classifiers, terms, grounds and rules of completeness: effective-dated data and pure decisions on it."""
