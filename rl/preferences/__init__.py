"""Learn from what people prefer: pairs of gait segments in place of a reward."""
