/** What a command may see of the environment unless it is told more: no credentials among them. */
const PASSED: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ'],
  // Where the certificates of authorities lie: without them, no package comes through a proxy that
  // reads TLS, and npm tries for minutes.
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'npm_config_cafile'],
  ...['CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'GIT_SSL_CAINFO'],
  ...['CARGO_HTTP_CAINFO', 'NIX_SSL_CERT_FILE'],
]);

/** In either case. Their values are addresses, which may hold a password. */
const PROXIES: ReadonlySet<string> = new Set([
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
]);

export interface EnvironmentOptions {
  /** Names of further variables to pass on as they are. */
  readonly passEnv?: readonly string[] | undefined;
  /** Variables to set; they win over what is passed on. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * The environment of a command: an allowlist (`PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR`, `TZ`, the
 * paths of certificates, proxies without a password), so that code an LLM wrote does not find the keys
 * of the service that runs it.
 */
export function commandEnvironment(
  { passEnv = [], env = {} }: EnvironmentOptions,
  source: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined) continue;
    const isPassed = PASSED.has(name) || name.startsWith('LC_') || isOpenProxy(name, value);
    if (isPassed || passEnv.includes(name)) passed[name] = value;
  }
  return { ...passed, ...env };
}

function isOpenProxy(name: string, value: string): boolean {
  return PROXIES.has(name.toLowerCase()) && !value.includes('@');
}
