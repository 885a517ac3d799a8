import { expect, it } from 'vitest';
import { baton, documents, says, start, TIMEOUT } from './harness.ts';

it(
  'baton demo --json --serve prints JSON alone, and where the app is served',
  TIMEOUT,
  async () => {
    const demo = start(['demo', '--json', '--serve']);
    await says(demo, '"kind":"serving"');
    demo.process.kill('SIGINT');
    const { code, stdout, stderr } = await demo.ended;
    expect([code, stderr]).toEqual([0, '']);
    const all = documents(stdout);
    expect(all.at(-2)).toMatchObject({ kind: 'summary', summary: { complete: true } });
    expect(all.at(-1)).toEqual({ kind: 'serving', url: expect.stringMatching(/^http:/) });
  },
);

it('baton demo runs in the sandbox that BATON_SANDBOX names', TIMEOUT, async () => {
  const { code, stdout } = await baton(['demo'], { env: { BATON_SANDBOX: 'none' } });
  expect(code).toBe(0);
  expect(stdout).toContain('sandbox: none (by BATON_SANDBOX)');
});
