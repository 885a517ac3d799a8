import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assignment } from '@baton/core';

/** What an agent keeps from one attempt of a role in a build to the next. */
export interface AgentHome {
  /** Absolute and real. */
  readonly path: string;
  /** The session that the last attempt of this phase had; undefined: there was none. */
  session(): Promise<string | undefined>;
  remember(sessionId: string): Promise<void>;
  /** To be called when the attempt has ended. */
  leave(): Promise<void>;
}

/** @param homes where homes are kept, absolute; undefined: for one attempt alone. */
export async function openAgentHome(
  homes: string | ((workflowId: string) => string) | undefined,
  agent: string,
  { workflowId, role, state }: Assignment,
): Promise<AgentHome> {
  const folder = typeof homes === 'function' ? homes(workflowId) : homes;
  if (folder === undefined) {
    const path = await realpath(await mkdtemp(join(tmpdir(), 'baton-agent-')));
    return {
      path,
      session: async () => undefined,
      remember: async () => {},
      leave: () => rm(path, { recursive: true, force: true }),
    };
  }
  // Ids are any text, of up to 256 characters.
  const name = createHash('sha256')
    .update(JSON.stringify([workflowId, role, agent]))
    .digest('hex');
  const kept = join(folder, name.slice(0, 32));
  const sessions = join(kept, `session-${state}.json`);
  const path = join(kept, 'home');
  await mkdir(path, { recursive: true, mode: 0o700 });
  return {
    path: await realpath(path),
    async session() {
      try {
        const { sessionId } = JSON.parse(await readFile(sessions, 'utf8'));
        return typeof sessionId === 'string' ? sessionId : undefined;
      } catch {
        // None was kept, or half of one: a fresh session has the whole assignment.
        return undefined;
      }
    },
    async remember(sessionId) {
      await writeFile(`${sessions}.new`, JSON.stringify({ sessionId }));
      await rename(`${sessions}.new`, sessions);
    },
    leave: async () => {},
  };
}
