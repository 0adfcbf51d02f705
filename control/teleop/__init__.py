"""What a person's hands mean: keys of a terminal, a gamepad."""
