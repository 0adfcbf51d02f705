"""Worker processes that end with the process that started them, whatever ended that one."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def end_with_parent() -> None:
    """Let this worker end, within a moment, once the process that started it has ended.

    Its parent holds one end of a pipe that multiprocessing opens; the system closes it, also
    after kill -9. For workers that multiprocessing started; elsewhere it does nothing.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def follow() -> None:
        parent.join()
        os._exit(1)  # whatever this worker is doing, nobody waits for it

    threading.Thread(target=follow, name="end with parent", daemon=True).start()


def dismiss(pool: ProcessPoolExecutor) -> None:
    """End a pool without waiting for its jobs: those that run are terminated, the others dropped.

    All of this process's multiprocessing children end.
    """
    pool.shutdown(wait=False, cancel_futures=True)
    for child in multiprocessing.active_children():
        child.terminate()
