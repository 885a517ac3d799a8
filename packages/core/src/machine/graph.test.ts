import { describe, expect, it } from 'vitest';
import { BUILD_PHASES, BUILD_STATES } from '../model/vocabulary.ts';
import {
  advance,
  after,
  at,
  begin,
  cancel,
  changeOf,
  build as deploying,
  errorOf,
  handOver,
  moves,
  retry,
  rollBack,
} from './testing/commands.ts';

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

describe.each([
  ['build', deploying],
  ['build-and-hand-over', handOver],
])('the graph of the definition %s', (name, build) => {
  it('has exactly the 28 transitions', () => {
    expect(build.name).toBe(name);
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
      const snapshot = at(from, {}, build);
      for (const to of BUILD_STATES) {
        for (const decision of [
          advance(snapshot, { nextState: to }, build),
          retry(snapshot, { targetState: to }, build),
          to === 'error' ? cancel(snapshot, {}, build) : rollBack(snapshot, to, {}, build),
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
      const decision = advance(at(from, {}, build), { nextState: to }, build);
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
    let snapshot = begin(build);
    while (snapshot.state !== 'complete') {
      const made = changeOf(advance(snapshot, {}, build));
      expect(made.handoffs).toHaveLength(1);
      snapshot = made.snapshot;
      walked.push(snapshot.state);
    }
    expect(walked).toEqual(BUILD_STATES.slice(0, 11));
    expect(snapshot).toMatchObject({ handoffs: 10, revision: 11, sequence: 11, role: undefined });
    expect(build.progress).toMatchObject({ discovery: 0, testing: 50, complete: 100 });
  });

  it('never leaves complete', () => {
    const complete = at('complete', {}, build);
    for (const decision of [
      advance(complete, {}, build),
      retry(complete, {}, build),
      rollBack(complete, 'planning', {}, build),
      cancel(complete, {}, build),
    ]) {
      expect(errorOf(decision).code).toBe('wrong_state');
    }
  });
});
