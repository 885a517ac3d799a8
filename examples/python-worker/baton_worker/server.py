"""Calls of a Baton server."""

import grpc
from google.protobuf.duration_pb2 import Duration

from baton.v1 import assignment_service_pb2_grpc, workflow_service_pb2_grpc

# Seconds for an answer.
CALL_SECONDS = 20
# The claim is lost, or the state was left: another report is in force.
LOST = {grpc.StatusCode.ABORTED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS}
# The server may not have had the request, or its answer got lost: send the same again.
AWAY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}
# What is wrong with an output, as the code of a failed attempt: its message is feedback for the next.
OF_THE_OUTPUT = {
    grpc.StatusCode.INVALID_ARGUMENT: "invalid_input",
    grpc.StatusCode.FAILED_PRECONDITION: "gate_not_passed",
    grpc.StatusCode.RESOURCE_EXHAUSTED: "limit_exceeded",
}


class _Showing(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Shows with each call who makes it."""

    def __init__(self, token: str):
        self._shown = ("authorization", f"Bearer {token}")

    def _details(self, details):
        return details._replace(metadata=[*(details.metadata or []), self._shown])

    def intercept_unary_unary(self, continuation, client_call_details, request):
        return continuation(self._details(client_call_details), request)

    def intercept_unary_stream(self, continuation, client_call_details, request):
        return continuation(self._details(client_call_details), request)


class Server:
    """The services at an address such as `127.0.0.1:7480`, or `grpcs://baton.example` for TLS.

    `token` is an API key or a token, for a server that asks who calls.
    """

    def __init__(self, address: str, token: str | None = None):
        # An assignment has every output so far. A server that comes back is found within two seconds, and a
        # connection that is dead within 40.
        options = [
            ("grpc.max_receive_message_length", 32 * 1024 * 1024),
            ("grpc.initial_reconnect_backoff_ms", 500),
            ("grpc.min_reconnect_backoff_ms", 1000),
            ("grpc.max_reconnect_backoff_ms", 2000),
            ("grpc.keepalive_time_ms", 30_000),
            ("grpc.keepalive_timeout_ms", 10_000),
        ]
        scheme, _, host = address.rpartition("://")
        if scheme == "grpcs":
            self._channel = grpc.secure_channel(host, grpc.ssl_channel_credentials(), options)
        else:
            self._channel = grpc.insecure_channel(host, options)
        channel = grpc.intercept_channel(self._channel, _Showing(token)) if token else self._channel
        self.workflows = workflow_service_pb2_grpc.WorkflowServiceStub(channel)
        self.assignments = assignment_service_pb2_grpc.AssignmentServiceStub(channel)

    def close(self) -> None:
        self._channel.close()


def duration(seconds: float) -> Duration:
    message = Duration()
    message.FromMilliseconds(round(seconds * 1000))
    return message
