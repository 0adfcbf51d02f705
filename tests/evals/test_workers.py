import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from canter.evals import workers


def work(job: str) -> str:
    if job == "raise":
        raise ValueError("no such thing")
    if job == "die":
        os._exit(7)
    return f"{job} by {os.getpid()} with {os.environ['OMP_NUM_THREADS']}"


def test_a_crash_costs_its_own_job_alone() -> None:
    jobs = ["a", "die", "raise", "b"]
    ended = dict(workers.each(work, jobs, 2))
    assert sorted(ended) == sorted(jobs)
    assert isinstance(ended["die"].exception(), BrokenProcessPool)
    with pytest.raises(ValueError, match="no such thing"):
        ended["raise"].result()
    a, b = ended["a"].result().split(), ended["b"].result().split()
    assert (a[0], b[0]) == ("a", "b")
    assert len({a[2], b[2], str(os.getpid())}) == 3
    assert a[-1] == b[-1] == "1"
