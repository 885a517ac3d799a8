import { shell } from '../shell-line.ts';
import { gap, type ProposedTest, type Recognise } from '../toolchain.ts';

const TESTS =
  'dotnet test --logger "junit;LogFilePath=$0/junit.xml" --collect:"XPlat Code Coverage" --results-directory "$0"';
const COLLECT = 'cp "$(find "$0" -name coverage.cobertura.xml | head -n 1)" "$0/coverage.xml"';

export const recogniseDotnet: Recognise = (repository) => {
  const projects = repository.files.filter((path) => /\.(cs|fs|vb)proj$/.test(path));
  const evidence = [...repository.files.filter((path) => /^[^/]+\.slnx?$/.test(path)), ...projects];
  if (evidence.length === 0 || evidence.every((path) => path.split('/').length > 3))
    return undefined;
  const tests = projects.filter((path) => repository.read(path).includes('Microsoft.NET.Test.Sdk'));
  return {
    name: '.NET (dotnet test)',
    evidence: evidence.slice(0, 2),
    install: { argv: ['dotnet', 'restore'] },
    test: testOf(tests, (path) => repository.read(path)),
    needs: [],
    verify: [{ name: 'build', argv: ['dotnet', 'build', '--no-restore', '-warnaserror'] }],
    stores: ['~/.nuget/packages'],
    leavesBehind: ['bin/', 'obj/', 'TestResults/'],
    assumed: [],
  };
};

function testOf(tests: readonly string[], read: (path: string) => string): ProposedTest {
  const [one] = tests;
  const command =
    'write a command that runs all tests and writes {reports}/junit.xml and a report of coverage';
  if (one === undefined) return gap(`no project refers to Microsoft.NET.Test.Sdk: ${command}`);
  if (tests.length > 1) {
    return gap(
      `${tests.join(', ')} have tests, each with reports of its own: ${command} for all of them`,
    );
  }
  const missing = ['JunitXml.TestLogger', 'coverlet.collector'].filter(
    (name) => !read(one).includes(name),
  );
  if (missing.length > 0) {
    const add = missing.map((name) => `dotnet add ${one} package ${name}`).join(' && ');
    return gap(
      `the reports of dotnet test need ${missing.join(' and ')}: ${add}, commit it, and run baton init --force`,
    );
  }
  return {
    ...shell(`${TESTS}; code=$?; ${COLLECT}; exit $code`),
    coverage: '{reports}/coverage.xml',
  };
}
