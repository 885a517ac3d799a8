import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Assignment, BatonError } from '@baton/core';

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

/** Does what the file system may refuse. */
async function kept<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = `nothing can be kept for the agent in ${folder}: ${BatonError.from(cause).message}`;
    throw new BatonError('unavailable', message, { retryable: true, cause });
  }
}

/**
 * Opens the home of an agent, and makes it where there is none.
 *
 * @param homes where homes are kept, absolute; undefined: for one attempt alone.
 * @throws BatonError `unavailable` (retryable) for what the file system refuses.
 */
export async function openAgentHome(
  homes: string | ((workflowId: string) => string) | undefined,
  agent: string,
  { workflowId, role, state }: Assignment,
): Promise<AgentHome> {
  const folder = typeof homes === 'function' ? homes(workflowId) : homes;
  if (folder === undefined) {
    const path = await kept(tmpdir(), async () =>
      realpath(await mkdtemp(join(tmpdir(), 'baton-agent-'))),
    );
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
  const place = join(folder, name.slice(0, 32));
  const sessions = join(place, `session-${state}.json`);
  const path = await kept(folder, async () => {
    await mkdir(join(place, 'home'), { recursive: true, mode: 0o700 });
    return realpath(join(place, 'home'));
  });
  return {
    path,
    async session() {
      try {
        const { sessionId } = JSON.parse(await readFile(sessions, 'utf8'));
        return typeof sessionId === 'string' ? sessionId : undefined;
      } catch {
        // None was kept, or half of one: a fresh session has the whole assignment.
        return undefined;
      }
    },
    remember: (sessionId) =>
      kept(folder, async () => {
        await writeFile(`${sessions}.new`, JSON.stringify({ sessionId }));
        await rename(`${sessions}.new`, sessions);
      }),
    leave: async () => {},
  };
}
