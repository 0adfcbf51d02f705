"""Benchmarks: steps a second, latency, memory."""
