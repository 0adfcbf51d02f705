"""Adaptive impedance: what changes a joint command tick by tick, so the robot moves as meant."""
