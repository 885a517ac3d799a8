/*
 * 1. A look at the store that takes too long counts as failed; one look is on its way at a time, and all who ask
 *    meanwhile get its answer.
 * 2. What was seen is good for a second: probes of any number cost one look a second.
 * 3. Once the server stops, it is not ready, whatever the store says, and the store is not asked.
 */

/** Whether the server takes requests, and why not. It tells nothing of the store that a stranger may not know. */
export type Readiness =
  | { readonly status: 'READY' }
  | { readonly status: 'NOT_READY'; readonly reason: 'stopping' | 'store_unreachable' };

export interface ReadinessCheck {
  now(): Promise<Readiness>;
  /** Says from now on that the server is not ready: it stops. */
  retire(): void;
  /** Calls `listener` whenever what was seen changes. It is looked now and then, unasked. */
  onChange(listener: (readiness: Readiness) => void): void;
  stop(): void;
}

export interface ReadinessOptions {
  /** Asks the store for something. */
  readonly probe: () => Promise<unknown>;
  /** Milliseconds that the store gets to answer. Default 2000. */
  readonly withinMs?: number;
  /** Milliseconds between looks that nobody asked for. Default 5000. */
  readonly everyMs?: number;
}

const READY: Readiness = { status: 'READY' };
const STOPPING: Readiness = { status: 'NOT_READY', reason: 'stopping' };
const STORE_UNREACHABLE: Readiness = { status: 'NOT_READY', reason: 'store_unreachable' };

/** Milliseconds for which what was seen is good. */
const GOOD_FOR_MS = 1000;

export function createReadiness({
  probe,
  withinMs = 2000,
  everyMs = 5000,
}: ReadinessOptions): ReadinessCheck {
  const listeners: ((readiness: Readiness) => void)[] = [];
  let isRetired = false;
  let seen: { readonly readiness: Readiness; readonly at: number } | undefined;
  let looking: Promise<Readiness> | undefined;

  function tell(readiness: Readiness): void {
    for (const listener of listeners) listener(readiness);
  }

  async function look(): Promise<Readiness> {
    const readiness = await answersWithin(probe, withinMs);
    const before = seen?.readiness ?? READY;
    seen = { readiness, at: performance.now() };
    looking = undefined;
    if (!isRetired && readiness !== before) tell(readiness);
    return readiness;
  }

  async function now(): Promise<Readiness> {
    if (isRetired) return STOPPING;
    if (seen !== undefined && performance.now() - seen.at < GOOD_FOR_MS) return seen.readiness;
    looking ??= look();
    const found = await looking;
    return isRetired ? STOPPING : found;
  }

  const timer = setInterval(() => void now(), everyMs);
  timer.unref();
  return {
    now,
    retire() {
      if (isRetired) return;
      isRetired = true;
      clearInterval(timer);
      tell(STOPPING);
    },
    onChange: (listener) => void listeners.push(listener),
    stop: () => clearInterval(timer),
  };
}

function answersWithin(probe: () => Promise<unknown>, ms: number): Promise<Readiness> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(STORE_UNREACHABLE), ms);
    const settle = (readiness: Readiness) => {
      clearTimeout(timer);
      resolve(readiness);
    };
    probe().then(
      () => settle(READY),
      () => settle(STORE_UNREACHABLE),
    );
  });
}
