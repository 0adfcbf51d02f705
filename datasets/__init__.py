"""This room holds what models learn from, which so far is the language of instructions."""
