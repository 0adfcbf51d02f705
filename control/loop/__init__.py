"""The motor loop: clock, impedance law, gain slew, statistics, 500 Hz."""
