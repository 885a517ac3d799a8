import { type Recognise, shell } from '../toolchain.ts';

/** Go's profile has blocks of lines with a count; lcov wants lines found and hit of each file. */
const TO_LCOV = `awk 'NR > 1 { split($1, at, ":"); split(at[2], range, ","); first = int(range[1]); last = int(range[2]); files[at[1]]; for (i = first; i <= last; i++) { key = at[1] SUBSEP i; if (!(key in lines)) found[at[1]]++; lines[key]; if ($3 > 0 && !(key in hits)) { hits[key]; hit[at[1]]++ } } } END { for (file in files) printf "SF:%s\\nLF:%d\\nLH:%d\\nend_of_record\\n", file, found[file], hit[file] }'`;

export const recogniseGo: Recognise = (repository) => {
  if (!repository.has('go.mod')) return undefined;
  const linter = ['.golangci.yml', '.golangci.yaml', '.golangci.toml'].some((file) =>
    repository.has(file),
  );
  return {
    name: 'Go (go modules, gotestsum)',
    evidence: ['go.mod'],
    install: { argv: ['go', 'mod', 'download'] },
    test: shell(
      `gotestsum --junitfile "$0/junit.xml" -- -coverprofile="$0/cover.out" ./...; code=$?; ${TO_LCOV} "$0/cover.out" > "$0/lcov.info"; exit $code`,
    ),
    needs: ['gotestsum'],
    verify: [
      { name: 'vet', argv: ['go', 'vet', './...'] },
      ...(linter ? [{ name: 'lint', argv: ['golangci-lint', 'run'] }] : []),
    ],
    leavesBehind: ['bin/', '*.test', '*.out'],
    assumed: [
      'gotestsum is on PATH, which writes the JUnit report: go install gotest.tools/gotestsum@latest',
    ],
  };
};
