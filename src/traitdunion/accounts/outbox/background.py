"""A loop that runs until asked to stop, in this thread or in one beside the site."""

import threading

from django.db import connections


class BackgroundLoop:
    """What the outbox and the scheduled work share; `run` loops until `self._stopping` is set."""

    thread_name = "background"
    stopped_within_s = 30.0

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Loop until asked to stop."""
        raise NotImplementedError

    def start(self) -> None:
        """Run beside the site, in a thread with a database connection of its own."""
        self._thread = threading.Thread(target=self._run_apart, name=self.thread_name, daemon=True)
        self._thread.start()

    def _run_apart(self) -> None:
        try:
            self.run()
        finally:
            connections.close_all()  # those of this thread

    def ask_to_stop(self) -> None:
        """Stop after what is being done, without waiting for it."""
        self._stopping.set()

    def stop(self) -> None:
        """Ask to stop, and wait for what is being done, `stopped_within_s` at most."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join(self.stopped_within_s)
