"""How well errands go with a scripted brain: failing steps, a failing server, hostile words."""
