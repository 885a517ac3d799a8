import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from '@baton/server';
import { Ajv } from 'ajv';
import { validate } from 'dockerfile-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { argumentsOf, fileInGuide, variablesIn } from './guide.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const FILES = globSync('deploy/**/*', { cwd: ROOT, exclude: ['**/node_modules/**'] })
  .filter((path) => /Dockerfile$|\.(?:cfg|conf|env|service|yaml)$/.test(path))
  .sort();

/** Names that are Baton's, whatever stands around them. */
const OURS =
  /\b(?:BATON|WORKFLOW|ARTIFACTS)_[A-Z_]+\b|\b(?:DATABASE_URL|REDIS_URL|CORS_ORIGINS|ALLOWED_HOSTS|LOG_LEVEL)\b/g;

describe('the files for operators', () => {
  it('name no setting that there is not', () => {
    const server = settings().map(({ name }) => name);
    const [, others = ''] = read('docs/reference/environment.md').split('## The command line');
    const known = new Set([...server, ...(others.match(OURS) ?? [])]);
    const found = FILES.flatMap((path) =>
      [...read(path).matchAll(OURS)].map(([name]) => `${name} in ${path}`),
    );
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter((one) => !known.has(one.split(' ')[0] ?? ''))).toEqual([]);
  });

  it('say the same as the guide', () => {
    expect(variablesIn(fileInGuide('deploy/server.env'))).toEqual(
      variablesIn(read('deploy/server.env')),
    );
  });

  it('give a server and a worker longer to end than they take', () => {
    const { BATON_RETIRE_SECONDS, BATON_DRAIN_SECONDS } = variablesIn(read('deploy/server.env'));
    const takes = Number(BATON_RETIRE_SECONDS) + Number(BATON_DRAIN_SECONDS);
    expect(stopOf('baton-server')).toBeGreaterThan(takes);
    const args = argumentsOf(read('deploy/systemd/baton-worker.service'));
    const grace = Number.parseInt(args[args.indexOf('--grace') + 1] ?? '', 10);
    expect(stopOf('baton-worker')).toBeGreaterThan(grace);
    const { server, worker } = parse(read('deploy/compose.yaml')).services;
    const { environment } = server;
    expect(Number.parseInt(server.stop_grace_period, 10)).toBeGreaterThan(
      Number(environment.BATON_RETIRE_SECONDS) + Number(environment.BATON_DRAIN_SECONDS),
    );
    expect(Number.parseInt(worker.stop_grace_period, 10)).toBeGreaterThan(
      Number.parseInt(worker.command[worker.command.indexOf('--grace') + 1], 10),
    );
  });

  it('have a Compose file that fits the published schema', () => {
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'compose-spec.json'), 'utf8'));
    const { $schema: _, ...rest } = schema;
    const fits = new Ajv({ strict: false, formats: { duration: true } }).compile(rest);
    const compose = parse(read('deploy/compose.yaml'));
    expect([fits(compose), fits.errors]).toEqual([true, null]);
    expect(fits({ ...compose, services: { server: { image: 1 } } })).toBe(false);
    // A worker never has what opens the database.
    expect(Object.keys(compose.services.worker.environment)).not.toContain('DATABASE_URL');
  });

  it('have a Dockerfile without a mistake, on one pinned Node, that does not run as root', () => {
    const text = read('deploy/Dockerfile');
    expect(validate(text).map(({ message }) => message)).toEqual([]);
    expect(validate('FROM node\nRUM x').map(({ message }) => message)).not.toEqual([]);
    const { devDependencies, packageManager } = JSON.parse(read('package.json'));
    const bases = [...text.matchAll(/^FROM (node\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node}-bookworm-slim`]));
    for (const [used] of text.matchAll(/pnpm@\S+/g)) expect(used).toBe(packageManager);
    const stages = text.split(/^FROM /m).slice(2);
    for (const stage of stages) {
      const users = [...stage.matchAll(/^USER (.+)$/gm)].map(([, user]) => user);
      expect(users.at(-1)).toBe('1000:1000');
    }
  });

  it.skipIf(systemdMissing())('have units that systemd finds no fault with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-units-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const command = join(folder, 'baton');
    writeFileSync(command, '#!/bin/sh\n');
    chmodSync(command, 0o755);
    for (const name of ['baton-server', 'baton-worker']) {
      const unit = join(folder, `${name}.service`);
      const text = read(`deploy/systemd/${name}.service`).replace('/usr/local/bin/baton', command);
      writeFileSync(unit, text);
      expect(verified(unit)).toBe('');
      writeFileSync(unit, text.replace('KillMode=mixed', 'KillMode=some'));
      expect(verified(unit)).toContain('kill mode');
    }
  });
});

function stopOf(name: string): number {
  return Number(/^TimeoutStopSec=(\d+)$/m.exec(read(`deploy/systemd/${name}.service`))?.[1]);
}

/** What systemd-analyze says of a unit. */
function verified(unit: string): string {
  try {
    return execFileSync('sh', ['-c', 'systemd-analyze verify "$0" 2>&1', unit], {
      encoding: 'utf8',
    });
  } catch (reason) {
    return (reason as { stdout: string }).stdout;
  }
}

/** Whether to skip: prints a warning, and throws in CI. */
function systemdMissing(): boolean {
  const folders = (process.env['PATH'] ?? '').split(':');
  if (folders.some((folder) => existsSync(join(folder, 'systemd-analyze')))) return false;
  const reason = 'no systemd-analyze found: the units are not verified';
  if (process.env['CI']) throw new Error(reason);
  console.warn(`SKIPPED: ${reason}`);
  return true;
}
