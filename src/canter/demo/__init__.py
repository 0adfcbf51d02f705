"""One sentence of each task, carried out one after the other and filmed."""
