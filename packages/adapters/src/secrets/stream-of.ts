import type { Redact } from '@baton/core';
import type { RedactStream } from '@baton/core/internal';

/** Characters of a line that are waited for. */
const LONGEST_LINE = 64 * 1024;

/** A stream of `redact`; where it has none, each line is masked by itself. */
export function streamOf(redact: Redact): RedactStream {
  return redact.stream?.() ?? lineByLine(redact);
}

function lineByLine(redact: Redact): RedactStream {
  let pending = '';
  return {
    add(piece) {
      pending += piece;
      const line = pending.lastIndexOf('\n') + 1;
      const end = line === 0 && pending.length > LONGEST_LINE ? pending.length : line;
      const lines = pending.slice(0, end);
      pending = pending.slice(end);
      return lines === '' ? '' : redact(lines);
    },
    end: (piece = '') => redact(pending + piece),
  };
}
