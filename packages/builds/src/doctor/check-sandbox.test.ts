import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { configSchema } from '../config/config-schema.ts';
import { checkSandbox } from './check-sandbox.ts';

/** What is found with a PATH that has programs which end with these codes, and nothing else. */
async function found(
  sandbox: unknown,
  { variable = '', programs = {} }: { variable?: string; programs?: Record<string, number> } = {},
) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  for (const [name, code] of Object.entries(programs)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\necho v9\nexit ${code}\n`, { mode: 0o755 });
  }
  const run = { argv: ['true'] };
  const document = configSchema.parse({
    ...{ roles: {}, sandbox },
    commands: { test: run, verify: [{ name: 'x', ...run }] },
  });
  const env = { PATH: join(folder, 'bin'), BATON_SANDBOX: variable };
  return checkSandbox({ ...document, path: '/shop/c.json' }, env);
}

const onLinux = it.runIf(process.platform === 'linux');

it('says of a BATON_SANDBOX that means nothing what it may be, and how to go without', async () => {
  expect(await found('none', { variable: 'foo' })).toEqual([
    {
      name: 'sandbox',
      verdict: 'problem',
      found: "BATON_SANDBOX: found 'foo', expected auto, bubblewrap, srt, none",
      advice: 'set BATON_SANDBOX to one of them, or unset it to go by "sandbox" in /shop/c.json',
    },
  ]);
});

it.each([
  ['BATON_SANDBOX', undefined, 'none', 'none (by BATON_SANDBOX)'],
  ['the file', 'none', '', 'none (by "sandbox" in /shop/c.json)'],
])('is content with none where %s chooses it', async (_, sandbox, variable, start) => {
  const [first, ...more] = await found(sandbox, { variable, programs: { bwrap: 0 } });
  expect(first).toMatchObject({ verdict: 'ok', found: expect.stringContaining(start) });
  expect([first?.advice, more]).toEqual([undefined, []]);
});

onLinux('warns of none where nothing was chosen, and names both ways out', async () => {
  expect(await found(undefined)).toEqual([
    {
      name: 'sandbox',
      verdict: 'warning',
      found:
        'none (bubblewrap is not installed: no bwrap on PATH): commands may do all that you may do',
      advice: 'install bubblewrap, or accept that with "sandbox": "none" in /shop/c.json',
    },
  ]);
});

onLinux.each([
  ['bubblewrap', /bubblewrap is not installed: no bwrap on PATH/, /^install bubblewrap, or /],
  // The package may lie beside Baton, without the programs that it needs.
  [
    'srt',
    /srt is not installed|srt cannot make a sandbox here/,
    /^(install @anthropic-ai\/sandbox-runtime|fix that: .*), or /,
  ],
])('says what is missing where %s is asked for', async (kind, problem, advice) => {
  const [byFile] = await found(kind);
  expect(byFile?.found).toMatch(problem);
  expect(byFile?.found).toMatch(new RegExp(`and "sandbox" in /shop/c.json asks for ${kind}$`));
  expect(byFile?.advice).toMatch(advice);
  expect(byFile?.advice).toContain(', or say in "sandbox" of /shop/c.json ');
  const [byVariable] = await found('none', { variable: kind });
  expect(byVariable?.found).toMatch(new RegExp(`^BATON_SANDBOX: .* asks for ${kind}$`));
  expect(byVariable?.advice).toMatch(advice);
  expect(byVariable?.advice).toContain(', or set BATON_SANDBOX to ');
});

onLinux('does not ask to install what is there and may not work', async () => {
  const [first] = await found('bubblewrap', { programs: { bwrap: 1 } });
  expect(first?.found).toContain('cannot make a sandbox here');
  expect(first?.advice).toMatch(/^let this user make user namespaces, or say/);
  expect(first?.advice).not.toContain('install');
});

onLinux('says that BATON_SANDBOX outranks what the file says', async () => {
  const [first] = await found('srt', { variable: 'bubblewrap', programs: { bwrap: 0 } });
  expect(first).toEqual({
    ...{ name: 'sandbox', verdict: 'ok' },
    found: 'v9, by BATON_SANDBOX: /shop/c.json says srt',
  });
});
