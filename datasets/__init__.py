"""Episodes, instruction language and their splits."""
