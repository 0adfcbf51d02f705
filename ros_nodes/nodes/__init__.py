"""The lifecycle nodes, one a file."""
