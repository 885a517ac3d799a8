import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSandbox } from '@baton/adapters/sandbox';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { baton, createProject, TIMEOUT } from '../cli/harness.ts';
import { CHANGES, type Restless } from './restless-process.ts';

/*
 * What was judged is, byte for byte, what is deployed and handed over: in builds in which processes change
 * files at their own moments, begun by the writer, by what installs, by the tests and by a check.
 */

const found = await findSandbox(process.env);
if (found.sandbox === undefined) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

/** `BATON_PROPERTY_RUNS=500` runs as many; a build that failed is printed. */
const RUNS = Number(process.env['BATON_PROPERTY_RUNS'] ?? 3);
const AT_ONCE = 2;

const RESTLESS = join(import.meta.dirname, 'restless-process.ts');
const FILES = ['greeting.txt', 'readme.md', 'tool.left'];
const PLACES = ['writer', 'install', 'test', 'verify'] as const;

type Build = Readonly<Partial<Record<(typeof PLACES)[number], readonly Restless[]>>>;

const restless: fc.Arbitrary<Restless> = fc.record({
  file: fc.constantFrom(...FILES),
  change: fc.constantFrom(...CHANGES),
  after: fc.integer({ min: 0, max: 900 }),
  during: fc.integer({ min: 0, max: 120 }),
});
const some = fc.option(fc.array(restless, { minLength: 1, maxLength: 2 }), { nil: undefined });
const builds: fc.Arbitrary<Build> = fc
  .record({ writer: some, install: some, test: some, verify: some })
  .filter((build) => Object.values(build).some((one) => one !== undefined)) as never;

/** Reads a link's own text, because its target may be an ignored file. */
const READ = 'for f in greeting.txt readme.md; do readlink -n $f || cat $f; done';

/** Begins the process, works, and reads the files while it works, as slow tests do. */
function command(place: (typeof PLACES)[number], build: Build, work: string): string[] {
  const changes = build[place];
  const begun =
    changes === undefined
      ? ''
      : `setsid node ${RESTLESS} '${JSON.stringify(changes)}' </dev/null >/dev/null 2>&1 &`;
  const read = `(${READ}) | sha256sum | cut -c1-12`;
  const line = `${begun} a=$( ${read}); sleep 0.15; b=$( ${read}); ${work}; code=$?; c=$( ${read}); echo "${place} $a $b $c" >> {config}/seen.log; exit $code`;
  return ['sh', '-c', line, place, '{reports}'];
}

/** Answers whether it came to its end. */
async function holds(build: Build): Promise<boolean> {
  const { options, folder, configure, steer, lines, git } = createProject();
  steer({ implementation: 'right' });
  configure((config) => {
    const voice = `exec node ${folder}/voice-command.mjs`;
    const [writer, ...others] = command('writer', build, voice).slice(0, -1);
    config.workspace = { ignored: ['*.left'] };
    config.roles.code_writer = { command: [writer, ...others] };
    const install = 'echo tool > tool.left';
    config.commands.install = { argv: command('install', build, install).slice(0, -1) };
    config.commands.test.argv = command('test', build, 'node {config}/check.mjs $1');
    config.commands.verify = [{ name: 'look', argv: command('verify', build, 'true') }];
    config.commands.deploy.argv = ['sh', '-c', `(${READ}) > {config}/live.txt`];
  });
  const env = { WORKFLOW_MAX_RETRIES: '1' };
  const { code, stdout } = await baton(['run', 'Build me a greeting', ...options], { env });
  if (code !== 0) {
    expect([code, stdout.slice(-2000)]).toEqual([6, expect.any(String)]);
    return false;
  }
  const branch = /git -C \S+ switch (\S+)/.exec(stdout)?.[1] ?? '';
  const handedOver = ['greeting.txt', 'readme.md'].map((name) => git('show', `${branch}:${name}`));
  expect(readFileSync(join(folder, 'live.txt'), 'utf8')).toBe(handedOver.join(''));
  const digest = createHash('sha256').update(handedOver.join('')).digest('hex').slice(0, 12);
  for (const place of ['test', 'verify']) {
    const last = lines('seen.log').findLast((line) => line.startsWith(`${place} `));
    expect(last).toBe(`${place} ${digest} ${digest} ${digest}`);
  }
  return true;
}

it.skipIf(found.sandbox === undefined)(
  'the judged files are the files deployed and handed over, whichever process changes files meanwhile',
  { timeout: TIMEOUT.timeout + RUNS * 60_000 },
  async () => {
    const left = fc.sample(builds, RUNS);
    let complete = 0;
    const work = async (): Promise<void> => {
      for (let build = left.pop(); build !== undefined; build = left.pop()) {
        const came = await holds(build).catch((reason: unknown) => {
          throw new Error(`not in ${JSON.stringify(build)}`, { cause: reason });
        });
        complete += came ? 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    console.info(`${complete} of ${RUNS} builds came to their end`);
    if (RUNS >= 20) expect(complete).toBeGreaterThan(RUNS / 4);
  },
);
