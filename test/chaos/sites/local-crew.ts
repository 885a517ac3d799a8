import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowStore } from '@baton/core';
import { runFleet, seatsOver } from '../fleet.ts';
import { tick } from '../tick.ts';
import type { Crew, Work } from './site.ts';

/** Orchestrators over `stores`, kept for many rounds, with clients in this process. */
export function localCrews(stores: readonly WorkflowStore[], clients: number) {
  const seats = seatsOver(stores);
  return async (work: Work): Promise<Crew> => {
    let over = false;
    const rest = (): Promise<void> => sleep(15);
    const running = runFleet({ ...work, clients, seats, tick, isOver: () => over, rest });
    return {
      async stop() {
        over = true;
        await running;
      },
    };
  };
}
