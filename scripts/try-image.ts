// Tries what the container image would have: makes it as deploy/Dockerfile does, compares it with its SBOM, starts
// what the image starts, and asks whether it is well.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, runQuietly } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-image-'));
try {
  const image = join(folder, 'image');
  if (!runQuietly('pnpm', ['run', 'image', image])) throw new Error('the image cannot be made');
  const components = componentsOf(join(image, 'sbom.cdx.json'));
  const missing = installedIn(image).filter((name) => !components.has(name));
  if (missing.length > 0) throw new Error(`its SBOM does not name ${missing.join(', ')}`);
  if ([...components].some((name) => name.startsWith('vitest@'))) {
    throw new Error('it has vitest, which only tests need');
  }
  await answers(image);
  console.log(`the image starts, answers and stops; its SBOM names ${components.size} components`);
} finally {
  rmSync(folder, { recursive: true });
}

/** As `name@version`. */
function componentsOf(file: string): ReadonlySet<string> {
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as {
    components: readonly { group?: string; name: string; version: string }[];
  };
  return new Set(
    components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  );
}

/** Packages of others; Baton's own have paths for versions. */
function installedIn(image: string): readonly string[] {
  return readdirSync(join(image, 'node_modules/.pnpm'))
    .filter((name) => /@\d/.test(name) && !name.startsWith('@baton+'))
    .map((name) => name.replace('+', '/').replace(/(@\d[^_]*)_.*$/, '$1'));
}

/** @throws Error when it does not start, does not answer 200, or does not stop on SIGTERM. */
async function answers(image: string): Promise<void> {
  const text = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8');
  const [, entry = ''] = /^ENTRYPOINT (.+)$/m.exec(text) ?? [];
  const [, command = ''] = /^CMD (.+)$/m.exec(text) ?? [];
  const [, ...args] = [...JSON.parse(entry), ...JSON.parse(command)] as string[];
  const inImage = args.map((arg) => arg.replace('/opt/baton', image));
  const server = spawn(process.execPath, [...inImage, '--json'], {
    cwd: folder,
    env: { DATABASE_URL: 'sqlite:baton.sqlite', BATON_HTTP_PORT: '0', BATON_GRPC_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(server, 'exit');
  const line = once(createInterface(server.stdout), 'line');
  const [said] = await Promise.race([line, exit]);
  if (typeof said !== 'string') throw new Error(`it ended with exit code ${said}`);
  const { status } = await fetch(`http://127.0.0.1:${JSON.parse(said).httpPort}/readyz`);
  server.kill('SIGTERM');
  const [code] = await exit;
  if (status !== 200 || code !== 0) throw new Error(`health ${status}, exit code ${code}`);
}
