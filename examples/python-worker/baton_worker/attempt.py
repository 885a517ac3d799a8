"""What the user's code gets to know of the work that it performs."""

import threading
import time

from google.protobuf.json_format import MessageToDict

from baton.v1 import assignment_pb2


class Withdrawn(Exception):
    """The work is not wanted any more: stop. What it comes to would be refused."""


class Attempt:
    """One assignment under one claim."""

    def __init__(self, claimed: assignment_pb2.ClaimedAssignment, lease: float):
        self.assignment = claimed.assignment
        self.token = claimed.claim_token
        self.requirements: dict = MessageToDict(claimed.assignment.requirements)
        self.inputs = {phase: MessageToDict(one) for phase, one in claimed.assignment.inputs.items()}
        # Set when the claim is lost, when the workflow was taken away, and when the worker has to end.
        self.withdrawn = threading.Event()
        # Until when others surely leave the work alone, by this machine's monotonic clock.
        self.held_until = time.monotonic() + lease

    @property
    def state(self) -> str:
        return self.assignment.state

    def check(self) -> None:
        """Raises Withdrawn when the work is not wanted any more. Call it between steps."""
        if self.withdrawn.is_set():
            raise Withdrawn(f"{self.state} of {self.assignment.workflow_id}")

    def sleep(self, seconds: float) -> None:
        """Waits, and raises Withdrawn as soon as the work is not wanted any more."""
        self.withdrawn.wait(seconds)
        self.check()
