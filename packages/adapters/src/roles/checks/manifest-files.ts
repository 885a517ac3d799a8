/**
 * Patterns of files that declare dependencies or tools, in the syntax of `.gitignore`: manifests, lockfiles
 * and the configuration of package managers.
 */
export const MANIFEST_FILES: readonly string[] = [
  ...['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '*.lock', 'bun.lockb'],
  ...['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.*', '.npmrc', '.yarnrc*'],
  ...['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements*.txt', 'constraints*.txt'],
  ...['Pipfile', 'environment.y*ml', 'tox.ini', 'noxfile.py', 'pytest.ini'],
  ...['go.mod', 'go.sum', 'go.work', 'Cargo.toml', 'build.rs', 'rust-toolchain*'],
  ...['pom.xml', '*.gradle', '*.gradle.kts', 'gradle/', 'gradle.properties', 'mvnw', '.mvn/'],
  ...['gradlew', 'Gemfile', '*.gemspec', 'composer.json', 'mix.exs', '*.csproj'],
  ...['Directory.*.props', 'packages.config', 'global.json', 'deno.json*', 'build.sbt'],
  ...['CMakeLists.txt', 'conanfile.*', 'vcpkg.json', 'Makefile', 'justfile', 'Taskfile.*'],
  ...['.gitmodules', '.tool-versions', '.nvmrc', '.python-version', '.ruby-version'],
];
