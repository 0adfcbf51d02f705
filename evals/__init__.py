"""This room measures how well policies do: suites, their workers, statistics and reports."""
