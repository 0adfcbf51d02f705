"""``python -m canter`` is the same as the command ``canter``."""

import sys

from canter.cli import main

sys.exit(main())
