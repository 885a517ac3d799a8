import type { Heard } from './lane.ts';
import type { Sent } from './sent.ts';
import type { ServerUnderTest } from './server-under-test.ts';

/** How long the server's event loop may be kept. */
export const STALL_MS = 100;

/** Remembers the requests that a stall is likely to come from. */
export interface Suspects {
  add(heard: Heard): void;
  /** The likeliest; forgets all. */
  take(): readonly Sent[];
}

/** Answers come late where the loop was kept. */
const SLOW_MS = 0.8 * STALL_MS;
/** All that were under way together are as late as the one that they waited for. */
const MOST_SLOW = 20;
const MOST_LARGE = 3;

export function createSuspects(): Suspects {
  let slow: Heard[] = [];
  let large: Sent[] = [];
  return {
    add(heard) {
      const { sent, asked } = heard;
      if (asked.tookMs > SLOW_MS) {
        slow.push(heard);
        slow.sort((a, b) => b.sent.body.length - a.sent.body.length);
        slow.length = Math.min(slow.length, MOST_SLOW);
      }
      const least = large.at(-1)?.body.length ?? 0;
      if (large.length >= MOST_LARGE && sent.body.length <= least) return;
      large = [...large, sent].sort((a, b) => b.body.length - a.body.length).slice(0, MOST_LARGE);
    },
    take() {
      const found = [...new Set([...slow.map(({ sent }) => sent), ...large])];
      slow = [];
      large = [];
      return found;
    },
  };
}

/** Whether a request stalls the server each of three times: a busy machine stalls anything once. */
export async function stalls(
  server: ServerUnderTest,
  send: (sent: Sent) => Promise<unknown>,
  sent: Sent,
): Promise<boolean> {
  for (let i = 0; i < 3; i++) {
    await server.ask('stalledMs');
    await send(sent);
    if ((await server.ask('stalledMs')) <= STALL_MS) return false;
  }
  return true;
}
