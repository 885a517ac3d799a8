import type { RedactStream } from '@baton/core/internal';
import type { CreateSpanFinder } from './span-finder.ts';

/** What stands in the place of a secret. */
export const MASK = '[secret]';

interface Span {
  readonly start: number;
  end: number;
}

/*
 * Invariants
 * 1. Nothing is answered that a finder may still tell of.
 * 2. Spans that overlap are one secret, and have one mask, at their beginning.
 * 3. Every line end stays, those within secrets, too: behind the mask.
 */

/** Masks what the finders find. */
export function createMaskingStream(finders: readonly CreateSpanFinder[]): RedactStream {
  /** The text from `answered` on. */
  let held = '';
  let answered = 0;
  /** Where the last secret ends that has its mask. */
  let maskedTo = 0;
  let spans: Span[] = [];
  let latest: Span | undefined;

  const searches = finders.map((create) =>
    create((start, end) => {
      // As one: of a text that repeats itself there may be as many as there are characters.
      if (latest !== undefined && start >= latest.start && start < latest.end) {
        latest.end = Math.max(latest.end, end);
        return;
      }
      latest = { start, end };
      spans.push(latest);
    }),
  );

  /** Answers the text up to `to`: line ends only, where it is masked. */
  function answer(to: number): string {
    const masked = Math.min(Math.max(maskedTo - answered, 0), to - answered);
    const part = held.slice(0, to - answered);
    held = held.slice(to - answered);
    answered = to;
    return masked === 0 ? part : part.slice(0, masked).replace(/[^\n]+/g, '') + part.slice(masked);
  }

  function answerSettled(settled: number): string {
    const answers: string[] = [];
    const later: Span[] = [];
    for (const span of spans.sort((a, b) => a.start - b.start)) {
      if (span.start >= settled) {
        later.push(span);
        continue;
      }
      if (span.start >= maskedTo) {
        answers.push(answer(span.start), MASK);
        maskedTo = span.end;
      } else maskedTo = Math.max(maskedTo, span.end);
    }
    spans = later;
    latest = undefined;
    answers.push(answer(settled));
    return answers.join('');
  }

  return {
    add(piece) {
      held += piece;
      const settled = searches.map((search) => search.read(piece));
      return answerSettled(Math.min(...settled));
    },
    end(piece = '') {
      held += piece;
      for (const search of searches) search.end(piece);
      return answerSettled(answered + held.length);
    },
  };
}
