import type { Repository } from '../../toolchain.ts';

/** What tests need beside the package itself. */
export interface Requirements {
  /** Files for `pip install -r`. */
  readonly files: readonly string[];
  /** Extras of the package. */
  readonly extras: readonly string[];
  /** Groups of `[dependency-groups]`. */
  readonly groups: readonly string[];
  /** Packages that tox installs. */
  readonly packages: readonly string[];
}

const FOR_TESTS = /^(tests?|testing|dev|develop|development|unittests?|pytest)$/i;
const FILE_FOR_TESTS =
  /^(requirements\/)?(requirements[-_.]?)?(tests?|testing|dev|develop|development)?([-_]requirements)?\.txt$/i;

export function requirementsOf(repository: Repository): Requirements {
  const toml = repository.read('pyproject.toml');
  const extras = namesIn(toml, 'project.optional-dependencies');
  return {
    files: repository.files.filter(
      (path) => path === 'requirements.txt' || (FILE_FOR_TESTS.test(path) && /require/i.test(path)),
    ),
    extras: extras.length > 0 ? extras : extrasOfSetup(repository),
    groups: namesIn(toml, 'dependency-groups'),
    packages: toxPackages(repository.read('tox.ini')),
  };
}

/** The names of a table that are for tests. */
function namesIn(toml: string, table: string): readonly string[] {
  const lines = toml.split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim() === `[${table}]`);
  if (first === -1) return [];
  const rest = lines.slice(first + 1);
  const next = rest.findIndex((line) => /^\s*\[[\w."-]+\]\s*(#.*)?$/.test(line));
  return rest
    .slice(0, next === -1 ? undefined : next)
    .flatMap((line) => /^["']?([\w.-]+)["']?\s*=/.exec(line)?.[1] ?? [])
    .filter((name) => FOR_TESTS.test(name));
}

/** Extras of setup.cfg, and of a setup.py that names them plainly. */
function extrasOfSetup(repository: Repository): readonly string[] {
  const ofConfig = namesIn(repository.read('setup.cfg'), 'options.extras_require');
  if (ofConfig.length > 0) return ofConfig;
  const [, text = ''] =
    /extras_require\s*=\s*(?:dict\(|\{)([^}]*)/.exec(repository.read('setup.py')) ?? [];
  const names = [...text.matchAll(/(?:^|[\s,])(?:["']([\w.-]+)["']\s*:|([\w]+)\s*=)/g)];
  return names
    .map(([, quoted, plain]) => quoted ?? plain ?? '')
    .filter((name) => FOR_TESTS.test(name));
}

/** The packages that `[testenv]` names, without those of a factor or with a setting in them. */
function toxPackages(ini: string): readonly string[] {
  const [, section = ''] = /^\[testenv\]\r?\n([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec(ini) ?? [];
  const [, text = ''] = /^deps\s*=([^\n]*(?:\n[ \t]+[^\n]*)*)/m.exec(section) ?? [];
  return text
    .split('\n')
    .map((line) => line.replace(/\s#.*$/, '').trim())
    .filter((line) => /^[A-Za-z][\w.-]*(\[[\w,]+\])?\s*([<>=!~]=?[^:{}\s]*)?$/.test(line));
}
