/** Longest line handed on, in characters; a longer one comes in pieces, so that memory is bounded. */
const MAX_LINE = 8192;

export interface LineSplitter {
  add(text: string): void;
  /** Hands on what came after the last newline. */
  end(): void;
}

/**
 * Cuts a text that comes in pieces into lines, without the empty ones. An error in `onLine` is swallowed: whoever
 * watches a command must not be able to end it.
 */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  let pending = '';

  function emit(line: string): void {
    if (line.trim() === '') return;
    try {
      onLine(line.replace(/\r$/, ''));
    } catch {
      // See above.
    }
  }

  return {
    add(text) {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) emit(line);
      while (pending.length > MAX_LINE) {
        emit(pending.slice(0, MAX_LINE));
        pending = pending.slice(MAX_LINE);
      }
    },
    end() {
      emit(pending);
      pending = '';
    },
  };
}
