import { describe, expect, it } from 'vitest';
import { coverageAtLeast } from '../model/build/gates.ts';
import { ownersOf } from '../model/definition.ts';
import type { JsonObject } from '../model/json.ts';
import { MAX_TOTAL_PAYLOAD_BYTES, MAX_TOTAL_PAYLOAD_VALUES } from '../model/payload-size.ts';
import { BUILD_STATES } from '../model/vocabulary.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { advance, after, at, begin, build, errorOf, NOW, retry } from './testing/commands.ts';

describe('ownership', () => {
  it.each(BUILD_STATES.filter((state) => ownersOf(build, state).length > 0))(
    '%s is advanced by its owners and by no other role',
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
    expect(errorOf(retry(at('testing'), { by: 'code_writer' })).code).toBe('not_owner');
    expect(retry(at('testing'), { by: 'test_auditor' }).kind).toBe('accepted');
  });
});

describe('the payloads of a workflow together', () => {
  const half = MAX_TOTAL_PAYLOAD_BYTES / 2;
  const planning = at('planning');
  const withAnother = (text: string, list: readonly JsonObject[]) => {
    const before = { ...planning, outputs: { discovery: { text, list } } };
    return advance(before, { result: { ...passingOutputs.planning, text, list } });
  };

  it.each([
    ['bytes', 'x'.repeat(half), []],
    ['bytes of two a character', 'ä'.repeat(half / 2), []],
    ['values', '', Array.from({ length: MAX_TOTAL_PAYLOAD_VALUES / 2 }, () => ({}))],
  ])('are refused for too many %s', (_, text, list) => {
    const { code, message } = errorOf(withAnother(text, list));
    expect(code).toBe('limit_exceeded');
    expect(message).toContain('together, found');
  });

  it('are taken just below the limits', () => {
    const list = Array.from({ length: MAX_TOTAL_PAYLOAD_VALUES / 2 - 50 }, () => ({}));
    expect(withAnother('x'.repeat(half - 100_000), list).kind).toBe('accepted');
  });

  it('may go on where they were too large before there was a limit', () => {
    const large = { text: 'x'.repeat(MAX_TOTAL_PAYLOAD_BYTES) };
    expect(advance({ ...planning, requirements: large }).kind).toBe('accepted');
  });

  it('count an output that replaces another once', () => {
    const large = { ...passingOutputs.planning, text: 'x'.repeat(half) };
    const redone = { ...planning, outputs: { ...planning.outputs, planning: large } };
    expect(advance(redone, { result: large }).kind).toBe('accepted');
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

  describe('for the coverage of changed lines', () => {
    const gate = coverageAtLeast(90, 'changed lines');
    const changed = (coveragePercent: number) => ({
      ...testing,
      changedLines: { executable: 7, covered: 6, coveragePercent },
    });
    const judge = (output: object) =>
      gate.check(output as never, { checkpoint: undefined, outputs: {} } as never);

    it('judge those alone, and say so', () => {
      expect(gate.description).toBe('Line coverage of changed lines is at least 90 %');
      expect(judge({ ...changed(90), coveragePercent: 1 })).toBeUndefined();
      expect(judge({ ...changed(89.99), coveragePercent: 100 })).toBe(
        'line coverage of changed lines is 89.99 %, expected at least 90 %',
      );
    });

    it('refuse an output that has none', () => {
      expect(judge({ ...testing, coveragePercent: 100 })).toBe(
        'the output has no line coverage of changed lines, expected at least 90 %',
      );
    });

    it('count for nothing where all lines have to be covered', () => {
      const result = { ...changed(100), coverageOf: 'changed lines', coveragePercent: 79 };
      expect(errorOf(advance(at('testing'), { result })).message).toContain('coverage is 79 %');
    });
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

    it('stop a verdict that rests on something else than a run of the tests', () => {
      const error = errorOf(hand([{ ...evidence, purpose: 'lint' }]));
      expect(error.message).toContain('no evidence of test');
    });

    it('stop a release whose verdicts speak of other files, with both digests', () => {
      const on = (purpose: string, digest: string) => ({
        ...evidence,
        purpose,
        workspaceDigest: digest,
      });
      const release = (testing: string, verification: string) => {
        const outputs = {
          testing: { evidence: [on('test', testing)] as never },
          verification: { evidence: [on('verify', verification)] as never },
        };
        const result = {
          ...passingOutputs.deployment,
          evidence: [on('deploy', 'tree-1'), on('smoke: home', 'tree-1')] as never,
        };
        return advance({ ...at('deployment'), checkpoint, outputs }, { checkpoint, result });
      };
      expect(release('tree-1', 'tree-1').kind).toBe('accepted');
      for (const decision of [release('tree-0', 'tree-1'), release('tree-1', 'tree-0')]) {
        expect(errorOf(decision).violations).toMatchObject([
          { field: 'gates.verdicts_on_this_workspace' },
        ]);
        expect(errorOf(decision).message).toMatch(/workspace tree-0, this is tree-1/);
      }
    });

    it('let no role change the files on a border', () => {
      const border = { ...at('handoff_to_releaser'), checkpoint };
      const other = { commit: 'c2', digest: 'tree-2' };
      expect(errorOf(advance(border, { checkpoint: other, result: undefined }))).toMatchObject({
        code: 'invalid_input',
        violations: [{ field: 'checkpoint' }],
      });
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
