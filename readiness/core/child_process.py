"""A process that must not outlive the one it works for, however that one ends."""

from __future__ import annotations

import os
import threading
import time

LOOK = 0.25  # seconds between two looks
ORPHANED = 1  # its exit status


def end_with(parent_id: int, grace: float = 0) -> None:
    """End this process when that one is gone, after so many seconds for what is under way.

    Looked at by a thread: a signal at the parent's death would come at the death of the thread that
    started the child.
    """
    watch = threading.Thread(target=watch_over, args=(parent_id, grace), daemon=True)
    watch.start()


def watch_over(parent_id: int, grace: float) -> None:
    while os.getppid() == parent_id:
        time.sleep(LOOK)
    time.sleep(grace)
    os._exit(ORPHANED)  # whatever the other threads are at
