import { describe, expect, it } from 'vitest';
import { handOverDefinition } from '../model/build/hand-over-definition.ts';
import { handOverOutput } from '../model/build/outputs.ts';
import type { JsonObject } from '../model/json.ts';
import { advance, after, at, changeOf, errorOf, handOver, NOW } from './testing/commands.ts';

const checkpoint = { commit: 'c1', digest: 'tree-1' };

const ran = (purpose: string, workspaceDigest: string) => ({
  purpose,
  argv: ['x'],
  exitCode: 0,
  startedAt: NOW,
  durationMs: 1,
  outputDigest: 'x',
  workspaceDigest,
});

/** Hands over in a workspace whose files were judged as the digests say. */
function handsOver(result: JsonObject, testing = 'tree-1', verification = 'tree-1') {
  const outputs = {
    testing: { evidence: [ran('test', testing)] as never },
    verification: { evidence: [ran('verify', verification)] as never },
  };
  const snapshot = { ...at('deployment', {}, handOver), checkpoint, outputs };
  return advance(snapshot, { checkpoint, result }, handOver);
}

describe('a hand-over', () => {
  it('passes with the digest of the files that were judged', () => {
    const decision = handsOver({ handedOver: true, workspaceDigest: 'tree-1' });
    expect(after(decision)).toMatchObject({ state: 'complete', checkpoint });
  });

  it.each([
    ['of other files', { handedOver: true, workspaceDigest: 'tree-2' }, 'tree-2'],
    ['that names no files', { handedOver: true }, '(none)'],
  ])('%s is refused with both digests', (_, result, found) => {
    const error = errorOf(handsOver(result));
    expect(error.violations).toMatchObject([{ field: 'gates.hands_over_this_workspace' }]);
    expect(error.message).toContain(`workspace ${found} is handed over, expected tree-1`);
  });

  it.each([
    ['testing', 'tree-0', 'tree-1'],
    ['verification', 'tree-1', 'tree-0'],
  ])('of files that %s did not judge is refused', (phase, testing, verification) => {
    const result = { handedOver: true, workspaceDigest: 'tree-1' };
    const error = errorOf(handsOver(result, testing, verification));
    expect(error.violations).toMatchObject([{ field: 'gates.verdicts_on_this_workspace' }]);
    expect(error.message).toContain(`the verdict of '${phase}' is stale`);
  });

  it('that did not take place is refused', () => {
    const error = errorOf(handsOver({ handedOver: false, workspaceDigest: 'tree-1' }));
    expect(error.violations).toMatchObject([{ field: 'gates.handed_over' }]);
  });

  it('says which gates it has passed, and which had nothing to judge', () => {
    const moved = (decision: ReturnType<typeof advance>) =>
      changeOf(decision).events.find(({ type }) => type === 'state_advanced')?.data;
    const onFiles = ['hands_over_this_workspace', 'verdicts_on_this_workspace'];
    const inWorkspace = moved(handsOver({ handedOver: true, workspaceDigest: 'tree-1' }));
    expect(inWorkspace?.['gates']).toEqual(['handed_over', ...onFiles]);
    expect(inWorkspace).not.toHaveProperty('gatesNotApplied');
    const without = moved(advance(at('deployment', {}, handOver), {}, handOver));
    expect(without).toMatchObject({ gates: ['handed_over'], gatesNotApplied: onFiles });
  });

  it('without a workspace is refused where the definition demands one', () => {
    const demanding = handOverDefinition({ workspace: 'required' });
    const error = errorOf(advance(at('deployment', {}, handOver), {}, demanding));
    expect(error).toMatchObject({ code: 'invalid_input', violations: [{ field: 'checkpoint' }] });
    expect(error.message).toContain("needs a workspace: phase 'deployment' ends with a checkpoint");
  });

  it('needs no digest where there is no workspace', () => {
    const decision = advance(at('deployment', {}, handOver), {}, handOver);
    expect(after(decision).state).toBe('complete');
  });

  it('takes no output of a deployment', () => {
    const result = { deployed: true, target: 'production', smokeTests: [] };
    expect(handOverOutput.safeParse(result).success).toBe(false);
  });

  it.each(['main', 'baton/../main', 'baton/', 'baton/-x', 'baton/a.lock'])(
    "never names a branch %s, which is the user's or none of git's",
    (branch) => {
      expect(handOverOutput.safeParse({ handedOver: true, branch }).success).toBe(false);
      const ours = { handedOver: true, branch: 'baton/dark-mode-1f2e' };
      expect(handOverOutput.safeParse(ours).success).toBe(true);
    },
  );
});
