# A worker in Python, with the standard library alone: it takes work from a Baton server and performs it.
import json
import sys
import threading
import time
import urllib.request

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7481"
# What it performs, who it is, and how long it may be silent before others get its work.
OFFER = {"worker": "python-1", "roles": ["q_assistant"], "lease": "30s", "principal": {"kind": "program"}}


def call(method, **request):
    """One RPC over the Connect protocol: JSON in, JSON out."""
    url = f"{SERVER}/baton.v1.{method}"
    body = json.dumps(request).encode()
    http = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(http, timeout=90) as response:
        return json.load(response)


def perform(assignment):
    """What the role does. A result has to fit assignment["outputSchema"]."""
    wanted = assignment["requirements"]["request"]
    if assignment["state"] == "discovery":
        return {"summary": wanted, "requirements": [wanted]}
    return {"steps": [f"Carry out: {wanted}"], "testingStrategy": "The app's own tests", "risks": []}


def work_on(claimed):
    """Performs an assignment and reports it; returns what the worker goes on with, if anything."""
    token, assignment = claimed["claimToken"], claimed["assignment"]
    claim = {"workflowId": assignment["workflowId"], "claimToken": token}
    done = threading.Event()

    def keep_claim():
        while not done.wait(10):  # a third of the lease
            call("AssignmentService/RenewClaim", **claim, lease=OFFER["lease"])

    threading.Thread(target=keep_claim, daemon=True).start()
    try:
        result = perform(assignment)
        # The token fences: a worker whose claim was lost cannot report. What comes next is taken in the same commit.
        reply = call("WorkflowService/AdvanceWorkflow", **claim, role=assignment["role"], result=result,
                     completedState=assignment["state"], requestId=f"advance-{token}", takeNext=[OFFER])
        print("finished", assignment["state"], flush=True)
        return reply.get("next")
    except Exception as reason:
        call("AssignmentService/FailAttempt", **claim, code="internal", message=str(reason) or repr(reason),
             retryable=True, retryAfter="5s")
    finally:
        done.set()


while True:
    try:
        found = call("AssignmentService/PollWork", offers=[OFFER], wait="20s").get("work", [])
        while found:  # handoffs are accepted on the way
            found = [following] if (following := work_on(found[0])) else []
    except OSError as reason:  # the server is away, or has withdrawn the claim: ask again
        print(reason, file=sys.stderr, flush=True)
        time.sleep(1)
