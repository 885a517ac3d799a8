import type { Recorded } from './history.ts';
import type { Sent } from './sent.ts';

export interface Finding {
  readonly what: string;
  readonly request?: Sent;
  /** What was done before to the workflow that the request is about. */
  readonly before?: readonly Recorded[];
}

/** Keeps one finding of each kind, up to a few. */
export interface Findings {
  add(finding: Finding): void;
  readonly all: readonly Finding[];
  readonly isFull: boolean;
}

const MOST = 40;

export function createFindings(): Findings {
  const byKind = new Map<string, Finding>();
  return {
    add(finding) {
      const { what, request } = finding;
      // Ids and numbers tell findings apart that are the same.
      const kind = `${request?.method} ${request?.protocol} ${what.replace(/[\w-]*\d[\w-]*/g, '#')}`;
      if (byKind.size < MOST && !byKind.has(kind)) byKind.set(kind, finding);
    },
    get all() {
      return [...byKind.values()];
    },
    get isFull() {
      return byKind.size >= MOST;
    },
  };
}
