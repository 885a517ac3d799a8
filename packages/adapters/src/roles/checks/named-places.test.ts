import { expect, it } from 'vitest';
import { namedPlaces, namingOf } from './fault-of.ts';

const WORKSPACE = '/work/w';

/** Those of `paths` that a command names. */
const named = (argv: readonly string[], paths: readonly string[]) => {
  const places = namedPlaces([{ name: 'quality', argv }], WORKSPACE);
  return paths.filter((path) => namingOf(places, path) === 'file');
};

it.each([
  ['as a placeholder has it', ['node', '{workspace}/checks/a.js'], 'checks/a.js'],
  ['after an option', ['node', '--import=./checks/a.js'], 'checks/a.js'],
  ['right after a short one', ['node', '-rchecks/a.js'], 'checks/a.js'],
  ['in a line for a shell', ['sh', '-c', 'cd . && node "checks/a.js"; true'], 'checks/a.js'],
  ['in a URL', ['node', '--import', 'file://{workspace}/checks/a.js'], 'checks/a.js'],
  ['without its ending', ['node', 'checks/a'], 'checks/a.js'],
  ['with a blank in it', ['node', '--import=my checks/a.js'], 'my checks/a.js'],
])('a file counts as named %s', (_, argv, path) => {
  expect(named(argv, [path, 'src/a.ts', 'check/a.js', 'checks2/a.js', 'a.js.map'])).toEqual([path]);
});

it('what lies in a folder that a command names is not named itself', () => {
  const places = namedPlaces([{ name: 'quality', argv: ['node', './checks/'] }], WORKSPACE);
  expect(namingOf(places, 'checks/a.js')).toBe('folder');
  expect(namingOf(places, 'src/a.js')).toBe(undefined);
});
