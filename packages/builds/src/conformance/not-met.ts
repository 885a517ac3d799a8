/** A worker did something else than what was expected; the message says what was seen. */
export class NotMet extends Error {}

/** A scenario cannot be run with this worker; the message says why, and what would help. */
export class NotApplicable extends Error {}
