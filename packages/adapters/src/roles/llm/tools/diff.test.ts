import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../secrets/create-redactor.ts';
import { createTestRepository } from '../../../workspace/testing/test-repository.ts';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { placeIn, use } from '../testing/tool-use.ts';
import { diffTool } from './diff.ts';

describe('diff', () => {
  it('shows what was changed, new files included, since start and since entry', async () => {
    const repository = createTestRepository({ 'a.txt': 'one\n', 'b.txt': 'two\n' });
    const provider = repository.provider();
    const first = await provider.open('w1', undefined);
    writeFileSync(join(first.path, 'a.txt'), 'ONE\n');
    const checkpoint = await first.checkpoint('after implementation');
    const opened = await provider.open('w1', checkpoint);
    writeFileSync(join(opened.path, 'a.txt'), 'uno\n');
    writeFileSync(join(opened.path, 'new.txt'), 'new\n');
    const place = placeIn(opened);
    const sinceStart = await diffTool.run({}, place);
    expect(sinceStart).toContain('-one\n+uno');
    expect(sinceStart).toContain('+new');
    const sinceEntry = await diffTool.run({ since: 'entry' }, place);
    expect(sinceEntry).toContain('-ONE\n+uno');
    expect(sinceEntry).toContain('+new');
    expect(await diffTool.run({ path: 'b.txt' }, place)).toBe('(no changes)');
    expect(repository.git(['status', '--porcelain'], opened.path)).toContain('?? new.txt');
  });

  it('shows what a role changed, whatever it commits, marks as binary or puts into it', async () => {
    const repository = createTestRepository({ 'a.js': 'good()\n', 'b.js': 'good()\n' });
    const opened = await repository.provider().open('w1', undefined);
    writeFileSync(join(opened.path, 'a.js'), 'evil(1)\n');
    writeFileSync(join(opened.path, 'b.js'), 'evil(2) // \0\n');
    writeFileSync(join(opened.path, 'c.js'), 'evil(3)\n');
    writeFileSync(join(opened.path, '.gitattributes'), '*.js binary\n* -diff\n');
    repository.git(['add', '--all'], opened.path);
    repository.git(['commit', '--quiet', '--message', 'nothing to see'], opened.path);
    const shown = await diffTool.run({}, placeIn(opened));
    for (const change of ['-good()\n+evil(1)', '+evil(2)', '+evil(3)', '+* -diff']) {
      expect(shown).toContain(change);
    }
  });

  it('says that a changed file is left out because it is no text', async () => {
    const repository = createTestRepository({ 'a.js': 'a\n', 'b.js': 'b\n' });
    const opened = await repository.provider().open('w1', undefined);
    writeFileSync(join(opened.path, 'a.js'), Buffer.from([0, 255]));
    writeFileSync(join(opened.path, 'b.js'), 'c\n');
    const shown = await diffTool.run({}, placeIn(opened));
    expect(shown).toContain('-b\n+c');
    expect(shown).toContain('[a.js: changed, and left out, for it is binary]');
  });

  it('leaves files out that hold a secret, whatever part of it a patch would show', async () => {
    const key = (middle: string) =>
      `-----BEGIN PRIVATE KEY-----\n${'MIIEabc\n'.repeat(20)}${middle}\n${'MIIExyz\n'.repeat(20)}-----END PRIVATE KEY-----\n`;
    const repository = createTestRepository({ 'k.pem': key('one'), 'a.txt': 'a\n' });
    const opened = await repository.provider().open('w1', undefined);
    writeFileSync(join(opened.path, 'k.pem'), key('two'));
    writeFileSync(join(opened.path, 'a.txt'), 'b\n');
    const redact = createRedactor({});
    const shown = await diffTool.run({}, { ...placeIn(opened), redact });
    expect(shown).not.toContain('MIIE');
    expect(shown).toContain('-a\n+b');
    expect(shown).toContain('[k.pem: changed, and left out, for it holds a secret]');
  });

  it('works where there is no git', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'a\n' });
    workspace.write('a.ts', 'b\n');
    expect(await use(diffTool, {}, workspace)).toContain('-a\n+b');
  });
});
