import type { Heard } from './lane.ts';
import type { Sent } from './sent.ts';
import type { ServerUnderTest, Stall } from './server-under-test.ts';

/** How long the server's event loop may be blocked. */
export const STALL_MS = 100;

/** Remembers the requests that may have caused a stall. */
export interface Suspects {
  add(heard: Heard): void;
  /** Returns the requests that were under way during a stall, and forgets all. */
  during(stall: Stall): readonly Sent[];
}

export function createSuspects(): Suspects {
  let heard: { readonly sent: Sent; readonly from: number; readonly to: number }[] = [];
  return {
    add({ sent, asked: { tookMs } }) {
      const to = Date.now();
      heard.push({ sent, from: to - tookMs, to });
    },
    during(stall) {
      const found = heard.filter(({ from, to }) => from <= stall.to && to >= stall.from);
      heard = [];
      return found.map(({ sent }) => sent);
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
    await server.ask('stall');
    await send(sent);
    if ((await server.ask('stall')).ms <= STALL_MS) return false;
  }
  return true;
}
