import { createOrchestrator } from '@baton/core';
import { describeStoreContract } from '@baton/core/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../open-store/open-store.ts';
import {
  type PrivatePgBouncer,
  pgBouncerMissing,
  startPgBouncer,
} from '../testing/private-pgbouncer.ts';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../testing/private-postgres.ts';
import { createPostgresStore } from './postgres-store.ts';

const missing = postgresMissing() || pgBouncerMissing();

describe.skipIf(missing).each(['session', 'transaction'] as const)(
  'behind PgBouncer in %s mode',
  (mode) => {
    let server: PrivatePostgres;
    let bouncer: PrivatePgBouncer;
    let schemas = 0;
    beforeAll(async () => {
      server = await startPrivatePostgres();
      bouncer = await startPgBouncer(server, mode, ['default_pool_size = 40']);
    });
    afterAll(async () => {
      await bouncer?.destroy();
      await server?.destroy();
    });
    const warnings: string[] = [];
    afterEach(() => void warnings.splice(0));

    const open = (schema?: string) =>
      createPostgresStore({
        connection: bouncer.url,
        maxConnections: 4,
        ...(schema !== undefined && { schema }),
        warn: (line) => warnings.push(line),
      });

    describeStoreContract('the PostgreSQL store', async () => {
      const schema = `contract_${schemas++}`;
      const stores = [await open(schema)];
      return {
        store: stores[0] as (typeof stores)[0],
        async another() {
          const other = await open(schema);
          stores.push(other);
          return other;
        },
        async destroy() {
          for (const store of stores) await store.close();
        },
      };
    });

    it('a store carries sixty builds at once, and says what it goes without', async () => {
      const [a, b] = [await open('busy'), await open('busy')];
      onTestFinished(async () => {
        await a.close();
        await b.close();
      });
      const started = Array.from({ length: 60 }, (_, i) => {
        const baton = createOrchestrator({ store: i % 2 === 0 ? a : b });
        const build = { projectId: 'p', buildId: `b${i}`, userId: 'u', requirements: {} };
        return baton.start(build).then(({ workflowId }) =>
          baton.advance({
            workflowId,
            role: 'q_assistant',
            completedState: 'discovery',
            result: { summary: 's', requirements: ['r'] },
          }),
        );
      });
      const states = (await Promise.all(started)).map(({ state }) => state);
      expect(states).toEqual(Array.from({ length: 60 }, () => 'planning'));
      const shared = expect.stringContaining('shares connections by transaction');
      expect(warnings).toEqual(mode === 'transaction' ? [shared, shared] : []);
    });

    it('leaves nothing in the sessions of others', async () => {
      const store = await open('clean');
      await createOrchestrator({ store }).list({});
      await store.close();
      const client = new pg.Client({ connectionString: bouncer.url });
      await client.connect();
      onTestFinished(() => client.end());
      const { rows } = await client.query(
        `SELECT current_setting('enable_seqscan') AS setting, current_setting('jit') AS jit,
           (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`,
      );
      expect(rows).toEqual([{ setting: 'on', jit: 'on', prepared: 0 }]);
    });

    it('hints of others are heard, or it is said that they are not', async () => {
      const errors: string[] = [];
      const options = { warn() {}, onHintError: (error: unknown) => errors.push(String(error)) };
      const [here, there] = [
        await openStore(bouncer.url, options),
        await openStore(bouncer.url, options),
      ];
      onTestFinished(async () => {
        await here.close();
        await there.close();
      });
      const heard: string[] = [];
      there.dispatcher?.subscribe(({ workflowId }) => heard.push(workflowId));
      const said = () => {
        here.dispatcher?.announce({ workflowId: 'wf_1', role: 'code_writer' });
        return mode === 'session' ? heard : errors;
      };
      const expected = mode === 'session' ? 'wf_1' : 'hints of other processes are not heard';
      await expect.poll(said, { interval: 20 }).toContainEqual(expect.stringContaining(expected));
    });
  },
);

describe.skipIf(missing)('behind PgBouncer in transaction mode', () => {
  it.each([
    ['synchronous_commit', 'off'],
    ['default_transaction_isolation', 'serializable'],
  ])('a store refuses a database whose default of %s is %s', async (name, value) => {
    const server = await startPrivatePostgres([`${name}=${value}`]);
    onTestFinished(() => server.destroy());
    const bouncer = await startPgBouncer(server, 'transaction');
    onTestFinished(() => bouncer.destroy());
    await expect(createPostgresStore({ connection: bouncer.url })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(`${name}: found '${value}'`),
    });
  });
});
