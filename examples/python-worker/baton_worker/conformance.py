"""Answers what `baton conformance worker` asks: the worker is under test, not the role."""

from .attempt import Attempt
from .outcomes import Advance


def scripted(attempt: Attempt) -> Advance | None:
    """What the test wants of this phase, after the time that it is to take; None where nothing is tested."""
    script = attempt.requirements.get("conformance")
    if script is None:
        return None
    step = script[attempt.state]
    attempt.sleep(step["workSeconds"])
    return Advance(step["answer"])
