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
    const place = placeIn(opened, checkpoint.commit);
    const sinceStart = await diffTool.run({}, place);
    expect(sinceStart).toContain('-one\n+uno');
    expect(sinceStart).toContain('+new');
    const sinceEntry = await diffTool.run({ since: 'entry' }, place);
    expect(sinceEntry).toContain('-ONE\n+uno');
    expect(sinceEntry).toContain('+new');
    expect(await diffTool.run({ path: 'b.txt' }, place)).toBe('(no changes)');
    expect(repository.git(['status', '--porcelain'], opened.path)).toContain('?? new.txt');
  });

  it('leaves files out that hold a secret, whatever part of it a patch would show', async () => {
    const key = (middle: string) =>
      `-----BEGIN PRIVATE KEY-----\n${'MIIEabc\n'.repeat(20)}${middle}\n${'MIIExyz\n'.repeat(20)}-----END PRIVATE KEY-----\n`;
    const repository = createTestRepository({ 'k.pem': key('one'), 'a.txt': 'a\n' });
    const opened = await repository.provider().open('w1', undefined);
    writeFileSync(join(opened.path, 'k.pem'), key('two'));
    writeFileSync(join(opened.path, 'a.txt'), 'b\n');
    const redact = createRedactor({});
    const shown = await diffTool.run({}, { ...placeIn(opened, undefined), redact });
    expect(shown).not.toContain('MIIE');
    expect(shown).toContain('-a\n+b');
    expect(shown).toContain('[k.pem: changed, and left out, for it holds a secret]');
  });

  it('names the files where there is no git', async () => {
    const workspace = folderWorkspace({ 'a.ts': 'a' });
    workspace.write('b.ts', 'b');
    expect(await use(diffTool, {}, workspace)).toBe('changed:\nb.ts');
  });
});
