import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { type CallerOptions, callerOf } from '../caller.ts';
import { configIn, loadConfig } from '../config/load-config.ts';
import { repositoryOf } from '../state/baton-folder.ts';
import { artifactsUrlOf, openArtifacts } from '../state/open-artifacts.ts';
import { openEmbedded } from '../state/open-embedded.ts';
import { createConsoleAccess } from './console-access.ts';
import { createDecisions } from './decisions.ts';

/** What {@link openConsole} takes. */
export interface OpenConsoleOptions extends CallerOptions {
  /** Root of the git repository whose builds are shown; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The port on 127.0.0.1; 0 for any free one. Default 0. */
  readonly port?: number | undefined;
  /**
   * Whether the link reaches a person alone, as at a terminal: then it is enough to decide by. Default false: a
   * decision takes `BATON_APPROVAL_TOKEN` in `env`.
   */
  readonly atTerminal?: boolean | undefined;
  /** Whether to begin a state database where there is none. Default false. */
  readonly create?: boolean | undefined;
}

/** A console that is served. */
export interface OpenedConsole {
  /** Opens the console in a browser, with the key that it asks for. Show it to a person alone. */
  readonly link: string;
  /** The same without the key. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the console for the builds that `baton run` keeps of a repository, on this machine alone.
 *
 * @throws BatonError `not_found` when no build was begun in the workspace; Error for a port that cannot be listened on.
 * @example
 * import { openConsole } from '@baton/builds';
 * const { link, close } = await openConsole({ workspace: '/srv/shop', atTerminal: true });
 * console.log(link);
 * await close();
 */
export async function openConsole(options: OpenConsoleOptions = {}): Promise<OpenedConsole> {
  const caller = callerOf(options);
  const { cwd, env } = caller;
  const { port = 0, atTerminal = false, create = false } = options;
  const workspace = repositoryOf(resolve(cwd, options.workspace ?? '.'));
  const embedded = await openEmbedded({ workspace, create, env });
  const ends: (() => Promise<void>)[] = [embedded.close];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const path = configIn(workspace);
    const config = path === undefined ? undefined : await loadConfig(path, { workspace, cwd });
    const artifacts = await openArtifacts(workspace, caller, config && artifactsUrlOf(config));
    ends.push(() => artifacts.close());
    // Loaded when needed: the server brings gRPC along.
    const { createAccess, createServer } = await import('@baton/server');
    const { key, authenticator } = createConsoleAccess(config?.user ?? userInfo().username);
    const decisions = createDecisions({ workspace, caller, embedded, atTerminal });
    const server = await createServer({
      orchestrator: { ...embedded.orchestrator, ...decisions },
      ...{ artifacts, access: createAccess([authenticator]) },
      ...{ httpPort: port, grpcPort: 0, drainSeconds: 1 },
    });
    ends.push(() => server.stop());
    const url = `http://127.0.0.1:${server.httpPort}/console/`;
    return { url, link: `${url}#key=${key}`, close };
  } catch (reason) {
    await close();
    throw reason;
  }
}
