"""Independent labelled views for learning to see."""
