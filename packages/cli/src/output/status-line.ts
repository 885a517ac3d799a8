import { visible } from '@baton/builds/internal';
import type { Terminal } from './terminal.ts';

const ERASE_LINE = '\r\u001b[2K';
const REDRAW_MS = 250;

/** The last line of a terminal that a person watches: it always says what is going on now. */
export interface StatusLine {
  /** Writes a line that stays, above the status; as `Terminal.line` does. */
  above(text: string, hang?: number): void;
  /** Takes the line away for good. */
  dispose(): void;
}

/** @param describe what to show now, on one line and without styles; undefined for nothing. Called several times a second. */
export function createStatusLine(
  terminal: Terminal,
  describe: () => string | undefined,
): StatusLine {
  if (!terminal.live)
    return { above: (text, hang) => terminal.line(text, hang), dispose: () => undefined };
  let drawn = false;

  function erase(): void {
    if (drawn) terminal.write(ERASE_LINE);
    drawn = false;
  }

  function draw(): void {
    erase();
    const described = describe();
    if (described === undefined) return;
    const text = visible(described);
    terminal.write(terminal.style('dim', text.slice(0, terminal.columns - 1)));
    drawn = true;
  }

  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    above(text, hang) {
      erase();
      terminal.line(text, hang);
      draw();
    },
    dispose() {
      clearInterval(timer);
      erase();
    },
  };
}
