"""Takes work from a Baton server and performs it."""

import logging
import os
import signal
import socket
import threading
import time
from typing import Callable

import grpc

from baton.v1 import assignment_pb2, assignment_service_pb2

from .attempt import Attempt, Withdrawn
from .claims import Claims
from .outcomes import Outcome
from .report import RETRY_AFTER_SECONDS, Reporter
from .server import Server, duration

log = logging.getLogger("baton")
# Before the worker asks again after the server went away.
PAUSE_SECONDS = 0.5
# Before it asks again with a key or token that was refused.
REFUSED_PAUSE_SECONDS = 10
STOPS = {signal.SIGTERM, signal.SIGINT}
REFUSED = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}


class Worker:
    """Performs `roles` with `perform`, at most `capacity` assignments at a time, each in a thread.

    `lease` is how many seconds the worker may be silent before others get its work, from 1. After SIGTERM
    or SIGINT it takes nothing more, gives what it works on `grace` seconds to end, and gives the rest back.
    `token` is an API key or a token, for a server that asks who calls; by default that of BATON_TOKEN.
    """

    def __init__(
        self,
        address: str,
        roles: list[str],
        perform: Callable[[Attempt], Outcome],
        *,
        name: str = f"python-{socket.gethostname()}-{os.getpid()}",
        lease: float = 30,
        capacity: int = 1,
        grace: float = 20,
        token: str | None = os.environ.get("BATON_TOKEN"),
    ):
        self._server = Server(address, token)
        self._perform = perform
        self._capacity = capacity
        self._lease = lease
        self._grace = grace
        self._offer = assignment_pb2.ClaimOffer(worker=name, roles=roles, lease=duration(lease))
        self._offer.principal.kind = "program"
        self._claims = Claims(self._server, lease)
        self._reporter = Reporter(self._server)
        self._stopping = threading.Event()
        self._stream = None

    def run(self) -> None:
        """Works until SIGTERM or SIGINT. Call it in the main thread."""
        # Python calls a handler only once the main thread runs again, which it may not: a signal that another
        # thread gets, or that comes just before the read, leaves it waiting. The wakeup fd is written to at once.
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        for number in STOPS:
            signal.signal(number, lambda *_: None)
        # A process that is forked from this one has signals of its own.
        os.register_at_fork(after_in_child=forget_stops)
        taking = threading.Thread(target=self._take_all, name="baton-work", daemon=True)
        taking.start()
        while os.read(reader, 1)[0] not in STOPS:
            pass  # A signal that the program handles for itself.
        log.info("stopping: nothing more is taken")
        self._stop()

    def _stop(self) -> None:
        self._stopping.set()
        if self._stream is not None:
            self._stream.cancel()
        until = time.monotonic() + self._grace
        while self._claims.held() and time.monotonic() < until:
            time.sleep(0.05)
        for attempt in self._claims.held():
            attempt.withdrawn.set()
            self._give_back(attempt)
            self._claims.drop(attempt)
        self._claims.end()
        self._server.close()

    def _give_back(self, attempt: Attempt) -> None:
        self._reporter.failure(attempt, "cancelled", "the worker stops", retryable=True)

    def _take_all(self) -> None:
        trouble = None  # What was told last, until the server answers again.
        while not self._stopping.is_set():
            request = assignment_service_pb2.TakeWorkRequest(
                offers=[self._offer], capacity=self._capacity, holding=self._claims.messages()
            )
            try:
                self._stream = self._server.assignments.TakeWork(request)
                for told in self._stream:
                    trouble = None
                    self._hear(told)
            except grpc.RpcError as error:
                if not self._stopping.is_set() and error.details() != trouble:
                    trouble = error.details()
                    log.warning("no work comes for now: %s", trouble)
                self._stopping.wait(REFUSED_PAUSE_SECONDS if error.code() in REFUSED else PAUSE_SECONDS)

    def _hear(self, told: assignment_service_pb2.TakeWorkResponse) -> None:
        if told.HasField("withdrawn"):
            self._claims.withdraw(told.withdrawn.claim_token)
        elif told.HasField("assignment"):
            attempt = Attempt(told.assignment, self._lease)
            if self._stopping.is_set():
                return self._give_back(attempt)
            self._claims.hold(attempt)
            threading.Thread(target=self._work_on, args=[attempt], daemon=True).start()

    def _work_on(self, attempt: Attempt | None) -> None:
        """Performs an attempt, and what comes next in the same workflow as long as something does."""
        while attempt is not None:
            log.info("working on %s of %s", attempt.state, attempt.assignment.workflow_id)
            following = None
            try:
                outcome = self._perform(attempt)
                attempt.check()
                take_next = [] if self._stopping.is_set() else [self._offer]
                following = self._reporter.outcome(attempt, outcome, take_next)
            except Withdrawn:
                log.info("stopped work that is not wanted any more: %s", attempt.state)
            except Exception as reason:
                log.exception("%s of %s failed", attempt.state, attempt.assignment.workflow_id)
                message = str(reason) or repr(reason)
                self._reporter.failure(attempt, "internal", message, True, RETRY_AFTER_SECONDS)
            # What follows is held before the other is dropped: a worker that stops waits for both.
            next_attempt = None if following is None else Attempt(following, self._lease)
            if next_attempt is not None:
                self._claims.hold(next_attempt)
            self._claims.drop(attempt)
            attempt = next_attempt


def forget_stops() -> None:
    signal.set_wakeup_fd(-1)
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
