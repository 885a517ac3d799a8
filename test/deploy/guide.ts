// What docs/guides/run-in-production.md says, and the files that it names, as a person would follow it on one machine:
// with other folders, addresses, ports and users.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fences } from '../../scripts/docs/markdown.ts';
import { COMMAND } from '../cli/harness.ts';
import { leaveBehind } from '../leftovers.ts';

const ROOT = join(import.meta.dirname, '../..');
const GUIDE = fences(readFileSync(join(ROOT, 'docs/guides/run-in-production.md'), 'utf8'));

const run = promisify(execFile);

export interface Place {
  /** In the place of /etc/baton, /etc/haproxy, /etc/nginx, /run/haproxy and of where a person types. */
  readonly folder: string;
  /** What the guide or a file says, for this machine. */
  here(text: string): string;
  /** A file of `deploy/`, for this machine. */
  file(name: string): string;
  /** Runs a step of the guide in `folder`; @returns what it printed. */
  step(name: string, env?: Readonly<Record<string, string>>): Promise<string>;
}

/** What stands in the place of what the guide says. */
export type Change = readonly [from: string | RegExp, to: string];

/** @param changes in this order. */
export function createPlace(changes: () => readonly Change[]): Place {
  const folder = mkdtempSync(join(tmpdir(), 'baton-deploy-'));
  leaveBehind(() => rmSync(folder, { recursive: true, force: true }));
  const here = (text: string) =>
    [
      ...changes(),
      [/\/(?:etc\/(?:baton|haproxy|nginx)|run\/haproxy)\//g, `${folder}/`] as const,
    ].reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
  return {
    folder,
    here,
    file: (name) => here(readFileSync(join(ROOT, 'deploy', name), 'utf8')),
    async step(name, env = {}) {
      const path = [dirname(COMMAND), dirname(process.execPath), process.env['PATH']];
      const { stdout } = await run('sh', ['-ec', here(stepOf(name))], {
        cwd: folder,
        env: { HOME: folder, ...env, PATH: path.join(delimiter) },
      });
      return stdout;
    },
  };
}

function stepOf(name: string): string {
  return codeOf(`step: ${name}`);
}

/** What the guide shows of a file. */
export function fileInGuide(path: string): string {
  return codeOf(`file: ${path}`);
}

function codeOf(label: string): string {
  const found = GUIDE.find(({ comment }) => comment === label);
  if (found === undefined) throw new Error(`the guide has nothing with the comment '${label}'`);
  return found.code;
}

/** Variables of a file as systemd and Compose read them. */
export function variablesIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** What a unit runs, without the path of the command. */
export function argumentsOf(unit: string): readonly string[] {
  const [, line = ''] = /^ExecStart=\/usr\/local\/bin\/baton (.+)$/m.exec(unit) ?? [];
  return line.split(' ');
}
