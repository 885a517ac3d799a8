import { inTurn, shell } from '../shell-line.ts';
import { type Recognise, type Repository, TOOLS } from '../toolchain.ts';

/**
 * Go's profile has blocks of lines with a count; lcov wants the lines of each file. A file's name in
 * it begins with its module: taken off, it is the path in the repository.
 */
const TO_LCOV = `awk -v module="$(go list -m)/" 'NR > 1 { split($1, at, ":"); file = at[1]; if (index(file, module) == 1) file = substr(file, length(module) + 1); split(at[2], range, ","); last = int(range[2]); files[file]; for (i = int(range[1]); i <= last; i++) { key = file SUBSEP i; if (!(key in count)) { order[file, ++found[file]] = i; count[key] = 0 } if ($3 > count[key]) count[key] = $3 } } END { for (file in files) { print "SF:" file; hit = 0; for (n = 1; n <= found[file]; n++) { i = order[file, n]; c = count[file, i]; print "DA:" i "," c; if (c > 0) hit++ } printf "LF:%d\\nLH:%d\\nend_of_record\\n", found[file], hit } }'`;

const GOTESTSUM = 'gotest.tools/gotestsum';

export const recogniseGo: Recognise = (repository) => {
  if (!repository.has('go.mod')) return undefined;
  const linter = ['.golangci.yml', '.golangci.yaml', '.golangci.toml'].some((file) =>
    repository.has(file),
  );
  const { run, install, needs, assumed } = gotestsum(repository);
  return {
    name: 'Go (go modules, gotestsum)',
    evidence: ['go.mod'],
    install: inTurn([['go', 'mod', 'download'], ...install]),
    test: shell(
      `${run} --junitfile "$0/junit.xml" -- -coverprofile="$0/cover.out" ./...; code=$?; ${TO_LCOV} "$0/cover.out" > "$0/lcov.info"; exit $code`,
    ),
    needs: ['go', ...needs],
    verify: [
      { name: 'vet', argv: ['go', 'vet', './...'] },
      ...(linter ? [{ name: 'lint', argv: ['golangci-lint', 'run'] }] : []),
    ],
    stores: ['~/go/pkg/mod', '~/.cache/go-build'],
    leavesBehind: ['bin/', '*.test', '*.out', ...(install.length > 0 ? [`${TOOLS}/`] : [])],
    assumed: [
      ...assumed,
      ...(repository.has('go.work')
        ? ['the tests of the module in the root are all that there are: go.work names others']
        : []),
    ],
  };
};

/** go test writes no JUnit; gotestsum, which runs it, does. */
function gotestsum(repository: Repository) {
  if (new RegExp(`^\\s*(tool\\s+)?${GOTESTSUM}\\s*$`, 'm').test(repository.read('go.mod'))) {
    return { run: 'go tool gotestsum', install: [], needs: [], assumed: [] };
  }
  if (repository.hasProgram('gotestsum')) {
    return { run: 'gotestsum', install: [], needs: ['gotestsum'], assumed: [] };
  }
  const script = `GOBIN="$PWD/${TOOLS}/bin" go install ${GOTESTSUM}@v1.13.0`;
  return {
    run: `${TOOLS}/bin/gotestsum`,
    install: [['sh', '-c', script]],
    needs: [],
    assumed: [
      `the install puts gotestsum into ${TOOLS}/, for the JUnit report: no file of the repository changes`,
    ],
  };
}
