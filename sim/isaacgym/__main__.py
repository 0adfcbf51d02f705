"""``python -m canter.sim.isaacgym``."""

import sys

from canter.sim.isaacgym.runner import main

sys.exit(main())
