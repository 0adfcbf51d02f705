"""Fuzzing: everything that reads foreign bytes is fed spoilt ones, and must refuse them by name."""
