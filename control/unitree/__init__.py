"""Unitree's low-level messages without any middleware: layout, order of the motors, checks, CRC."""
