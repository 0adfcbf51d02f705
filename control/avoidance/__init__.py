"""What keeps a robot from walking into things, whoever commands it."""
