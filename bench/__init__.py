"""Benchmarks: each prints a table, writes JSON, and measures the alternative in the same run."""
