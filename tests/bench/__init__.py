"""Benchmarks, each against a ceiling measured in the same round: `make bench`. What the table says: docs/benchmarks.md."""
