import { describe, expect, it } from 'vitest';
import { BUILD_PHASES, BUILD_STATES, buildDefinition } from '../model/build/build-definition.ts';
import { ownersOf, type WorkflowDefinition } from '../model/definition.ts';
import type { WorkflowEvent } from '../model/event.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import type { AdvanceCommand, Decision, RequestRetryCommand, RollbackCommand } from './command.ts';
import { start } from './start.ts';
import { transition } from './transition.ts';

const build = buildDefinition();
const NOW = 1_000_000;

/** The 28 transitions, written out once more by hand: the definition is held against this list. */
const TRANSITIONS = [
  'discovery → planning',
  'planning → handoff_to_coder',
  'handoff_to_coder → implementation',
  'implementation → handoff_to_tester',
  'handoff_to_tester → testing',
  'testing → handoff_to_verifier',
  'handoff_to_verifier → verification',
  'verification → handoff_to_releaser',
  'handoff_to_releaser → deployment',
  'deployment → complete',
  'testing → implementation',
  'verification → implementation',
  'discovery → error',
  'planning → error',
  'handoff_to_coder → error',
  'implementation → error',
  'handoff_to_tester → error',
  'testing → error',
  'handoff_to_verifier → error',
  'verification → error',
  'handoff_to_releaser → error',
  'deployment → error',
  'error → discovery',
  'error → planning',
  'error → implementation',
  'error → testing',
  'error → verification',
  'error → deployment',
];

const expectations = {
  now: NOW,
  expectedRevision: undefined,
  expectedEpoch: undefined,
  claimToken: undefined,
};

function begin(definition: WorkflowDefinition = build): WorkflowSnapshot {
  return start(definition, {
    id: 'wf_1',
    buildId: 'b',
    projectId: 'p',
    userId: 'ada',
    requirements: {},
    metadata: {},
    limits: { timeoutMs: 3_600_000, maxRetries: 3, maxAttempts: 5 },
    now: NOW,
  }).change.snapshot;
}

function advance(snapshot: WorkflowSnapshot, patch: Partial<AdvanceCommand> = {}) {
  const phase = snapshot.state as keyof typeof passingOutputs;
  return transition<'advance'>(build, snapshot, {
    kind: 'advance',
    ...expectations,
    role: ownersOf(build, snapshot.state).at(-1) ?? 'q_assistant',
    completedState: snapshot.state,
    result: passingOutputs[phase],
    nextState: undefined,
    checkpoint: undefined,
    ...patch,
  });
}

function retry(snapshot: WorkflowSnapshot, patch: Partial<RequestRetryCommand> = {}) {
  return transition<'request_retry'>(build, snapshot, {
    kind: 'request_retry',
    ...expectations,
    requestedBy: 'ada',
    reason: 'again',
    details: undefined,
    targetState: undefined,
    checkpoint: undefined,
    ...patch,
  });
}

function rollBack(
  snapshot: WorkflowSnapshot,
  targetState: string,
  patch: Partial<RollbackCommand> = {},
) {
  return transition<'rollback'>(build, snapshot, {
    kind: 'rollback',
    ...expectations,
    rolledBackBy: 'ada',
    reason: 'back',
    targetState,
    ...patch,
  });
}

function changeOf(decision: Decision) {
  if (decision.kind === 'accepted' || decision.kind === 'diverted') return decision.change;
  throw decision.kind === 'rejected' ? decision.error : new Error(`found ${decision.kind}`);
}

function after(decision: Decision): WorkflowSnapshot {
  return changeOf(decision).snapshot;
}

function errorOf(decision: Decision) {
  if (decision.kind === 'rejected' || decision.kind === 'diverted') return decision.error;
  throw new Error(`expected a refusal, found ${decision.kind}`);
}

function at(state: string): WorkflowSnapshot {
  let snapshot = begin();
  while (snapshot.state !== state && snapshot.state !== 'complete') {
    snapshot = after(advance(snapshot));
  }
  return state === 'error' ? after(advance(at('deployment'), { nextState: 'error' })) : snapshot;
}

/** The moves that events tell of, in order. */
function moves(events: readonly WorkflowEvent[]): string[] {
  return events
    .filter(({ data }) => data['from'] !== undefined)
    .map(({ data }) => `${data['from']} → ${data['to']}`);
}

