import type { Wire } from './to-wire.ts';

/** What came back, before anything is made of it. */
export interface RawAnswer {
  /** `closed`: by the server, before the answer was whole. `late`: neither came. */
  readonly outcome: 'answered' | 'closed' | 'cancelled' | 'late';
  /** 0 where no headers came. */
  readonly status: number;
  /** With the trailers, where there are any. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What is sent, and how. */
export interface Asked extends Ending {
  readonly wire: Wire;
  /** What goes out of the body. */
  readonly portion: Buffer;
  readonly chunked: boolean;
  /** Whether it is as its protocol has it: then it gets an answer. */
  readonly isOrderly: boolean;
}

/** Asks one thing at a time, and connects anew when it has to. */
export interface Connection {
  ask(asked: Asked): Promise<RawAnswer>;
  close(): void;
}

/** How a request ends that is not sent as a whole, and how long its answer may take. */
interface Ending {
  readonly cut: 'end' | 'destroy' | 'wait' | undefined;
  readonly cancelAfterMs: number | undefined;
  readonly lateAfterMs: number;
}
