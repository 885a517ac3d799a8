/** How long a test may take: enough for the longest on a slow and busy machine. It ends what hangs. */
export const TEST_MS = 900_000;

/**
 * How long a test waits for one thing: until the test has to end, and no less. A shorter wait fails on a
 * machine that is only slow. It ends before the test does, to say what was waited for.
 */
export const WAIT_MS = TEST_MS - 30_000;