describe('the graph of the build definition', () => {
  it('has exactly the 28 transitions', () => {
    expect(build.transitions.map(({ from, to }) => `${from} → ${to}`).sort()).toEqual(
      [...TRANSITIONS].sort(),
    );
  });

  it('has 11 states and error, five roles and six phases', () => {
    expect(Object.keys(build.states)).toEqual(BUILD_STATES);
    expect(Object.keys(build.states)).toHaveLength(12);
    expect(Object.keys(build.roles)).toHaveLength(5);
    const phases = BUILD_STATES.filter((state) => build.states[state]?.kind === 'phase');
    expect(phases).toEqual(BUILD_PHASES);
  });

  it('takes every one of the 28 transitions by an operation, and no other pair', () => {
    const taken = new Set<string>();
    for (const from of BUILD_STATES) {
      const snapshot = at(from);
      for (const to of BUILD_STATES) {
        for (const decision of [
          advance(snapshot, { nextState: to }),
          retry(snapshot, { targetState: to }),
          ...(to === 'error' ? [] : [rollBack(snapshot, to)]),
        ]) {
          if (decision.kind !== 'accepted') continue;
          for (const move of moves(decision.change.events)) taken.add(move);
        }
      }
    }
    expect([...taken].sort()).toEqual([...TRANSITIONS].sort());
  });

  it.each(BUILD_STATES.flatMap((from) => BUILD_STATES.map((to) => [from, to] as const)))(
    'an advance from %s to %s is taken only along a forward or failure edge',
    (from, to) => {
      const kind = build.edges[from]?.[to];
      const decision = advance(at(from), { nextState: to });
      if (kind === 'forward' || kind === 'failure') {
        expect(after(decision).state).toBe(to);
        expect(moves(changeOf(decision).events)).toEqual([`${from} → ${to}`]);
      } else {
        const refused = ['illegal_transition', 'wrong_state'];
        expect(refused).toContain(errorOf(decision).code);
      }
    },
  );

  it('walks from discovery to complete, and every step is a handoff', () => {
    const walked = ['discovery'];
    let snapshot = begin();
    while (snapshot.state !== 'complete') {
      const made = changeOf(advance(snapshot));
      expect(made.handoffs).toHaveLength(1);
      snapshot = made.snapshot;
      walked.push(snapshot.state);
    }
    expect(walked).toEqual(BUILD_STATES.slice(0, 11));
    expect(snapshot).toMatchObject({ handoffs: 10, revision: 11, sequence: 11, role: undefined });
    expect(build.progress).toMatchObject({ discovery: 0, testing: 50, complete: 100 });
  });

  it('never leaves complete', () => {
    const complete = at('complete');
    for (const decision of [advance(complete), retry(complete), rollBack(complete, 'planning')]) {
      expect(errorOf(decision).code).toBe('wrong_state');
    }
  });
});

describe('ownership', () => {
  it.each(BUILD_STATES.filter((state) => ownersOf(build, state).length > 0))(
    '%s is advanced by its owners and by nobody else',
    (state) => {
      const snapshot = at(state);
      for (const role of Object.keys(build.roles)) {
        const decision = advance(snapshot, { role });
        if (ownersOf(build, state).includes(role)) expect(decision.kind).toBe('accepted');
        else
          expect(errorOf(decision)).toMatchObject({
            code: 'not_owner',
            legal: ownersOf(build, state),
          });
      }
    },
  );

  it('refuses a role that the definition does not have, and names those it has', () => {
    const error = errorOf(advance(begin(), { role: 'wizard' }));
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect(error.message).toContain('q_assistant, code_writer, test_auditor');
  });

  it('refuses a retry in the name of a role that does not own the state', () => {
    expect(errorOf(retry(at('testing'), { requestedBy: 'code_writer' })).code).toBe('not_owner');
    expect(retry(at('testing'), { requestedBy: 'test_auditor' }).kind).toBe('accepted');
  });
});

