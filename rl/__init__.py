"""This room trains policies in simulation: locomotion by reinforcement, the model by imitation."""
