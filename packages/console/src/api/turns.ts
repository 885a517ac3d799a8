/** How long it works before what else waits has its turn, in milliseconds. */
const TURN_MS = 8;

/** The time that work in many small parts has before what else waits, such as a page that is to be drawn. */
export interface Turn {
  isOver(): boolean;
  /** Begins anew: what went before was another piece of work. */
  begin(): void;
  /** Lets what else waits have its turn, for at least `ms`, and begins anew. */
  pass(ms?: number): Promise<void>;
}

export function createTurn(): Turn {
  let at = performance.now();
  const begin = () => {
    at = performance.now();
  };
  return {
    begin,
    isOver: () => performance.now() - at >= TURN_MS,
    async pass(ms = 0) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      begin();
    },
  };
}

/** Lets what else waits have its turn, when it is time. */
export type Breathe = () => Promise<void> | undefined;

/** For work in many small parts: awaited between them. */
export function turns(signal?: AbortSignal): Breathe {
  const turn = createTurn();
  return () => (turn.isOver() ? turn.pass().then(() => signal?.throwIfAborted()) : undefined);
}
