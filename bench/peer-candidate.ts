import { isDeepStrictEqual } from 'node:util';
import { PATH } from './path.ts';
import { type Candidate, timedBuilds } from './sample.ts';

/** What each step of `PATH` leaves behind; of an accepted handoff, that it was accepted. */
export const OUTPUTS = PATH.map(({ completedState, result }) => ({
  state: completedState,
  output: result ?? { accepted: completedState },
}));

/** An engine that performs the same builds as Baton's. */
export interface Peer {
  /** Performs a build: starts it, then makes the steps of `OUTPUTS` one after another; resolves with its id. */
  build(): Promise<string>;
  /** What the engine's storage has of a build that is over: the outputs of its steps, in their order. */
  stored(id: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/**
 * Whole builds of another engine, `atOnce` of them under way. After each run every build is read back from
 * the engine's storage, which is not timed.
 *
 * @param open opens the engine with an empty storage.
 * @throws Error from `run` when the storage has other outputs than the steps had.
 */
export function peerCandidate(
  name: string,
  open: (atOnce: number) => Promise<Peer>,
  atOnce: number,
  builds: number,
): Candidate {
  return {
    name,
    async run() {
      const peer = await open(atOnce);
      try {
        const ids: string[] = [];
        const sample = await timedBuilds(builds, atOnce, async () => ids.push(await peer.build()));
        for (const id of ids) checkStored(name, id, await peer.stored(id));
        return sample;
      } finally {
        await peer.close();
      }
    },
  };
}

function checkStored(name: string, id: string, stored: readonly unknown[]): void {
  const wrong = OUTPUTS.findIndex(({ output }, step) => !isDeepStrictEqual(stored[step], output));
  if (wrong === -1 && stored.length === OUTPUTS.length) return;
  const found =
    wrong === -1
      ? `${stored.length} outputs`
      : `${JSON.stringify(stored[wrong])} for ${OUTPUTS[wrong]?.state}`;
  throw new Error(
    `${name} did not perform the build '${id}': found ${found} in its storage; expected the outputs of ${OUTPUTS.length} steps`,
  );
}
