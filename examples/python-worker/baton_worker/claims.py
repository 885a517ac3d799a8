"""Keeps the claims of attempts while they are worked on."""

import threading
import time

import grpc

from baton.v1 import assignment_pb2, assignment_service_pb2

from .attempt import Attempt
from .server import Server, duration


class Claims:
    """Renews what is held at a third of the lease, and says what was lost.

    A claim that could not be renewed for a whole lease counts as lost: another worker may have it.
    """

    def __init__(self, server: Server, lease: float):
        self._server = server
        self._lease = lease
        self._held: dict[str, Attempt] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        threading.Thread(target=self._renew_all, name="baton-claims", daemon=True).start()

    def hold(self, attempt: Attempt) -> None:
        with self._lock:
            self._held[attempt.token] = attempt

    def drop(self, attempt: Attempt) -> None:
        with self._lock:
            self._held.pop(attempt.token, None)

    def held(self) -> list[Attempt]:
        with self._lock:
            return list(self._held.values())

    def withdraw(self, token: str) -> None:
        with self._lock:
            attempt = self._held.pop(token, None)
        if attempt is not None:
            attempt.withdrawn.set()

    def messages(self) -> list[assignment_pb2.HeldClaim]:
        return [held_claim(attempt) for attempt in self.held()]

    def end(self) -> None:
        self._ended.set()

    def _renew_all(self) -> None:
        while not self._ended.wait(self._lease / 3):
            attempts = self.held()
            if attempts:
                self._renew(attempts)

    def _renew(self, attempts: list[Attempt]) -> None:
        asked_at = time.monotonic()
        claims = [held_claim(attempt) for attempt in attempts]
        request = assignment_service_pb2.RenewClaimsRequest(claims=claims, lease=duration(self._lease))
        try:
            renewed = self._server.assignments.RenewClaims(request, timeout=self._lease).renewed
        except grpc.RpcError:
            renewed = [asked_at < attempt.held_until for attempt in attempts]
        else:
            for attempt in attempts:
                attempt.held_until = asked_at + self._lease
        for attempt, is_held in zip(attempts, renewed):
            if not is_held:
                self.withdraw(attempt.token)


def held_claim(attempt: Attempt) -> assignment_pb2.HeldClaim:
    return assignment_pb2.HeldClaim(
        workflow_id=attempt.assignment.workflow_id, claim_token=attempt.token
    )