describe('gates', () => {
  const testing = passingOutputs.testing;
  it.each([
    ['a failed test', 'testing', { ...testing, testsFailed: 1 }, 'all_tests_passed'],
    ['no test at all', 'testing', { ...testing, testsPassed: 0 }, 'all_tests_passed'],
    ['coverage just below 80 %', 'testing', { ...testing, coveragePercent: 79.99 }, 'coverage'],
    [
      'an open security issue',
      'testing',
      { ...testing, securityIssues: ['XSS'] },
      'no_security_issues',
    ],
    ['no approval', 'verification', { approved: false, findings: ['slow'] }, 'approved'],
    ['no deployment', 'deployment', { ...passingOutputs.deployment, deployed: false }, 'deployed'],
    [
      'no smoke test',
      'deployment',
      { ...passingOutputs.deployment, smokeTests: [] },
      'smoke_tests_passed',
    ],
    [
      'a failed smoke test',
      'deployment',
      { ...passingOutputs.deployment, smokeTests: [{ name: 'home', passed: false }] },
      'smoke_tests_passed',
    ],
  ])('stop %s', (_, state, result, gate) => {
    const error = errorOf(advance(at(state), { result }));
    expect(error).toMatchObject({
      code: 'gate_not_passed',
      violations: [{ field: `gates.${gate}` }],
    });
  });

  it('let coverage of exactly 80 % pass', () => {
    const result = { ...testing, coveragePercent: 80 };
    expect(after(advance(at('testing'), { result })).state).toBe('handoff_to_verifier');
  });

  describe('of a build with a workspace', () => {
    const checkpoint = { commit: 'c1', digest: 'tree-1' };
    const evidence = {
      purpose: 'test',
      argv: ['npm', 'test'],
      exitCode: 0,
      startedAt: NOW,
      durationMs: 1,
      outputDigest: 'x',
      workspaceDigest: 'tree-1',
    };
    const snapshot = { ...at('testing'), checkpoint };
    const hand = (items: object[], border = checkpoint) =>
      advance(snapshot, { checkpoint: border, result: { ...testing, evidence: items as never } });

    it('let a verdict pass that rests on evidence from the very same files', () => {
      expect(hand([evidence]).kind).toBe('accepted');
    });

    it.each([
      ['no evidence', []],
      ['evidence of other files', [{ ...evidence, workspaceDigest: 'tree-0' }]],
      ['evidence without a digest', [{ ...evidence, workspaceDigest: undefined }]],
      ['evidence of a command that failed', [{ ...evidence, exitCode: 1 }]],
      ['evidence of a command that was killed', [evidence, { ...evidence, exitCode: null }]],
    ])('stop a verdict with %s', (_, items) => {
      expect(errorOf(hand(items)).violations).toMatchObject([
        { field: 'gates.evidence_on_this_workspace' },
      ]);
    });

    it('cannot be had around by leaving the checkpoint out', () => {
      const error = errorOf(advance(snapshot, { result: testing }));
      expect(error).toMatchObject({ code: 'invalid_input', violations: [{ field: 'checkpoint' }] });
    });
  });
});

describe('what an advance refuses', () => {
  it.each([
    ['a state that is not the current one', { completedState: 'planning' }, 'wrong_state'],
    ['a state that does not exist', { completedState: 'lunch' }, 'invalid_input'],
    ['a next state that does not exist', { nextState: 'lunch' }, 'invalid_input'],
    ['a phase without output', { result: undefined }, 'invalid_input'],
    ['another revision', { expectedRevision: 7 }, 'stale_revision'],
    ['another epoch', { expectedEpoch: 7 }, 'stale_epoch'],
    ['a claim that does not hold', { claimToken: 'x' }, 'stale_claim'],
  ] as const)('%s', (_, patch, code) => {
    expect(errorOf(advance(begin(), patch)).code).toBe(code);
  });

  it('an output at a border, where there is none to give', () => {
    const error = errorOf(advance(at('handoff_to_coder'), { result: { plan: 'b' } }));
    expect(error).toMatchObject({ code: 'invalid_input', violations: [{ field: 'result' }] });
  });

  it('a retry edge, and says what to use instead', () => {
    const error = errorOf(advance(at('testing'), { nextState: 'implementation' }));
    expect(error.code).toBe('illegal_transition');
    expect(error.message).toContain('request a retry');
  });
});

