"""What a role answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Advance:
    """The phase is done. `result` has to fit the assignment's output schema."""

    result: dict


@dataclass(frozen=True)
class Retry:
    """The work goes back to the role before, with the reason as its feedback."""

    reason: str


@dataclass(frozen=True)
class Fail:
    """This attempt came to nothing. Without `retryable` the workflow goes to `error`."""

    reason: str
    retryable: bool = False


Outcome = Advance | Retry | Fail
