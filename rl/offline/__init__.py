"""Learning to act from recorded episodes alone, good and bad ones mixed."""