describe('a retry request', () => {
  it.each([
    ['planning', 'discovery', ['planning → error', 'error → discovery']],
    ['handoff_to_coder', 'planning', ['handoff_to_coder → error', 'error → planning']],
    ['implementation', 'planning', ['implementation → error', 'error → planning']],
    [
      'handoff_to_tester',
      'implementation',
      ['handoff_to_tester → error', 'error → implementation'],
    ],
    ['testing', 'implementation', ['testing → implementation']],
    ['handoff_to_verifier', 'testing', ['handoff_to_verifier → error', 'error → testing']],
    ['verification', 'implementation', ['verification → implementation']],
    [
      'handoff_to_releaser',
      'verification',
      ['handoff_to_releaser → error', 'error → verification'],
    ],
    ['deployment', 'verification', ['deployment → error', 'error → verification']],
    ['error', 'deployment', ['error → deployment']],
  ])('in %s sends the work back to %s', (from, to, expected) => {
    const made = changeOf(retry(at(from), { reason: 'red', details: 'not ok 1' }));
    expect(made.snapshot).toMatchObject({
      state: to,
      epoch: 2,
      retries: 1,
      feedback: { reason: 'red', details: 'not ok 1', fromRole: 'ada' },
      failure: undefined,
    });
    expect(moves(made.events)).toEqual(expected);
    expect(made.snapshot.outputs[to]).toBeUndefined();
    expect(Object.keys(made.snapshot.outputs)).toEqual(
      BUILD_PHASES.slice(0, BUILD_PHASES.indexOf(to as never)),
    );
  });

  it('in discovery is refused: nobody came before', () => {
    expect(errorOf(retry(begin()))).toMatchObject({ code: 'illegal_transition', legal: [] });
  });

  it('may name an earlier phase, but no later one and not the current one', () => {
    expect(after(retry(at('verification'), { targetState: 'planning' })).state).toBe('planning');
    for (const targetState of ['verification', 'deployment', 'handoff_to_coder']) {
      const error = errorOf(retry(at('verification'), { targetState }));
      expect(error).toMatchObject({
        code: 'illegal_transition',
        legal: ['discovery', 'planning', 'implementation', 'testing'],
      });
    }
  });

  it('beyond the budget sends the workflow to error, where only a rollback renews it', () => {
    let snapshot = at('testing');
    for (let i = 0; i < 3; i++) {
      snapshot = after(retry(snapshot));
      while (snapshot.state !== 'testing') snapshot = after(advance(snapshot));
    }
    snapshot = after(retry(snapshot, { reason: 'still red' }));
    expect(snapshot).toMatchObject({
      state: 'error',
      failure: { code: 'budget_spent', phase: 'testing' },
    });
    expect(snapshot.failure?.message).toContain('still red');
    expect(errorOf(retry(snapshot)).code).toBe('budget_spent');
    expect(after(rollBack(snapshot, 'testing'))).toMatchObject({ state: 'testing', retries: 0 });
  });

  it('makes work that began before it worthless', () => {
    const before = at('testing');
    let snapshot = after(retry(before));
    while (snapshot.state !== 'testing') snapshot = after(advance(snapshot));
    expect(errorOf(advance(snapshot, { expectedEpoch: before.epoch })).code).toBe('stale_epoch');
  });

  it('keeps the workspace', () => {
    const checkpoint = { commit: 'c2', digest: 'd2' };
    const snapshot = after(
      retry({ ...at('testing'), checkpoint: { commit: 'c1', digest: 'd1' } }, { checkpoint }),
    );
    expect(snapshot.checkpoint).toEqual(checkpoint);
    expect(snapshot.path.at(-1)).toEqual({ phase: 'implementation', enteredAt: NOW, checkpoint });
  });
});

describe('a rollback', () => {
  it.each(BUILD_STATES.filter((state) => state !== 'complete'))(
    'from %s goes to every phase on the way, by way of error',
    (from) => {
      const snapshot = at(from);
      for (const { phase } of snapshot.path) {
        const made = changeOf(rollBack(snapshot, phase));
        expect(made.snapshot).toMatchObject({ state: phase, epoch: 2 });
        const recovered = `error → ${phase}`;
        expect(moves(made.events)).toEqual(
          from === 'error' ? [recovered] : [`${from} → error`, recovered],
        );
        expect(Object.keys(made.snapshot.outputs)).not.toContain(phase);
      }
      const ahead = BUILD_STATES.filter((to) => !snapshot.path.some(({ phase }) => phase === to));
      for (const to of ahead) expect(rollBack(snapshot, to).kind).toBe('rejected');
    },
  );

  it('brings back the workspace of the phase entry, and withdraws its output and all later ones', () => {
    const checkpoints = {
      planning: { commit: 'p', digest: 'p' },
      testing: { commit: 't', digest: 't' },
    };
    let snapshot = begin();
    snapshot = after(advance(snapshot, { checkpoint: checkpoints.planning }));
    while (snapshot.state !== 'testing') {
      snapshot = after(advance(snapshot, { checkpoint: checkpoints.testing }));
    }
    const made = changeOf(rollBack(snapshot, 'planning'));
    expect(made.snapshot.checkpoint).toEqual(checkpoints.planning);
    expect(Object.keys(made.snapshot.outputs)).toEqual(['discovery']);
    expect(made.events.at(-1)?.data).toMatchObject({ withdrawn: ['planning', 'implementation'] });
  });
});

