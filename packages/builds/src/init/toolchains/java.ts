import { shell } from '../shell-line.ts';
import { gap, type ProposedCommand, type Recognise } from '../toolchain.ts';

/** One report of many; and JaCoCo's table of classes as lcov. */
const collect = (junit: string, jacoco: string): string =>
  `{ echo "<testsuites>"; for file in ${junit}; do sed "/^<?xml/d" "$file"; done; echo "</testsuites>"; } > "$0/junit.xml"; awk -F, 'NR > 1 { printf "SF:%s.%s\\nLF:%d\\nLH:%d\\nend_of_record\\n", $2, $3, $8 + $9, $9 }' ${jacoco} > "$0/lcov.info"`;

const hasJacoco = (text: string): boolean => text.includes('jacoco');

const withoutJacoco = (missing: string): ProposedCommand =>
  gap(`nothing measures coverage, for ${missing}, commit it, and run baton init --force`);

export const recogniseJava: Recognise = (repository) => {
  const gradle = ['build.gradle.kts', 'build.gradle'].find((file) => repository.has(file));
  if (repository.has('pom.xml')) {
    const maven = repository.has('mvnw') ? './mvnw' : 'mvn';
    const reports = collect('target/surefire-reports/TEST-*.xml', 'target/site/jacoco/jacoco.csv');
    return {
      name: 'Java (Maven)',
      evidence: ['pom.xml'],
      install: undefined,
      test: hasJacoco(repository.read('pom.xml'))
        ? shell(`${maven} -B test jacoco:report; code=$?; ${reports}; exit $code`)
        : withoutJacoco('pom.xml has no jacoco-maven-plugin: add it with its goal prepare-agent'),
      needs: [maven],
      verify: [{ name: 'package', argv: [maven, '-B', '-DskipTests', 'package'] }],
      stores: ['~/.m2/repository', '~/.m2/wrapper'],
      fetches: true,
      leavesBehind: ['target/'],
      assumed: [],
    };
  }
  if (gradle === undefined) return undefined;
  const run = repository.has('gradlew') ? './gradlew' : 'gradle';
  const reports = collect(
    'build/test-results/test/TEST-*.xml',
    'build/reports/jacoco/test/jacocoTestReport.csv',
  );
  return {
    name: 'Java (Gradle)',
    evidence: [gradle],
    install: undefined,
    test: hasJacoco(repository.read(gradle))
      ? shell(`${run} test jacocoTestReport; code=$?; ${reports}; exit $code`)
      : withoutJacoco(
          `${gradle} does not apply the plugin jacoco: add it with csv.required = true for its report`,
        ),
    needs: [run],
    verify: [{ name: 'check', argv: [run, 'check', '-x', 'test'] }],
    stores: ['~/.gradle/caches', '~/.gradle/wrapper'],
    fetches: true,
    leavesBehind: ['build/', '.gradle/'],
    assumed: ['the report of the plugin jacoco has csv.required = true'],
  };
};
