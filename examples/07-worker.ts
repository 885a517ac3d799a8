// A worker of your own: it performs one role for a server, `npx -y pnpm@12 serve` in another terminal.
import { createWorker } from '@baton/client/worker';
import type { RoleAdapter } from '@baton/core';

const assistant: RoleAdapter = {
  role: 'q_assistant',
  async perform({ state, requirements }) {
    const wanted = String(requirements['request']);
    if (state === 'discovery') {
      return { kind: 'advance', result: { summary: wanted, requirements: [wanted] } };
    }
    const plan = { steps: [wanted], testingStrategy: "The app's own tests", risks: [] };
    return { kind: 'advance', result: plan };
  },
};
const baseUrl = process.argv[2] ?? 'http://127.0.0.1:7481';
const worker = createWorker({ baseUrl, roles: [assistant], concurrency: 2 });
process.once('SIGTERM', () => worker.drain(60_000));
worker.start();
