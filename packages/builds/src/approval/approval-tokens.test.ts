import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type ApprovalTokens,
  asShown,
  createApprovalTokens,
  makeToken,
} from './approval-tokens.ts';

const KEY = Buffer.alloc(32, 'k');
const WAITING = { kind: 'answers' as const, since: 7 };
const BUILD = {
  id: 'wf_1',
  epoch: 1,
  state: 'planning',
  enteredAt: 5,
  awaiting: WAITING,
  metadata: {},
};

let folder: string;
let tokens: ApprovalTokens;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-tokens-'));
  tokens = createApprovalTokens(folder, KEY);
});

afterEach(() => rmSync(folder, { recursive: true }));

function problemOf(build: typeof BUILD, token: string | undefined): BatonError | undefined {
  try {
    tokens.check(build, token, 'ask for one');
    return undefined;
  } catch (reason) {
    return BatonError.from(reason);
  }
}

it('makes tokens that are read off a screen, and no two alike', () => {
  const made = Array.from({ length: 500 }, makeToken);
  for (const token of made) expect(token).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(new Set(made).size).toBe(made.length);
});

it.each([
  ['k7qf-2m9d', 'K7QF-2M9D'],
  ['K7QF2M9D', 'K7QF-2M9D'],
  [' oil0 1234 ', '0110-1234'],
])('takes %j as %s', (typed, token) => expect(asShown(typed)).toBe(token));

it('takes the token that was shown, as often as it is needed at one place', () => {
  const token = tokens.issue(BUILD);
  expect(problemOf(BUILD, token)).toBeUndefined();
  expect(problemOf(BUILD, token.toLowerCase())).toBeUndefined();
});

it.each([
  ['in another state', { state: 'implementation' }],
  ['in another epoch', { epoch: 2 }],
  ['entered again', { enteredAt: 6 }],
  ['that waits for something else', { awaiting: { ...WAITING, since: 8 } }],
])('refuses a token that was shown before the build was %s', (_, moved) => {
  const token = tokens.issue(BUILD);
  expect(problemOf({ ...BUILD, ...moved }, token)).toMatchObject({
    code: 'not_owner',
    message:
      'the approval token was shown before the build moved on: nothing was changed (refused once so far); ask for one',
  });
});

it('takes every token that was shown for where the build stands, until it moves on', () => {
  const shown = [tokens.issue(BUILD), tokens.issue(BUILD), tokens.issue(BUILD)];
  for (const token of shown) expect(problemOf(BUILD, token)).toBeUndefined();
  expect(tokens.refused('wf_1')).toBe(0);
  for (const token of shown) {
    expect(problemOf({ ...BUILD, epoch: 9 }, token)).toMatchObject({
      code: 'not_owner',
      message: expect.stringContaining('was shown before the build moved on'),
    });
  }
});

it('refuses no token, a wrong one and that of another build, and counts', () => {
  const others = tokens.issue({ ...BUILD, id: 'wf_2' });
  const tried = [undefined, '', 'WRNG-WRNG', others];
  for (const token of tried) expect(problemOf(BUILD, token)).toMatchObject({ code: 'not_owner' });
  expect(tokens.refused('wf_1')).toBe(tried.length);
  expect(tokens.refused('wf_2')).toBe(0);
});

it('takes the token that a build was begun with, wherever the build stands', () => {
  const given = 'a long token of a safe';
  const begun = { ...BUILD, metadata: tokens.begin(given) };
  expect(JSON.stringify(begun.metadata)).not.toContain(given);
  expect(problemOf({ ...begun, epoch: 9 }, given)).toBeUndefined();
  expect(problemOf(begun, `${given}!`)).toMatchObject({ code: 'not_owner' });
  expect(problemOf(BUILD, given)).toMatchObject({ code: 'not_owner' });
});

it('refuses to begin a build with a token that is short', () => {
  expect(() => tokens.begin('secret')).toThrow(
    'BATON_APPROVAL_TOKEN: found 6 characters; expected 16 or more',
  );
});

it('keeps no token, and takes none that was written there without the key', () => {
  const token = tokens.issue(BUILD);
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.token'));
  expect(readFileSync(join(folder, file), 'utf8')).not.toContain(token);
  const forged = createApprovalTokens(folder, Buffer.alloc(32, 'x')).issue(BUILD);
  expect(problemOf(BUILD, forged)).toMatchObject({ code: 'not_owner' });
  writeFileSync(join(folder, file), 'no JSON');
  expect(problemOf(BUILD, token)).toMatchObject({ code: 'not_owner' });
});
