// A server whose orchestrator has a fault: one odd id is too much for it.
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createServer } from '@baton/server';
import { tellHealth } from './tell-health.ts';

const orchestrator = new Proxy(createOrchestrator({ store: createMemoryStore() }), {
  get(target, name, receiver) {
    const found = Reflect.get(target, name, receiver);
    if (typeof found !== 'function') return found;
    return (...given: unknown[]) => {
      if (given.some((one) => JSON.stringify(one)?.includes('"__proto__"'))) {
        throw new TypeError('planted');
      }
      return Reflect.apply(found, target, given);
    };
  },
});
tellHealth(await createServer({ orchestrator, grpcPort: 0, httpPort: 0 }));
