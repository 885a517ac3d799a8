import { describe, expect, it } from 'vitest';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { SeparatedBy, WorkflowDefinition } from '../model/definition.ts';
import { PERSON, type Performer, PROGRAM } from '../model/principal.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import {
  advance,
  after,
  at,
  changeOf,
  claim,
  errorOf,
  retry,
  rollBack,
} from './testing/commands.ts';

const separated = (by: SeparatedBy): WorkflowDefinition =>
  buildDefinition({ separations: [{ phase: 'verification', from: 'implementation', by }] });

const writer: Performer = { worker: 'w1', models: ['acme:large'], modelFamilies: ['acme'] };

/** Verification, after `writer` implemented. */
function written(definition: WorkflowDefinition) {
  const { worker, ...principal } = writer;
  const claimed = after(claim(at('implementation'), { worker, principal }, definition));
  let snapshot = after(advance(claimed, { claimToken: 't1' }, definition));
  while (snapshot.state !== 'verification') snapshot = after(advance(snapshot, {}, definition));
  return snapshot;
}

function claimAs(by: SeparatedBy, { worker, ...principal }: Performer) {
  const definition = separated(by);
  return claim(written(definition), { worker, principal }, definition);
}

const workersIn = ({ performers }: WorkflowSnapshot): string[] =>
  (performers['implementation'] ?? []).map(({ worker }) => worker);

const UNDECLARED = { models: [], modelFamilies: [] };

