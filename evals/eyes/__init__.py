"""Outside eyes for simulated robots: which ones, from the truth, and as poor as one likes."""
