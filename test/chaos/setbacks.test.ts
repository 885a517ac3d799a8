import { describe, expect, it } from 'vitest';
import type { Action, Answer, Call } from './call.ts';
import { STARTED_AT } from './fleet.ts';
import { checkCalls } from './history.ts';
import { type Fate, forgottenOutOfTurn, mayBeForgotten, type Setback } from './setbacks.ts';

const at = (calledAt: number, answeredAt: number) => ({ calledAt, answeredAt });
const saved = { kind: 'saved', isSentAgain: false, ...at(20, 30) } as const;
const forgot = { kind: 'forgot', isSentAgain: false, ...at(60, 70) } as const;
const setbacks: readonly Setback[] = [saved, forgot];

function call(action: Action, answer: Answer, calledAt: number, answeredAt: number): Call {
  const outcome = { kind: 'ok', answer } as const;
  const shared = { client: 'c', workflowId: 'w', now: STARTED_AT, action, outcome };
  return { ...shared, calledAt, answeredAt };
}
/** An advance to `planning` that gives the workflow revision `revision`. */
function advance(revision: number, from: number, to: number, requestId = 'a'): Call {
  const completedState = 'discovery';
  const action = { kind: 'advance', requestId, completedState, givesUp: false } as const;
  return call(action, { revision, epoch: 1, state: 'planning' }, from, to);
}
function status(revision: number, state: string, from: number): Call {
  const answer = { revision, epoch: 1, state, retries: 0 };
  return call({ kind: 'status' }, answer, from, from + 1);
}
const kindOf = (calls: readonly Call[], backs = setbacks) =>
  checkCalls(calls, STARTED_AT, backs).kind;

describe('what clients saw of a store that forgets', () => {
  const sentAgain = [saved, { ...forgot, isSentAgain: true }];

  it.each([
    [
      'what was acknowledged after the save is gone',
      [advance(2, 40, 41), status(1, 'discovery', 80)],
    ],
    [
      'what was acknowledged before the save is there',
      [advance(2, 4, 5), status(2, 'planning', 80)],
    ],
    [
      'what was asked for while it was saved is there',
      [advance(2, 1, 31), status(2, 'planning', 80)],
    ],
    ['… or is not', [advance(2, 19, 31), status(1, 'discovery', 80)]],
    [
      'another one gets the number of the one that is gone',
      [advance(2, 40, 41), advance(2, 80, 81, 'b'), status(2, 'planning', 90)],
    ],
    [
      'one whose reply was there when it was asked for again is made anew',
      [advance(2, 40, 41), advance(2, 55, 75), status(2, 'planning', 90)],
    ],
  ])('can be explained: %s', (_, calls) => {
    expect(kindOf(calls)).toBe('linearizable');
  });

  it.each([
    [
      'what was acknowledged before the save is gone',
      [advance(2, 4, 5), status(1, 'discovery', 80)],
    ],
    [
      'what was acknowledged after the save is there',
      [advance(2, 40, 41), status(2, 'planning', 80)],
    ],
    [
      'what was acknowledged after the restart is gone',
      [advance(2, 80, 81), status(1, 'discovery', 90)],
    ],
    ['it forgets before it does', [advance(2, 40, 41), status(1, 'discovery', 50)]],
    [
      'it forgets too late',
      [advance(2, 40, 41), status(2, 'planning', 80), status(1, 'discovery', 90)],
    ],
    [
      'the number goes on from the one that is gone',
      [advance(2, 40, 41), advance(3, 80, 81, 'b'), status(3, 'planning', 90)],
    ],
  ])('has no explanation: %s', (_, calls) => {
    expect(kindOf(calls)).toBe('impossible');
  });

  it('may show what was made, forgotten, and made again because it was sent again', () => {
    const calls = [advance(2, 40, 90), status(2, 'planning', 50), status(1, 'discovery', 80)];
    expect(kindOf([...calls, status(2, 'planning', 95)], sentAgain)).toBe('linearizable');
    expect(kindOf([...calls, status(2, 'planning', 95)])).toBe('impossible');
  });

  it('may show what was made without an answer again when it was asked for again after that', () => {
    const silent = (from: number): Call => ({
      ...advance(2, from, Infinity),
      outcome: { kind: 'unknown', code: 'unavailable' },
    });
    const seen = [status(2, 'planning', 50), status(1, 'discovery', 72)];
    const later = status(2, 'planning', 90);
    expect(kindOf([silent(40), silent(80), ...seen, later])).toBe('linearizable');
    expect(kindOf([silent(40), ...seen, later])).toBe('impossible');
  });

  it('may be forgotten from when it began to be saved to when it went on', () => {
    const inWindow = [advance(2, 1, 21), advance(2, 40, 41), advance(2, 69, 80)];
    const outside = [advance(2, 1, 19), advance(2, 71, 80)];
    expect(inWindow.map((one) => mayBeForgotten(one, setbacks))).toEqual([true, true, true]);
    expect(outside.map((one) => mayBeForgotten(one, setbacks))).toEqual([false, false]);
    const again = [saved, forgot, { ...forgot, ...at(90, 99) }];
    expect(mayBeForgotten(advance(2, 80, 81), again)).toBe(true);
  });
});

describe('what a store with one order of commits has forgotten', () => {
  const fate = (name: string, calledAt: number, answeredAt: number, isThere: boolean): Fate => ({
    name,
    calledAt,
    answeredAt,
    isThere,
  });

  it.each([
    [
      'is what came last',
      [fate('a', 1, 2, true), fate('b', 3, 4, false), fate('c', 5, 6, false)],
      [],
    ],
    ['may be any of two at once', [fate('a', 1, 4, false), fate('b', 3, 6, true)], []],
    [
      'is nothing that came before what it has',
      [fate('a', 1, 2, false), fate('b', 3, 4, true)],
      ['a was forgotten, and b, which came later, was not'],
    ],
    [
      'has no part in what came after it went on',
      [fate('a', 1, 2, false), fate('b', 80, 81, true)],
      [],
    ],
  ])('%s', (_, fates, flaws) => {
    expect(forgottenOutOfTurn(fates, setbacks)).toEqual(flaws);
  });
});
