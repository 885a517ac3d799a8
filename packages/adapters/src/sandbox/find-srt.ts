import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findOnPath } from './find-on-path.ts';
import type { FoundSandbox } from './sandbox.ts';
import { createSrt } from './srt.ts';

const PACKAGE = '@anthropic-ai/sandbox-runtime';
const run = promisify(execFile);

/** Milliseconds; a probe takes about one second. */
const PROBE_TIMEOUT_MS = 20_000;

/** Creates an empty sandbox once: srt needs other programs, and may lack permissions. */
export async function findSrt(
  env: Readonly<Record<string, string | undefined>>,
): Promise<FoundSandbox> {
  const launcher = installed() ?? onPath(env);
  if (launcher === undefined) {
    const problem = `srt is not installed: no ${PACKAGE} beside Baton, and no srt on PATH`;
    return { sandbox: undefined, problem, advice: `install ${PACKAGE}` };
  }
  const folder = mkdtempSync(join(tmpdir(), 'baton-srt-probe-'));
  try {
    const settings = join(folder, 'settings.json');
    writeFileSync(settings, NOTHING_ALLOWED);
    const [program = '', ...rest] = launcher;
    const options = { timeout: PROBE_TIMEOUT_MS, env: { PATH: env['PATH'], HOME: env['HOME'] } };
    await run(program, [...rest, '--settings', settings, '--', 'true'], options);
    const { stdout } = await run(program, [...rest, '--version'], options);
    return { sandbox: createSrt(launcher), version: `srt ${stdout.trim()}` };
  } catch (reason) {
    const { stderr = '', message } = reason as { stderr?: string; message: string };
    const problem = `srt cannot make a sandbox here: ${stderr.trim() || message}`;
    const advice = 'fix that: on Linux, srt needs bubblewrap, socat, ripgrep and user namespaces';
    return { sandbox: undefined, problem, advice };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOTHING_ALLOWED = JSON.stringify({
  network: { allowedDomains: [], deniedDomains: [] },
  filesystem: { denyRead: [], allowRead: [], allowWrite: [], denyWrite: [] },
});

/** The package that is installed beside this one, as its script and this Node. */
function installed(): readonly string[] | undefined {
  try {
    const main = fileURLToPath(import.meta.resolve(PACKAGE));
    return [process.execPath, join(dirname(main), 'cli.js')];
  } catch {
    return undefined;
  }
}

function onPath(env: Readonly<Record<string, string | undefined>>): readonly string[] | undefined {
  const program = findOnPath('srt', env);
  return program === undefined ? undefined : [program];
}
