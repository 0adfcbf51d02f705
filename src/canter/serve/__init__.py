"""``canter serve policy``: a policy over openpi's websocket protocol, for clients elsewhere."""
