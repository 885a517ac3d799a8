import { devNull, homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Variables that git and its child programs (filters, signing, transports) receive: the places of programs,
 * home and settings, and the addresses of the user's agents. Others stay out, because they may be keys or
 * redirect git to another repository (such as `GIT_DIR`).
 */
const KEPT =
  /^(PATH|PATHEXT|HOME|USER|USERNAME|USERPROFILE|LOGNAME|SHELL|SYSTEMROOT|WINDIR|COMSPEC|APPDATA|LOCALAPPDATA|TMPDIR|TMP|TEMP|TZ|LANG|XDG_(?:CONFIG|CACHE|DATA|RUNTIME|STATE)_(?:HOME|DIR)|SSH_AUTH_SOCK|GNUPGHOME|GPG_TTY|GIT_(?:SSH|SSH_COMMAND|SSH_VARIANT|SSL_CAINFO|SSL_CAPATH|SSL_NO_VERIFY|LFS_SKIP_SMUDGE|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|ATTR_NOSYSTEM))$/i;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The part of `env` that git receives. Messages stay in English, because lock contention is detected by them,
 * and git never asks for a password.
 */
export function cleanEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && KEPT.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C.UTF-8',
    LANGUAGE: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/** Settings of every command: no hooks, no background work, no reflogs for Baton's refs, durable refs. */
export const QUIET_CONFIG: readonly string[] = [
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
  'core.logAllRefUpdates=false',
  'core.fsync=loose-object,reference',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
].flatMap((setting) => ['-c', setting]);

/** Default path of the user's file of this name (`ignore`, `attributes`). */
export function defaultSettingsFile(env: Environment, name: string): string {
  const folder = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(folder, 'git', name);
}
