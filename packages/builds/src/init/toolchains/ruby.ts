import {
  gap,
  lockfilesOf,
  type ProposedCommand,
  type Recognise,
  type Repository,
} from '../toolchain.ts';

export const recogniseRuby: Recognise = (repository) => {
  if (!repository.has('Gemfile')) return undefined;
  const isRspec =
    repository.has('.rspec') || repository.files.some((path) => path.endsWith('_spec.rb'));
  const gems = [
    'Gemfile',
    'Gemfile.lock',
    ...repository.files.filter((path) => /^[^/]+\.gemspec$/.test(path)),
  ]
    .map((path) => repository.read(path))
    .join('\n');
  const runner = isRspec ? 'rspec' : 'minitest';
  return {
    name: `Ruby (bundler, ${runner})`,
    evidence: ['Gemfile'],
    install: { argv: ['bundle', 'install'] },
    test: testOf(repository, isRspec, gems),
    needs: [],
    verify: gems.includes('rubocop') ? [{ name: 'lint', argv: ['bundle', 'exec', 'rubocop'] }] : [],
    stores: ['~/.gem', '~/.local/share/gem', '~/.bundle'],
    leavesBehind: [
      ...['coverage/', 'vendor/bundle/', '.bundle/', 'spec/examples.txt'],
      ...(lockfilesOf(repository, ['Gemfile.lock']).used.length > 0 ? [] : ['Gemfile.lock']),
    ],
    assumed: [],
  };
};

function testOf(repository: Repository, isRspec: boolean, gems: string): ProposedCommand {
  const junit = isRspec ? 'rspec_junit_formatter' : 'minitest-reporters';
  const missing = [junit, 'simplecov', 'simplecov-lcov'].filter((gem) => !gems.includes(gem));
  const test =
    'write a command that runs all tests and writes {reports}/junit.xml and {reports}/lcov.info';
  if (missing.length > 0) {
    return gap(
      `the reports of ${isRspec ? 'rspec' : 'minitest'} need ${missing.join(', ')}: add them to Gemfile, and ${test}`,
    );
  }
  // Where simplecov-lcov and minitest-reporters write is said in Ruby.
  if (!isRspec || !repository.files.includes('.simplecov')) {
    return gap(`where the reports are written is set in Ruby: ${test}`);
  }
  const rspec = [
    'bundle',
    'exec',
    'rspec',
    '--format',
    'progress',
    '--format',
    'RspecJunitFormatter',
  ];
  const line = [...rspec, '--out', '"$0/junit.xml"'].join(' ');
  const copy = 'cat coverage/lcov/*.lcov > "$0/lcov.info"';
  return { argv: ['sh', '-c', `${line}; code=$?; ${copy}; exit $code`, '{reports}'] };
}
