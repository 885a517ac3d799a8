# A worker in Python, with the standard library alone: it takes work from a Baton server and performs it.
import json
import sys
import threading
import time
import urllib.request

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7481"
ROLE = "q_assistant"


def call(method, **request):
    """One RPC over the Connect protocol: JSON in, JSON out."""
    url = f"{SERVER}/baton.v1.{method}"
    body = json.dumps(request).encode()
    http = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(http, timeout=30) as response:
        return json.load(response)


def perform(assignment):
    """What the role does. A result has to fit assignment["outputSchema"]."""
    wanted = assignment["requirements"]["request"]
    if assignment["state"] == "discovery":
        return {"summary": wanted, "requirements": [wanted]}
    return {"steps": [f"Carry out: {wanted}"], "testingStrategy": "The app's own tests", "risks": []}


def work_on(workflow_id):
    claimed = call("AssignmentService/ClaimAssignment", workflowId=workflow_id, worker="python-1",
                   roles=[ROLE], lease="30s", principal={"kind": "program"})
    token, assignment = claimed["claimToken"], claimed["assignment"]
    done = threading.Event()

    def keep_claim():
        while not done.wait(10):  # a third of the lease
            call("AssignmentService/RenewClaim", workflowId=workflow_id, claimToken=token, lease="30s")

    threading.Thread(target=keep_claim, daemon=True).start()
    try:
        result = perform(assignment)
        # The token fences: a worker whose claim was lost cannot report.
        call("WorkflowService/AdvanceWorkflow", workflowId=workflow_id, role=ROLE, claimToken=token,
             completedState=assignment["state"], result=result, requestId=f"advance-{token}")
        print("finished", assignment["state"], flush=True)
    except Exception as reason:
        call("AssignmentService/FailAttempt", workflowId=workflow_id, claimToken=token,
             code="internal", message=str(reason) or repr(reason), retryable=True, retryAfter="5s")
    finally:
        done.set()


while True:
    for work in call("AssignmentService/ListClaimable", roles=[ROLE]).get("work", []):
        if work["kind"] == "handoff":  # nothing to perform: the role accepts the baton
            call("WorkflowService/AdvanceWorkflow", workflowId=work["workflowId"], role=ROLE,
                 completedState=work["state"], expectedRevision=work["revision"])
        else:
            work_on(work["workflowId"])
    time.sleep(0.5)
