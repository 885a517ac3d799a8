# A role in any language: the assignment comes as JSON on stdin, the outcome goes as JSON to stdout.
import json
import sys

assignment = json.load(sys.stdin)
request = assignment["requirements"]["request"]
print(f"{assignment['state']}: {request}", file=sys.stderr)  # progress, for people who watch

if assignment["state"] == "discovery":
    result = {"summary": request, "requirements": [request]}
else:
    result = {"steps": [f"Carry out: {request}"], "testingStrategy": "The app's own tests", "risks": []}
print(json.dumps({"kind": "advance", "result": result}))
