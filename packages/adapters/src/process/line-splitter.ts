/** Longest line in characters. Longer lines are passed on in pieces, so that memory is bounded. */
const MAX_LINE = 8192;

export interface LineSplitter {
  add(text: string): void;
  /** Passes on the text after the last newline. */
  end(): void;
}

/**
 * Splits streamed text into lines and drops empty ones. Errors of `onLine` are ignored: an observer must not
 * be able to end the command.
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
