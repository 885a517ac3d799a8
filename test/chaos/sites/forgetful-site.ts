import type { Setback } from '../setbacks.ts';
import { tick } from '../tick.ts';
import type { Site } from './site.ts';

interface Memory {
  /** Whether the store's driver sends again what it has no reply to. */
  readonly isSentAgain: boolean;
  /** Has what is there now kept for `forget`. */
  save(): Promise<void>;
  /** Kills the store and, after `ms`, has it go on with what was there at the last save. */
  forget(ms: number): Promise<void>;
}

/** Where a kill takes the store back to the last save, while the orchestrators over it live on. */
export function forgetfulSite(site: Site, { isSentAgain, save, forget }: Memory): Site {
  const setbacks: Setback[] = [];
  async function note(kind: Setback['kind'], happen: () => Promise<void>): Promise<void> {
    const calledAt = tick();
    await happen();
    setbacks.push({ kind, isSentAgain, calledAt, answeredAt: tick() });
  }
  const { ruin, ...rest } = site;
  return {
    ...rest,
    faults: [...site.faults, 'save'],
    setbacks,
    async begin(work) {
      await note('saved', save);
      return site.begin(work);
    },
    async strike(fault, random) {
      if (fault.kind === 'save') await note('saved', save);
      else if (fault.kind === 'kill') await note('forgot', () => forget(fault.ms));
      else await site.strike(fault, random);
    },
  };
}
