"""Tests: unit, behaviour suites, integration with real servers, acceptance, attack vectors, benchmarks."""
