import { BatonError } from '@baton/core';

/** What one check has found. */
export interface Finding {
  readonly name: string;
  /** `warning`: builds work, and something may surprise. */
  readonly verdict: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do about it; absent when nothing has to be done. */
  readonly advice?: string;
  /** The end of what a command wrote, for machines and for who wants more of it. */
  readonly details?: string;
}

/** A check that finds what `look` answers, or a problem when it throws. */
export async function finding(
  name: string,
  advice: string,
  look: () => Promise<string> | string,
): Promise<Finding> {
  try {
    return { name, verdict: 'ok', found: await look() };
  } catch (reason) {
    return { name, verdict: 'problem', found: BatonError.from(reason).message, advice };
  }
}
