"""Isaac Gym Preview 4's Python interface on MuJoCo: third-party training code runs unmodified.

``python -m canter.sim.isaacgym SCRIPT ARGS`` runs a script with the modules of this package in the
place of ``isaacgym``. See docs/isaacgym.md.
"""
