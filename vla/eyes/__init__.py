"""Outside eyes: a detector finds what a sentence names, in place of the model's own."""