describe('a separation of duties', () => {
  it.each([
    ['worker', { ...writer, models: ['other:m'], modelFamilies: ['other'] }],
    ['model', { ...writer, worker: 'w2' }],
    ['model', { worker: 'w2', models: ['other:m', 'acme:large'], modelFamilies: [] }],
    ['model_family', { worker: 'w2', models: ['acme:small'], modelFamilies: ['acme'] }],
    ['model_family', { worker: 'w2', models: [], modelFamilies: ['ACME'] }],
    ['worker', { worker: ' W1 ', ...PERSON }],
    ['model', { worker: 'w2', models: ['acme:\uFF2Carge'], modelFamilies: [] }],
    ['model', { worker: 'w2', models: ['router:acme/large'], modelFamilies: [] }],
  ] as const)('by %s keeps the writer from verifying', (by, performer) => {
    const error = errorOf(claimAs(by, performer));
    expect(error).toMatchObject({ code: 'not_owner', metadata: { by } });
    expect(error.message).toContain("may not perform 'verification' too");
  });

  it.each([
    ['worker', { ...writer, worker: 'w2' }],
    ['model', { ...writer, models: ['acme:small'] }],
    ['model', { worker: 'w2', ...PERSON }],
    ['model_family', { worker: 'w2', ...PERSON }],
    ['model_family', { worker: 'w2', ...PROGRAM }],
    ['model_family', { ...writer, modelFamilies: ['other'] }],
  ] as const)('by %s lets others verify', (by, performer) => {
    expect(claimAs(by, performer).kind).toBe('accepted');
  });

  it.each([
    ['model', UNDECLARED, 'no model for', 'principal.models'],
    ['model', { ...UNDECLARED, modelFamilies: ['other'] }, 'no model for', 'principal.models'],
    ['model_family', UNDECLARED, 'no model family for', 'principal.modelFamilies'],
    [
      'model_family',
      { ...UNDECLARED, models: ['other:m'] },
      'no model family for',
      'principal.modelFamilies',
    ],
  ] as const)(
    'by %s refuses a performer that declares %o, and says how to declare it',
    (by, principal, what, how) => {
      const error = errorOf(claimAs(by, { worker: 'w2', ...principal }));
      expect(error).toMatchObject({
        code: 'not_owner',
        metadata: { undeclared: 'verification', by },
      });
      expect(error.message).toContain(`worker 'w2' declares ${what} 'verification'`);
      expect(error.message).toContain(how);
      expect(error.message).toContain("'person' or 'program'");
    },
  );

  it('asks for it before the work that others will be held apart from', () => {
    const undeclared = { worker: 'w1', principal: UNDECLARED };
    const error = errorOf(claim(at('implementation'), undeclared, separated('model')));
    expect(error.metadata).toMatchObject({ undeclared: 'implementation' });
    expect(claim(at('implementation'), undeclared, separated('worker')).kind).toBe('accepted');
    expect(claim(at('testing'), undeclared, separated('model')).kind).toBe('accepted');
  });

  it('lets a person write and a model verify, and no role verify what an undeclared performer wrote', () => {
    const definition = separated('model_family');
    const writtenBy = (principal: Omit<Performer, 'worker'>) => ({
      ...written(definition),
      performers: { implementation: [{ worker: 'ada', ...principal }] },
    });
    const model = { worker: 'w2', principal: { models: ['a:b'], modelFamilies: ['a'] } };
    expect(claim(writtenBy(PERSON), model, definition).kind).toBe('accepted');
    const error = errorOf(claim(writtenBy(UNDECLARED), model, definition));
    expect(error.metadata).toMatchObject({ undeclared: 'implementation' });
    expect(error.message).toContain("worker 'ada' declares no model family for 'implementation'");
    expect(error.message).toContain("roll back to 'implementation'");
  });

  it.each(['worker', 'model', 'model_family'] as const)(
    'by %s refuses to verify what was handed over without a claim',
    (by) => {
      const definition = separated(by);
      const { performers: _, ...snapshot } = written(definition);
      const someone = { worker: 'w2', principal: { models: ['a:b'], modelFamilies: ['a'] } };
      const error = errorOf(claim({ ...snapshot, performers: {} }, someone, definition));
      expect(error).toMatchObject({ code: 'not_owner', metadata: { by } });
      expect(error.message).toContain("it is unknown who performed 'implementation'");
    },
  );

  it('remembers all performers whose work is in the workspace, and drops them after a rollback', () => {
    const definition = separated('worker');
    const claimAt = (snapshot: WorkflowSnapshot, worker: string) =>
      after(claim(snapshot, { worker, token: worker }, definition));
    const passOn = (snapshot: WorkflowSnapshot, claimToken?: string) =>
      after(advance(snapshot, { claimToken }, definition));
    let snapshot = passOn(claimAt(at('implementation'), 'first'), 'first');
    snapshot = after(retry(passOn(snapshot), {}, definition));
    snapshot = passOn(claimAt(snapshot, 'second'), 'second');
    while (snapshot.state !== 'verification') snapshot = passOn(snapshot);
    for (const worker of ['first', 'second']) {
      expect(errorOf(claim(snapshot, { worker }, definition)).code).toBe('not_owner');
    }
    // The files of the retry, with which it was entered, have the work of the first in them.
    const back = after(rollBack(snapshot, 'implementation'));
    expect(workersIn(back)).toEqual(['first']);
    expect(workersIn(after(rollBack(snapshot, 'planning')))).toEqual([]);
    // Before it was recorded with what performers a phase began: no performer is forgotten.
    const path = snapshot.path.map((entry) => ({ ...entry, performers: undefined }));
    const old = after(rollBack({ ...snapshot, path }, 'implementation'));
    expect(workersIn(old)).toEqual(['first', 'second']);
  });

  it('counts who sent the work back without finishing it', () => {
    const claimed = after(claim(at('implementation'), { worker: 'w1' }));
    const by = { by: 'code_writer', claimToken: 't1' };
    expect(workersIn(after(retry(claimed, by)))).toEqual(['w1']);
  });

  it('counts who gave the work up, and whose retry was one too many', () => {
    const work = { claimToken: 't1', checkpoint: { commit: 'c1', digest: 'd1' } };
    const claimed = after(claim(at('implementation'), { worker: 'w1' }));
    const givenUp = changeOf(advance(claimed, { ...work, nextState: 'error' }));
    const spent = changeOf(retry({ ...claimed, retries: 3 }, work));
    for (const { snapshot: failed, events } of [givenUp, spent]) {
      expect(events.at(-1)?.data).toMatchObject({ checkpoint: work.checkpoint });
      expect(failed).toMatchObject({ state: 'error', checkpoint: work.checkpoint });
      expect(workersIn(failed)).toEqual(['w1']);
    }
  });

  it('is not to be had around by working without a claim', () => {
    const definition = separated('worker');
    const checkpoint = { commit: 'c1', digest: 'd1' };
    for (const snapshot of [at('implementation'), written(definition)]) {
      expect(errorOf(advance(snapshot, {}, definition)).code).toBe('not_owner');
      expect(errorOf(retry(snapshot, { checkpoint }, definition)).code).toBe('not_owner');
      const givenUp = advance(snapshot, { checkpoint, nextState: 'error' }, definition);
      expect(errorOf(givenUp).code).toBe('not_owner');
    }
  });
});
