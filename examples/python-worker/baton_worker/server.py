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


class Server:
    """The services at an address such as `127.0.0.1:7480`."""

    def __init__(self, address: str):
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
        self._channel = grpc.insecure_channel(address, options)
        self.workflows = workflow_service_pb2_grpc.WorkflowServiceStub(self._channel)
        self.assignments = assignment_service_pb2_grpc.AssignmentServiceStub(self._channel)

    def close(self) -> None:
        self._channel.close()


def duration(seconds: float) -> Duration:
    message = Duration()
    message.FromMilliseconds(round(seconds * 1000))
    return message
