"""``canter mcp``: a simulated robot as tools of the Model Context Protocol, for agents."""
