/** What a command may see of the environment unless it is told more: no credentials among them. */
const PASSED: ReadonlySet<string> = new Set(['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ']);

export interface EnvironmentOptions {
  /** Names of further variables to pass on as they are. */
  readonly passEnv?: readonly string[] | undefined;
  /** Variables to set; they win over what is passed on. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * The environment of a command: an allowlist (`PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR`, `TZ`), so
 * that code an LLM wrote does not find the keys of the service that runs it.
 */
export function commandEnvironment(
  { passEnv = [], env = {} }: EnvironmentOptions,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined) continue;
    if (PASSED.has(name) || name.startsWith('LC_') || passEnv.includes(name)) passed[name] = value;
  }
  return { ...passed, ...env };
}
