import { shell } from '../shell-line.ts';
import type { Recognise } from '../toolchain.ts';

export const recogniseRust: Recognise = (repository) => {
  if (!repository.has('Cargo.toml')) return undefined;
  const locked = repository.has('Cargo.lock');
  const profile = repository.read('.config/nextest.toml').includes('[profile.ci.junit]');
  return {
    name: 'Rust (cargo, nextest)',
    evidence: ['Cargo.toml', ...(locked ? ['Cargo.lock'] : [])],
    install: { argv: ['cargo', 'fetch'] },
    test: shell(
      'cargo llvm-cov nextest --profile ci --lcov --output-path "$0/lcov.info"; code=$?; cp "$(find target -path "*/nextest/ci/junit.xml" | head -n 1)" "$0/junit.xml"; exit $code',
    ),
    needs: ['cargo-llvm-cov', 'cargo-nextest'],
    verify: [
      { name: 'format', argv: ['cargo', 'fmt', '--all', '--check'] },
      { name: 'lint', argv: ['cargo', 'clippy', '--all-targets', '--', '-D', 'warnings'] },
    ],
    // Without one, the first command that needs a dependency writes it.
    leavesBehind: ['target/', ...(locked ? [] : ['Cargo.lock'])],
    assumed: [
      'cargo-nextest and cargo-llvm-cov are installed: they write the reports',
      ...(profile
        ? []
        : [
            '.config/nextest.toml has [profile.ci.junit] with path = "junit.xml"; it has not by now',
          ]),
    ],
  };
};
