import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../model/artifact.ts';
import { aMeta, bytesOf, type OpenArtifactHarness, textOf, withArtifacts } from './harness.ts';

const all = { workflowId: 'wf_1', after: 0, limit: 1000 };
const namesOf = (artifacts: readonly Artifact[]) => artifacts.map(({ name }) => name);

export function artifactListContract(open: OpenArtifactHarness): void {
  describe('the list of artifacts', () => {
    it(
      'is in the order of writing, in pages that miss nothing',
      withArtifacts(open, async ({ store, another }) => {
        const elsewhere = await another();
        // Times of two machines may go back.
        for (let n = 1; n <= 7; n++) {
          const handle = n % 2 === 0 ? store : elsewhere;
          await handle.write(aMeta({ name: `${n}`, createdAt: 100 - n }), bytesOf(`${n}`));
        }
        await store.write(aMeta({ workflowId: 'wf_10', name: 'other' }), bytesOf('other'));
        expect(namesOf(await store.list(all))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
        const pages: string[][] = [];
        for (let after = 0; ; ) {
          const page = await store.list({ ...all, after, limit: 3 });
          if (page.length === 0) break;
          pages.push(namesOf(page));
          after = page.at(-1)?.number ?? Number.NaN;
        }
        expect(pages).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
        expect((await store.list(all)).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
        expect(await store.list({ ...all, workflowId: 'unknown' })).toEqual([]);
      }),
    );

    it(
      'can be of one state, attempt or kind',
      withArtifacts(open, async ({ store }) => {
        const write = (name: string, overrides: Parameters<typeof aMeta>[0]) =>
          store.write(aMeta({ name, ...overrides }), bytesOf(name));
        await write('plan', { state: 'planning', kind: 'transcript' });
        await write('red', { attempt: 1 });
        await write('green', { attempt: 2 });
        await write('junit', { attempt: 2, kind: 'report' });
        expect(namesOf(await store.list({ ...all, state: 'planning' }))).toEqual(['plan']);
        expect(namesOf(await store.list({ ...all, attempt: 2 }))).toEqual(['green', 'junit']);
        expect(namesOf(await store.list({ ...all, kind: 'report' }))).toEqual(['junit']);
        const page = await store.list({ ...all, state: 'testing', limit: 1, after: 1 });
        expect(namesOf(page)).toEqual(['red']);
        expect(await store.list({ ...all, state: 'planning', attempt: 2 })).toEqual([]);
      }),
    );

    it(
      'has an artifact once, however often and by however many it is written',
      withArtifacts(open, async ({ store, another }) => {
        const elsewhere = await another();
        const handles = [store, elsewhere, store, elsewhere, store, elsewhere];
        const written = await Promise.all(
          handles.map((handle, n) => handle.write(aMeta({ createdAt: n }), bytesOf('same'))),
        );
        const [first] = written;
        expect(written).toEqual(handles.map(() => first));
        expect(await store.list(all)).toEqual([first]);
        const others = handles.map((handle, n) =>
          handle.write(aMeta({ name: `${n}` }), bytesOf('same')),
        );
        const numbers = (await Promise.all(others)).map(({ number }) => number);
        expect(numbers.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
        expect(await store.write(aMeta(), bytesOf('different'))).toMatchObject({ number: 8 });
      }),
    );

    it(
      'tells names of every script, and those that a file system or a database has a meaning for',
      withArtifacts(open, async ({ store }) => {
        const names = [
          "it's: «naïve» 測試 🎈",
          'constructor',
          'CON',
          'a'.repeat(200),
          '%_"$1',
          '-rf',
        ];
        for (const name of names) await store.write(aMeta({ name }), bytesOf(name));
        const found = await store.list(all);
        expect(namesOf(found)).toEqual(names);
        for (const one of found) expect(await textOf(store.read(one))).toBe(one.name);
      }),
    );

    it(
      'refuses names and workflows that could be paths, and what is no number',
      withArtifacts(open, async ({ store }) => {
        const refused = { name: 'BatonError', code: 'invalid_input' };
        const bad = [
          '',
          '.',
          '..',
          '../x',
          'a/b',
          'a\\b',
          'a\u0000b',
          'a\nb',
          '\ud800',
          'a'.repeat(201),
        ];
        for (const name of bad) {
          await expect(store.write(aMeta({ name }), bytesOf(''))).rejects.toMatchObject(refused);
        }
        for (const workflowId of ['', '..', 'a/b', 'wf 1', 'a'.repeat(201)]) {
          const meta = aMeta({ workflowId });
          await expect(store.write(meta, bytesOf(''))).rejects.toMatchObject(refused);
          await expect(store.list({ ...all, workflowId })).rejects.toMatchObject(refused);
          const by = { state: 'testing', epoch: 1, attempt: 1, accepted: [] };
          await expect(store.supersede(workflowId, by)).rejects.toMatchObject(refused);
        }
        for (const meta of [
          { epoch: 0 },
          { attempt: 1.5 },
          { mediaType: 'text' },
          { createdAt: -1 },
        ]) {
          await expect(store.write(aMeta(meta), bytesOf(''))).rejects.toMatchObject(refused);
        }
        for (const query of [{ limit: 0 }, { limit: 1001 }, { after: -1 }]) {
          await expect(store.list({ ...all, ...query })).rejects.toMatchObject(refused);
        }
        expect(await store.list(all)).toEqual([]);
      }),
    );

    it(
      'marks what later attempts do not build on, also when it is written after them',
      withArtifacts(open, async ({ store, another }) => {
        const write = (state: string, epoch: number, attempt: number) =>
          store.write(
            aMeta({ state, epoch, attempt, name: `${state} ${epoch}.${attempt}` }),
            bytesOf(`${state} ${epoch}.${attempt}`),
          );
        const superseded = async () =>
          namesOf((await (await another()).list(all)).filter((one) => one.superseded));
        await write('planning', 1, 1);
        const begin = (state: string, epoch: number, attempt: number, ...accepted: string[]) =>
          store.supersede('wf_1', { state, epoch, attempt, accepted });
        await begin('planning', 1, 2);
        expect(await superseded()).toEqual(['planning 1.1']);
        await write('planning', 1, 2);
        await begin('coding', 1, 1, 'planning');
        await write('coding', 1, 1);
        await write('testing', 1, 1);
        expect(await superseded()).toEqual(['planning 1.1']);
        // Sent back from testing to coding: a new epoch.
        await begin('coding', 2, 1, 'planning');
        await write('coding', 2, 1);
        await begin('testing', 2, 1, 'planning', 'coding');
        await write('testing', 2, 1);
        // A worker that lost its claim is late.
        expect(await write('testing', 1, 2)).toMatchObject({ superseded: true });
        expect(await superseded()).toEqual([
          'planning 1.1',
          'coding 1.1',
          'testing 1.1',
          'testing 1.2',
        ]);
        const [first] = await store.list(all);
        expect(await textOf(store.read(first as Artifact))).toBe('planning 1.1');
        expect((await store.list({ ...all, workflowId: 'wf_2' })).length).toBe(0);
      }),
    );
  });
}
