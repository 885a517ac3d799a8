import { shell } from '../shell-line.ts';
import { gap, lockfilesOf, type Recognise } from '../toolchain.ts';

/** cargo itself writes no report, and nextest one by a profile that says so. */
const NO_PROFILE = gap(
  'nextest writes a JUnit report by a profile: put [profile.ci.junit] with path = "junit.xml" into .config/nextest.toml, commit it, and run baton init --force',
);

export const recogniseRust: Recognise = (repository) => {
  if (!repository.has('Cargo.toml')) return undefined;
  const locked = lockfilesOf(repository, ['Cargo.lock']).used.length > 0;
  const profile = repository.read('.config/nextest.toml').includes('[profile.ci.junit]');
  return {
    name: 'Rust (cargo, nextest)',
    evidence: ['Cargo.toml', ...(locked ? ['Cargo.lock'] : [])],
    install: { argv: ['cargo', 'fetch'] },
    test: profile
      ? shell(
          'cargo llvm-cov nextest --profile ci --lcov --output-path "$0/lcov.info"; code=$?; cp "$(find target -path "*/nextest/ci/junit.xml" | head -n 1)" "$0/junit.xml"; exit $code',
        )
      : NO_PROFILE,
    needs: ['cargo-llvm-cov', 'cargo-nextest'],
    verify: [
      { name: 'format', argv: ['cargo', 'fmt', '--all', '--check'] },
      { name: 'lint', argv: ['cargo', 'clippy', '--all-targets', '--', '-D', 'warnings'] },
    ],
    stores: ['~/.cargo/registry', '~/.cargo/git', '~/.rustup'],
    // Without one, the first command that needs a dependency writes it.
    leavesBehind: ['target/', ...(locked ? [] : ['Cargo.lock'])],
    assumed: ['cargo-nextest and cargo-llvm-cov are installed: they write the reports'],
  };
};
