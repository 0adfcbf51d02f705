"""The fault-injection benchmark of the safety monitor."""
