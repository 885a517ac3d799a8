import { describe, expect, it } from 'vitest';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import {
  advance,
  after,
  at,
  begin,
  build,
  changeOf,
  claim,
  errorOf,
  expectations,
  NOW,
  retry,
  rollBack,
  usageOf,
} from './testing/commands.ts';
import { transition } from './transition.ts';

const HOUR = 3_600_000;

function ask(snapshot: WorkflowSnapshot, ...texts: string[]) {
  return transition<'ask'>(build, snapshot, {
    kind: 'ask',
    ...expectations,
    claimToken: 't1',
    questions: texts.map((text) => ({ text })),
    usage: undefined,
    notes: [],
  });
}

function answer(snapshot: WorkflowSnapshot, questionId: string, patch: object = {}) {
  return transition<'answer_question'>(build, snapshot, {
    kind: 'answer_question',
    now: NOW,
    expectedRevision: undefined,
    questionId,
    answer: 'grey',
    by: 'ada',
    ...patch,
  });
}

const asked = after(ask(after(claim(begin())), 'Which colour?', 'Which pages?'));

describe('a question', () => {
  it('ends the claim, and no role can claim or advance until it is answered', () => {
    expect(asked).toMatchObject({ state: 'discovery', claim: undefined, attempt: 0 });
    expect(errorOf(claim(asked, { now: NOW + HOUR })).message).toContain('an answer to q1, q2');
    expect(errorOf(advance(asked)).code).toBe('wrong_state');
  });

  it('needs the claim that it was asked under', () => {
    expect(errorOf(ask(begin(), 'Why?')).code).toBe('stale_claim');
  });

  it('goes into the audit trail, and so does its answer', () => {
    const { events } = changeOf(answer(asked, 'q1'));
    expect(events).toMatchObject([
      {
        type: 'question_answered',
        triggeredBy: 'ada',
        data: { questionId: 'q1', answer: 'grey', open: ['q2'] },
      },
    ]);
  });

  it('lets the work go on with the last answer, and costs no time', () => {
    const late = NOW + 5 * HOUR;
    const one = after(answer(asked, 'q2', { now: late }));
    expect(one.awaiting?.kind).toBe('answers');
    const both = after(answer(one, 'q1', { now: late }));
    expect(both).toMatchObject({ awaiting: undefined, notBefore: late });
    expect(both.deadline).toBe(asked.deadline + 5 * HOUR);
    expect(after(claim(both, { now: late })).attempt).toBe(1);
  });

  it.each([
    ['an unknown question', 'q9', {}, 'invalid_input', ['q1', 'q2']],
    ['a role', 'q1', { by: 'code_writer' }, 'not_owner', []],
  ])('is not answered with %s', (_, id, patch, code, legal) => {
    expect(errorOf(answer(asked, id, patch))).toMatchObject({ code, legal });
  });

  it('is answered once', () => {
    const once = after(answer(asked, 'q1'));
    expect(errorOf(answer(once, 'q1'))).toMatchObject({ code: 'wrong_state', legal: ['q2'] });
  });

  it('with choices takes no other answer', () => {
    const snapshot = after(
      transition<'ask'>(build, after(claim(begin())), {
        kind: 'ask',
        ...expectations,
        claimToken: 't1',
        questions: [{ text: 'Which?', choices: ['black', 'white'] }],
        usage: undefined,
        notes: [],
      }),
    );
    expect(errorOf(answer(snapshot, 'q1'))).toMatchObject({ legal: ['black', 'white'] });
    expect(after(answer(snapshot, 'q1', { answer: 'black' })).awaiting).toBeUndefined();
  });

  it('never gets the id of one that was withdrawn', () => {
    const sentBack = after(rollBack(asked, 'discovery'));
    const again = after(ask(after(claim(sentBack)), 'Once more?'));
    expect(again.questions.map(({ id }) => id)).toEqual(['q3']);
    expect(errorOf(answer(again, 'q1')).code).toBe('invalid_input');
  });

  it('that comes too late has its usage counted', () => {
    const claimed = after(claim(begin(build, { timeoutMs: 10 })));
    const decision = transition<'ask'>(build, claimed, {
      kind: 'ask',
      ...expectations,
      now: NOW + 10,
      claimToken: 't1',
      questions: [{ text: 'Why?' }],
      usage: usageOf(777),
      notes: [],
    });
    expect(after(decision).usage['discovery']).toMatchObject({ inputTokens: 776 });
  });

  it('that is open goes with a retry; answers stay, until their phase is rolled back', () => {
    const planning = after(ask(after(claim(at('planning'))), 'Old?', 'New?'));
    const answered = after(answer(planning, 'q1'));
    const sentBack = after(retry(answered));
    expect(sentBack).toMatchObject({ state: 'discovery', awaiting: undefined });
    expect(sentBack.questions.map(({ id }) => id)).toEqual(['q1']);
    expect(after(rollBack(answered, 'planning')).questions).toEqual([]);
    expect(after(claim(sentBack)).claim).toBeDefined();
  });
});
