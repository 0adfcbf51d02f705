"""What each part of the model is worth: variants trained alike, and their steps timed."""