describe('the deadline', () => {
  const late = begin().deadline;
  it.each([
    ['an advance', advance(begin(), { now: late })],
    ['a retry request', retry(at('testing'), { now: at('testing').deadline })],
  ])('turns %s into the failure of the workflow', (_, decision) => {
    expect(errorOf(decision).code).toBe('timed_out');
    expect(after(decision)).toMatchObject({ state: 'error', failure: { code: 'timed_out' } });
  });

  it('does not touch what comes one millisecond before', () => {
    expect(advance(begin(), { now: late - 1 }).kind).toBe('accepted');
  });

  it('begins again when somebody brings the workflow back', () => {
    const failed = after(advance(begin(), { now: late }));
    const again = after(rollBack(failed, 'discovery', { now: late + 5 }));
    expect(again.deadline).toBe(late + 5 + 3_600_000);
  });
});

describe('a claim', () => {
  const claim = (snapshot: WorkflowSnapshot, token = 't1', now = NOW) =>
    transition<'claim'>(build, snapshot, {
      kind: 'claim',
      now,
      expectedRevision: undefined,
      expectedEpoch: undefined,
      worker: 'w1',
      roles: ['q_assistant'],
      token,
      leaseMs: 1000,
    });
  const fail = (snapshot: WorkflowSnapshot, code: string, retryable = true) =>
    transition<'fail_attempt'>(build, snapshot, {
      kind: 'fail_attempt',
      ...expectations,
      claimToken: 't1',
      code,
      message: 'm',
      retryable,
      retryAt: NOW,
    });

  it('taken twice with one token is one claim', () => {
    const taken = after(claim(begin()));
    expect(claim(taken).kind).toBe('unchanged');
    expect(taken).toMatchObject({ attempt: 1, claim: { token: 't1', expiresAt: NOW + 1000 } });
  });

  it('can be overtaken when it has expired, and not before', () => {
    const taken = after(claim(begin()));
    expect(errorOf(claim(taken, 't2', NOW + 999)).code).toBe('stale_claim');
    expect(after(claim(taken, 't2', NOW + 1000))).toMatchObject({
      attempt: 2,
      claim: { token: 't2' },
    });
  });

  it('is withdrawn by a retry and by a rollback', () => {
    const taken = {
      ...at('testing'),
      claim: { worker: 'w', token: 't', claimedAt: NOW, expiresAt: NOW + 1e6 },
    };
    expect(after(retry(taken)).claim).toBeUndefined();
    expect(after(rollBack(taken, 'testing')).claim).toBeUndefined();
  });

  it('ends in error after as many attempts as there may be', () => {
    let snapshot = begin();
    for (let i = 1; i <= 5; i++) {
      snapshot = after(fail(after(claim(snapshot)), 'unavailable'));
      expect(snapshot.state).toBe(i < 5 ? 'discovery' : 'error');
    }
    expect(snapshot.failure).toMatchObject({ code: 'unavailable', phase: 'discovery' });
  });

  it('ends in error when workers die without a word as often as there may be attempts', () => {
    let snapshot = begin();
    for (let i = 0; i < 5; i++) snapshot = after(claim(snapshot, `t${i}`, NOW + i * 1000));
    const decision = claim(snapshot, 't9', NOW + 9000);
    expect(after(decision)).toMatchObject({
      state: 'error',
      failure: { code: 'attempts_exhausted' },
    });
  });

  it('that is given back does not count as an attempt', () => {
    const back = after(fail(after(claim(begin())), 'cancelled'));
    expect(back).toMatchObject({ state: 'discovery', attempt: 0, claim: undefined });
  });

  it('whose failure no retry can help fails the workflow at once', () => {
    const failed = after(fail(after(claim(begin())), 'role_failed', false));
    expect(failed).toMatchObject({ state: 'error', failure: { code: 'role_failed' } });
  });
});
