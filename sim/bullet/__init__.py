"""The robot in Bullet, a second physics engine; needs the extra ``transfer``."""
