"""System identification: joint parameters of a robot that hangs from a stand, from a recording."""
