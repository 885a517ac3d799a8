/** Variables that a command receives by default. None of them holds credentials. */
const PASSED: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'LANG', 'TMPDIR', 'TZ'],
  // Locations of CA certificates: without them, downloads through a proxy that intercepts TLS fail, and npm
  // retries for minutes.
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'npm_config_cafile'],
  ...['CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT', 'GIT_SSL_CAINFO'],
  ...['CARGO_HTTP_CAINFO', 'NIX_SSL_CERT_FILE'],
]);

/** Proxy variables, in either case. Their values are addresses that may contain a password. */
const PROXIES: ReadonlySet<string> = new Set([
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
]);

export interface EnvironmentOptions {
  /** Names of further variables to pass on. */
  readonly passEnv?: readonly string[] | undefined;
  /** Variables to set; they override passed ones. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/**
 * The environment of a command, from an allowlist: `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR`, `TZ`, the
 * locations of certificates, and proxies without a password. So code that a model wrote cannot read the keys
 * of the process that runs it.
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
