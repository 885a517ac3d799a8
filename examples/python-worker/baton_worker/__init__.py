"""Performs roles of AI software builds for a Baton server."""

from .attempt import Attempt, Withdrawn
from .outcomes import Advance, Fail, Retry
from .worker import Worker

__all__ = ["Advance", "Attempt", "Fail", "Retry", "Withdrawn", "Worker"]
