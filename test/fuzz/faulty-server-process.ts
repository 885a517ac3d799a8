// A server whose orchestrator has faults: some odd ids are too much for it, and so is a claim that is
// renewed in time; and it thinks long about figures.
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { serveBoth } from './serve-both.ts';

const ODD = /"(__proto__|constructor|NaN)"/;

const orchestrator = new Proxy(createOrchestrator({ store: await createMemoryStore() }), {
  get(target, name, receiver) {
    const found = Reflect.get(target, name, receiver);
    if (typeof found !== 'function') return found;
    return (...given: unknown[]) => {
      if (given.some((one) => ODD.test(JSON.stringify(one)))) {
        throw new TypeError('planted: an odd id');
      }
      if (name === 'projectStats') thinkFor(150);
      const answer: unknown = Reflect.apply(found, target, given);
      return name === 'renewClaim' ? failIfRenewed(answer) : answer;
    };
  },
});

/** In time of the processor: what the machine has no time for is no stall. */
function thinkFor(ms: number): void {
  const before = process.threadCpuUsage();
  let spent = 0;
  while (spent < ms) {
    const { user, system } = process.threadCpuUsage(before);
    spent = (user + system) / 1000;
  }
}

async function failIfRenewed(answer: unknown): Promise<unknown> {
  if ((await answer) === true) throw new TypeError('planted: a renewal');
  return answer;
}

await serveBoth(orchestrator);
