"""These need the protocol's package."""

import pytest

pytest.importorskip("mcp")
