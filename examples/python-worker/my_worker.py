"""A worker for all five roles. Put models, tools or programs of your own where the constant answers stand."""

import logging
import os

from baton_worker import Advance, Attempt, Fail, Retry, Worker
from baton_worker.conformance import scripted

ANSWERS = {
    "discovery": {"summary": "A dark mode", "requirements": ["A switch changes the colours"]},
    "planning": {"steps": ["Add a switch"], "testingStrategy": "Unit tests", "risks": []},
    "implementation": {"summary": "Added a switch", "changedFiles": ["app.js"]},
    "testing": {"testsPassed": 12, "testsFailed": 0, "coveragePercent": 91.5, "securityIssues": []},
    "verification": {"approved": True, "findings": []},
    "deployment": {
        "deployed": True,
        "target": "production",
        "smokeTests": [{"name": "home page", "passed": True}],
    },
}
ROLES = "q_assistant,code_writer,test_auditor,verification_overseer,release_manager"


def perform(attempt: Attempt) -> Advance | Retry | Fail:
    if outcome := scripted(attempt):
        return outcome
    attempt.check()  # raises when the work was withdrawn: call it between steps of your own
    return Advance(ANSWERS[attempt.state])


logging.basicConfig(level=logging.INFO)
Worker(
    os.environ.get("BATON_GRPC_SERVER", "127.0.0.1:7480"),
    roles=os.environ.get("BATON_ROLES", ROLES).split(","),
    perform=perform,
    lease=float(os.environ.get("BATON_LEASE_SECONDS", "30")),
    grace=float(os.environ.get("BATON_GRACE_SECONDS", "20")),
    capacity=2,
).run()
