import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { assignmentOf, contextOf } from '../testing/perform.ts';
import { assignmentFingerprint, assignmentView } from './assignment-fingerprint.ts';
import { openCassette } from './cassette.ts';
import type { CassetteEntry } from './cassette-format.ts';

async function entryOf(request: string, reason = 'answer'): Promise<CassetteEntry> {
  const assignment = await assignmentView(assignmentOf({ requirements: { request } }), contextOf());
  const { role, state } = assignment;
  const fingerprint = assignmentFingerprint(assignment);
  return { role, state, fingerprint, assignment, outcome: { kind: 'fail', reason }, files: {} };
}

const requestsOf = (entries: readonly CassetteEntry[]): unknown[] =>
  entries.map(({ assignment }) => assignment.requirements['request']);

describe('a cassette', () => {
  it('holds all recorded answers after each one, for the next process that opens it', async () => {
    const path = join(temporaryFolder(), 'deep', 'cassette.json');
    const cassette = openCassette(path);
    for (const [count, request] of ['a', 'b', 'c'].entries()) {
      await cassette.record(await entryOf(request));
      expect(await openCassette(path).entries()).toHaveLength(count + 1);
    }
    expect(requestsOf(await openCassette(path).entries())).toEqual(['a', 'b', 'c']);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1 });
  });

  it('loses nothing when several roles record at once', async () => {
    const path = join(temporaryFolder(), 'cassette.json');
    const cassette = openCassette(path);
    const requests = Array.from({ length: 20 }, (_, index) => `request ${index}`);
    await Promise.all(requests.map(async (one) => cassette.record(await entryOf(one))));
    expect(await openCassette(path).entries()).toHaveLength(20);
    expect(await cassette.entries()).toEqual(await openCassette(path).entries());
  });

  it('has the new answer in the place of the old one of the same fingerprint', async () => {
    const path = join(temporaryFolder(), 'cassette.json');
    await openCassette(path).record(await entryOf('a', 'old'));
    await openCassette(path).record(await entryOf('b'));
    await openCassette(path).record(await entryOf('a', 'new'));
    const entries = await openCassette(path).entries();
    expect(requestsOf(entries)).toEqual(['a', 'b']);
    expect(entries[0]?.outcome).toMatchObject({ reason: 'new' });
  });

  it('keeps what it was given, not what becomes of it', async () => {
    const cassette = openCassette(join(temporaryFolder(), 'cassette.json'));
    const result = { list: ['a'] };
    await cassette.record({ ...(await entryOf('a')), outcome: { kind: 'advance', result } });
    result.list.push('b');
    expect((await cassette.entries())[0]?.outcome).toMatchObject({ result: { list: ['a'] } });
  });

  it('is replaced by rename: the old file stays whole and no temporary file stays', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'cassette.json');
    await openCassette(path).record(await entryOf('a'));
    const before = readFileSync(path, 'utf8');
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const broken = { ...(await entryOf('b')), outcome: cyclic } as unknown as CassetteEntry;
    const cassette = openCassette(path);
    await expect(cassette.record(broken)).rejects.toThrow();
    expect(readFileSync(path, 'utf8')).toBe(before);
    await cassette.record(await entryOf('c'));
    expect(requestsOf(await openCassette(path).entries())).toEqual(['a', 'c']);
    expect(readdirSync(folder)).toEqual(['cassette.json']);
  });

  it('is not made by being opened, and says so when it is read', async () => {
    const path = join(temporaryFolder(), 'cassette.json');
    await expect(openCassette(path).entries()).rejects.toMatchObject({
      code: 'invalid_input',
      retryable: false,
      message: expect.stringContaining(`no cassette at ${path}`),
    });
    expect(existsSync(path)).toBe(false);
  });
});

describe('a file that is no cassette', () => {
  const open = (content: string) => {
    const path = join(temporaryFolder(), 'cassette.json');
    writeFileSync(path, content);
    return { path, cassette: openCassette(path) };
  };

  it.each([
    ['no JSON', '{"version": 1, "entr', 'it is not JSON: expected a character of a text'],
    ['no object', '[]', 'the document: '],
    ['without entries', '{"version":1}', 'entries: '],
    ['without a version', '{"entries":[]}', 'version: '],
    ['with half an entry', '{"version":1,"entries":[{"role":"x"}]}', 'entries.0.'],
  ])('is refused as unreadable when it is %s, and left as it is', async (_, text, problem) => {
    const { path, cassette } = open(text);
    const refusal = { code: 'data_loss', message: expect.stringContaining(problem) };
    await expect(cassette.entries()).rejects.toMatchObject(refusal);
    await expect(cassette.record(await entryOf('a'))).rejects.toMatchObject(refusal);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is refused by the version it has', async () => {
    const { cassette } = open('{"version":2,"tracks":[]}');
    await expect(cassette.entries()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('format version 2, expected 1'),
    });
  });

  it('is refused when an assignment was changed but not its fingerprint', async () => {
    const entry = await entryOf('a');
    const assignment = { ...entry.assignment, requirements: { request: 'b' } };
    const { cassette } = open(JSON.stringify({ version: 1, entries: [{ ...entry, assignment }] }));
    await expect(cassette.entries()).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining('entries.0: the fingerprint'),
    });
  });
});
