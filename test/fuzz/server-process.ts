// Servers for the store that the environment names, in a process that tells its parent how it fares.
import { join } from 'node:path';
import { openStore } from '@baton/adapters/open-store';
import { createOrchestrator } from '@baton/core';
import { createLog } from '@baton/server';
import { loadPolicies } from '../../packages/server/src/policies/load-policies.ts';
import { serveBoth } from './serve-both.ts';

const { warn } = createLog({ level: 'warn' });
const { definitions } = await loadPolicies(join(import.meta.dirname, 'policies.json'));
const { store, dispatcher } = await openStore(process.env['DATABASE_URL'] ?? '', { warn });
const orchestrator = createOrchestrator({ store, dispatcher, definitions });
// A request that never ends is ended while the run waits for it.
await serveBoth(orchestrator, { limits: { requestSeconds: 5 } });
