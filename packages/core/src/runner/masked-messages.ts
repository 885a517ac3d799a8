import { type Redact, streamOf } from '../model/redact.ts';

/** Sends the messages of one speaker to a listener that must not see secrets. */
export interface MaskedMessages {
  say(message: string): void;
  /** Hands on what was held back; what is said after that is dropped. */
  end(): void;
}

/**
 * Masks messages as the lines of one text, so that a secret that is told line by line is masked,
 * too. A message that may be the beginning of such a secret waits for the next one.
 */
export function createMaskedMessages(
  redact: Redact,
  hear: (message: string) => void,
): MaskedMessages {
  const stream = streamOf(redact);
  /** How many lines each of the messages has that are not handed on yet. */
  const sizes: number[] = [];
  let lines: string[] = [];
  let rest = '';
  let ended = false;

  function take(masked: string): void {
    const [first = '', ...more] = masked.split('\n');
    rest += first;
    for (const line of more) {
      lines.push(rest);
      rest = line;
    }
    while (sizes[0] !== undefined && lines.length >= sizes[0]) {
      const message = lines.slice(0, sizes[0]).join('\n');
      lines = lines.slice(sizes[0]);
      sizes.shift();
      hear(message);
    }
  }

  return {
    say(message) {
      if (ended) return;
      sizes.push(message.split('\n').length);
      take(stream.add(`${message}\n`));
    },
    end() {
      if (ended) return;
      ended = true;
      take(stream.end());
    },
  };
}
