import { describe, expect, it } from 'vitest';
import type { ConcurrencyLimits } from '../../orchestrator/concurrency.ts';
import type { Orchestrator } from '../../orchestrator/operations.ts';
import { passingOutputs } from '../build-outputs.ts';
import { aBuild, type Bench, type OpenHarness, withStore } from './harness.ts';

const LEASE = 30_000;
const OFFER = { worker: 'w', roles: ['q_assistant'], leaseMs: LEASE };

/** Two orchestrators under the same limits, and builds. */
async function setUp({ another }: Bench, concurrency: ConcurrencyLimits, builds: number) {
  const both = [await another({ concurrency }), await another({ concurrency })] as const;
  const ids: string[] = [];
  for (let i = 0; i < builds; i++) ids.push((await both[0].start(aBuild())).workflowId);
  return { both, ids };
}

function claim(baton: Orchestrator, workflowId: string, offer = {}) {
  return baton.claim({ workflowId, ...OFFER, ...offer });
}

const isReached = { code: 'limit_exceeded', retryable: true };

export function concurrencyContract(open: OpenHarness): void {
  describe('limits on what is performed at once', () => {
    it(
      'hold for all processes, and for each of the claims that they make at the same time',
      withStore(open, async (bench) => {
        const { both, ids } = await setUp(bench, { perProject: 3 }, 12);
        const claims = ids.map((id, i) => claim(both[i % 2] as Orchestrator, id));
        const settled = await Promise.allSettled(claims);
        expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
        const [refused] = settled.filter((one) => one.status === 'rejected');
        expect(refused?.reason).toMatchObject(isReached);
        expect(refused?.reason.message).toContain("project 'shop' has 3 at once, its limit");
      }),
    );

    it(
      'make room when a claim is reported, given up, or has run out, and not when it is renewed',
      withStore(open, async (bench) => {
        const { both, ids } = await setUp(bench, { roles: { q_assistant: 1 } }, 4);
        const [baton, other] = both;
        const [first = '', second = '', third = ''] = ids;
        const { claim: one } = await claim(baton, first);
        await expect(claim(other, second)).rejects.toMatchObject(isReached);
        const report = { role: 'q_assistant', completedState: 'discovery', claimToken: one.token };
        const result = passingOutputs.discovery;
        await baton.advance({ workflowId: first, ...report, result });
        const two = await claimSoon(other, second);

        const failure = { code: 'x', message: 'm', retryable: true, claimToken: two };
        await other.failAttempt({ workflowId: second, ...failure });
        const three = await claimSoon(baton, third);

        bench.clock.advance(LEASE - 1);
        const renewal = { workflowId: third, token: three, leaseMs: LEASE };
        // By a process that has not seen the claim.
        expect(await other.renewClaim(renewal)).toBe(true);
        bench.clock.advance(LEASE - 1);
        await expect(claim(other, second)).rejects.toMatchObject(isReached);
        bench.clock.advance(1);
        await claimSoon(other, second);
        expect(await baton.renewClaim(renewal)).toBe(false);
      }),
    );

    it(
      'let a worker go on where it makes room, and otherwise end the commit before the claim',
      withStore(open, async (bench) => {
        const limits = { perProject: 1, roles: { code_writer: 1 } };
        const { both, ids } = await setUp(bench, limits, 2);
        const [baton] = both;
        const [first = '', second = ''] = ids;
        const takeNext = [{ ...OFFER, roles: ['q_assistant', 'code_writer'] }];
        const held = await claim(baton, first);
        const work = { workflowId: first, role: 'q_assistant', takeNext };
        const { next } = await baton.advance({
          ...{ ...work, completedState: 'discovery', result: passingOutputs.discovery },
          claimToken: held.claim.token,
        });
        expect(next?.assignment.state).toBe('planning');
        await expect(claim(baton, second)).rejects.toMatchObject(isReached);

        // Of another project, it takes the only permit of the coder.
        const other = await bench.another({ concurrency: limits });
        const { workflowId } = await other.start(aBuild({ projectId: 'elsewhere' }));
        await toCoder(other, workflowId);
        const writer = { ...OFFER, roles: ['code_writer'] };
        await expect(claim(other, workflowId, writer)).resolves.toBeDefined();
        const after = await baton.advance({
          ...{ ...work, completedState: 'planning', result: passingOutputs.planning },
          claimToken: next?.claim.token,
        });
        expect(after).toMatchObject({ state: 'handoff_to_coder' });
        expect(after.next).toBeUndefined();
        await claimSoon(baton, second);
      }),
    );

    it(
      'are by project, role and model family, each of its own',
      withStore(open, async (bench) => {
        const limits = {
          projects: { shop: 3 },
          perProject: 1,
          modelFamilies: { claude: 2, gpt: 1 },
        };
        const { both, ids } = await setUp(bench, limits, 4);
        const [baton, other] = both;
        const principal = { models: ['a:m'], modelFamilies: ['claude', 'gpt'] };
        await claim(baton, ids[0] as string, { principal });
        const byGpt = { principal: { models: ['b:m'], modelFamilies: ['gpt'] } };
        await expect(claim(other, ids[1] as string, byGpt)).rejects.toThrow(
          "model family 'gpt' has 1 at once",
        );
        const byClaude = { principal: { models: ['a:m'], modelFamilies: ['claude'] } };
        await claim(other, ids[1] as string, byClaude);
        await expect(claim(baton, ids[2] as string, byClaude)).rejects.toMatchObject(isReached);
        await claim(baton, ids[2] as string);
        await expect(claim(baton, ids[3] as string)).rejects.toThrow(
          "project 'shop' has 3 at once",
        );
      }),
    );
  });
}

/** What was given back is known to the store a moment after the reply. Returns the token. */
async function claimSoon(baton: Orchestrator, workflowId: string): Promise<string> {
  let token = '';
  const taken = async (): Promise<boolean> => {
    token = (await claim(baton, workflowId)).claim.token;
    return true;
  };
  await expect.poll(() => taken().catch(() => false)).toBe(true);
  return token;
}

async function toCoder(baton: Orchestrator, workflowId: string): Promise<void> {
  for (const state of ['discovery', 'planning'] as const) {
    const report = { workflowId, role: 'q_assistant', completedState: state };
    await baton.advance({ ...report, result: passingOutputs[state] });
  }
  await baton.advance({ workflowId, role: 'code_writer', completedState: 'handoff_to_coder' });
}
