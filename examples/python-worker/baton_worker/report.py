"""Tells the server what attempts came to."""

import logging
import time

import grpc

from baton.v1 import assignment_pb2, assignment_service_pb2, changes_pb2

from .attempt import Attempt
from .outcomes import Advance, Outcome, Retry
from .server import AWAY, CALL_SECONDS, LOST, OF_THE_OUTPUT, Server, duration

log = logging.getLogger("baton")
# Between two tries while the server is away, and how long it is tried.
PAUSE_SECONDS = 0.5
TRY_SECONDS = 120
# Before another attempt after one that came to nothing.
RETRY_AFTER_SECONDS = 5


class Reporter:
    """Sends reports until the server has answered. The request id makes one of those that are sent twice."""

    def __init__(self, server: Server):
        self._server = server

    def outcome(self, attempt: Attempt, outcome: Outcome, take_next: list[assignment_pb2.ClaimOffer]):
        """Returns what the worker goes on with, if anything."""
        reply = None
        try:
            if isinstance(outcome, Advance):
                reply = self._advance(attempt, outcome, take_next)
            elif isinstance(outcome, Retry):
                reply = self._retry(attempt, outcome, take_next)
            else:
                self.failure(attempt, "role_failed", outcome.reason, outcome.retryable)
        except grpc.RpcError as refusal:
            code = OF_THE_OUTPUT.get(refusal.code())
            if code is None:
                self._log_refusal(attempt, refusal)
            else:
                self.failure(attempt, code, refusal.details(), True, RETRY_AFTER_SECONDS)
        return reply.next if reply is not None and reply.HasField("next") else None

    def failure(
        self, attempt: Attempt, code: str, message: str, retryable: bool, retry_after: float = 0
    ) -> None:
        request = assignment_service_pb2.FailAttemptRequest(
            workflow_id=attempt.assignment.workflow_id,
            claim_token=attempt.token,
            request_id=f"{attempt.token}:failure",
            code=code,
            message=message or code,
            retryable=retryable,
            retry_after=duration(retry_after),
        )
        try:
            self._send(self._server.assignments.FailAttempt, request)
        except grpc.RpcError as refusal:
            self._log_refusal(attempt, refusal)

    def _advance(self, attempt: Attempt, outcome: Advance, take_next):
        request = changes_pb2.AdvanceWorkflowRequest(
            workflow_id=attempt.assignment.workflow_id,
            claim_token=attempt.token,
            request_id=f"{attempt.token}:advance",
            role=attempt.assignment.role,
            completed_state=attempt.state,
            take_next=take_next,
        )
        request.result.update(outcome.result)
        return self._send(self._server.workflows.AdvanceWorkflow, request)

    def _retry(self, attempt: Attempt, outcome: Retry, take_next):
        request = changes_pb2.RequestRetryRequest(
            workflow_id=attempt.assignment.workflow_id,
            claim_token=attempt.token,
            request_id=f"{attempt.token}:retry",
            reason=outcome.reason,
            requested_by=attempt.assignment.role,
            take_next=take_next,
        )
        return self._send(self._server.workflows.RequestRetry, request)

    def _send(self, call, request):
        """A claim that is lost meanwhile says nothing: the first try may have ended it."""
        until = time.monotonic() + TRY_SECONDS
        while True:
            try:
                return call(request, timeout=CALL_SECONDS)
            except grpc.RpcError as error:
                if error.code() not in AWAY or time.monotonic() > until:
                    raise
            time.sleep(PAUSE_SECONDS)

    def _log_refusal(self, attempt: Attempt, refusal: grpc.RpcError) -> None:
        level = logging.INFO if refusal.code() in LOST else logging.WARNING
        what = f"{attempt.state} of {attempt.assignment.workflow_id}"
        log.log(level, "the report on %s was refused: %s", what, refusal.details())
