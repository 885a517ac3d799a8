/** Names for hosts that most builds need, which a list may have among its hosts. */
export const KNOWN_HOSTS = {
  /** Where package managers fetch packages, and what these are built with. */
  '@registries': [
    // npm, pnpm and Yarn; the last is where node-gyp has the headers of Node from
    ...['registry.npmjs.org', 'registry.yarnpkg.com', 'repo.yarnpkg.com', 'nodejs.org'],
    // pip, uv, Poetry
    ...['pypi.org', 'files.pythonhosted.org'],
    // cargo, and rustup for the toolchain that a repository pins
    ...['crates.io', 'index.crates.io', 'static.crates.io', 'static.rust-lang.org'],
    // Go modules and their checksums
    ...['proxy.golang.org', 'sum.golang.org'],
    // Maven and Gradle, with its wrapper, and Android
    ...['repo.maven.apache.org', 'repo1.maven.org', 'maven.google.com', 'dl.google.com'],
    ...['plugins.gradle.org', 'plugins-artifacts.gradle.org'],
    ...['services.gradle.org', 'downloads.gradle.org'],
    // Bundler
    ...['rubygems.org', 'index.rubygems.org'],
    // .NET
    'api.nuget.org',
    // Composer
    ...['packagist.org', 'repo.packagist.org'],
    // dependencies that are repositories, and programs that packages fetch from their releases
    ...['github.com', 'codeload.github.com', 'gitlab.com', 'bitbucket.org'],
    ...['objects.githubusercontent.com', 'release-assets.githubusercontent.com'],
  ],
  /** Where agents ask their models, and log in. */
  '@models': [
    ...['api.anthropic.com', 'console.anthropic.com', 'platform.claude.com', 'claude.ai'],
    ...['api.openai.com', 'auth.openai.com', 'chatgpt.com', '*.openai.azure.com'],
    // Gemini, by a key and by an account of Google's
    ...['generativelanguage.googleapis.com', 'cloudcode-pa.googleapis.com'],
    'oauth2.googleapis.com',
    ...['api.mistral.ai', 'api.deepseek.com', 'api.groq.com', 'api.x.ai', 'openrouter.ai'],
  ],
} as const satisfies Readonly<Record<`@${string}`, readonly string[]>>;

export function isKnownName(entry: string): entry is keyof typeof KNOWN_HOSTS {
  return Object.hasOwn(KNOWN_HOSTS, entry);
}

/** Returns the hosts of a list, with its names replaced by their hosts. */
export function hostsOf(entries: readonly string[]): readonly string[] {
  return entries.flatMap((entry) => (isKnownName(entry) ? KNOWN_HOSTS[entry] : [entry]));
}
