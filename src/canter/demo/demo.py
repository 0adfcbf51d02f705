"""``canter demo``: a sentence of each task, one film, and a line on each."""

from contextlib import ExitStack

from canter.control.stop import StopRequest
from canter.datasets.language.tasks import grammar
from canter.datasets.language.understanding import understand
from canter.demo.options import DemoOptions
from canter.evals.tasks.episode_group import open_policy
from canter.evals.tasks.policy_choice import closed_by
from canter.run.film import Film
from canter.run.job import Job, prepare
from canter.run.live import Silence
from canter.run.options import RunOptions
from canter.run.run_episode import RunEpisode, RunResult
from canter.run.summary import exit_code, words
from canter.sim.scene_env import SceneEnv
from canter.sim.tasks import task_names


def main(options: DemoOptions) -> int:
    """Do every task once; returns 0 once all were tried, whatever came of it, 130 after Ctrl-C.

    Raises:
        CanterError: the film cannot be written, or the policy cannot drive a task.
    """
    options.video.parent.mkdir(parents=True, exist_ok=True)
    done = []
    with StopRequest() as stop, ExitStack() as stack:
        jobs = [_prepared(name, options) for name in task_names()]
        film = Film(options.video, jobs[0].sentence)
        stack.callback(film.close)
        for job in jobs:
            film.entitle(job.sentence)
            ran = _drive(job, stop, film)
            if ran.interrupted:
                return stop.exit_code
            done.append(exit_code(ran) == 0)
            print(f"{job.task.name:12} {words(job, ran)}", flush=True)
    print(f"{sum(done)} of {len(done)} done; video: {options.video}")
    return 0


def _prepared(name: str, options: DemoOptions) -> Job:
    """Return the job of a task's example."""
    told = grammar(name).example
    run = RunOptions(
        told,
        policy=options.policy,
        robot=options.robot,
        seed=options.seed,
        level=options.level,
        video=options.video,
        quiet=True,
    )
    return prepare(run, understand(told))


def _drive(job: Job, stop: StopRequest, film: Film) -> RunResult:
    with ExitStack() as stack:
        env = stack.enter_context(
            SceneEnv([job.scene], camera=job.camera, robot=job.locomotion.spec, threads=None)
        )
        policy = open_policy(job.vla, env, [job.sentence])
        closed_by(stack, policy)
        episode = RunEpisode(job, env, policy, stop=stop, display=Silence(), film=film)
        return episode.run()
