import { devNull } from 'node:os';

/** `GIT_*` variables that say how to reach the network or what to configure, not which repository. */
const KEPT =
  /^GIT_(ASKPASS|SSH|SSH_COMMAND|SSH_VARIANT|SSL_.+|PROXY_COMMAND|LFS_.+|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|ATTR_NOSYSTEM)$/;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `env` without what a git hook or a caller's own git work leaves in it: `GIT_DIR`,
 * `GIT_INDEX_FILE` and their kind would send every command to another repository. Messages come
 * untranslated, for lock contention is told from them, and nothing asks for a password.
 */
export function cleanEnvironment(env: Environment): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (!name.toUpperCase().startsWith('GIT_') || KEPT.test(name)) clean[name] = value;
  }
  return {
    ...clean,
    LC_ALL: 'C.UTF-8',
    LANGUAGE: '',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/** Settings of every command: no hooks, no background work, no reflogs for our refs, durable refs. */
export const QUIET_CONFIG: readonly string[] = [
  `core.hooksPath=${devNull}`,
  'core.fsmonitor=false',
  'core.logAllRefUpdates=false',
  'core.fsync=loose-object,reference',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
].flatMap((setting) => ['-c', setting]);
