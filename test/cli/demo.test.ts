import { expect, it } from 'vitest';
import { documents, says, start, TIMEOUT } from './harness.ts';

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
