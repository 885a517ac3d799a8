import { line, literal } from '../../shell-line.ts';
import type { Runner } from './runner.ts';

/** What uvu takes for tests: all scripts of a folder, or those with such a name. */
const IN_FOLDER = '\\.([mc]js|[jt]sx?)$';
const ANYWHERE = '((/|^)(tests?|__tests?__)/.*|\\.(tests?|spec)|^\\./tests?)\\.([mc]js|[jt]sx?)$';

/**
 * uvu writes no report. Each of its files is a program that fails when a test does, so that Node's own
 * runner can run them: one test of the report is one file. They see colours asked for, as uvu asks.
 */
export const uvu: Runner = {
  name: 'uvu',
  programs: ['uvu'],
  plan: ({ args }) => {
    const required: string[] = [];
    const ignored: string[] = ['node_modules/', '/\\.'];
    const places: string[] = [];
    for (let index = 0; index < args.length; index += 1) {
      const arg = args[index] ?? '';
      const next = args[index + 1] ?? '';
      if (arg === '-r' || arg === '--require') required.push('-r', next);
      else if (arg === '-i' || arg === '--ignore') ignored.push(next);
      else if (arg === '-C' || arg === '--cwd') {
        return `uvu runs in ${next}, which cannot be had with a report: write a command that runs its tests`;
      } else if (!arg.startsWith('-')) places.push(arg);
      if (/^(-[ri]|--require|--ignore)$/.test(arg)) index += 1;
    }
    const [folder, pattern = folder === undefined ? ANYWHERE : IN_FOLDER] = places;
    const find = line(['find', literal(folder ?? '.'), '-type', 'f']);
    const leave = line(ignored.flatMap((one) => ['-e', literal(one)]));
    const keep = line(['-e', literal(pattern)]);
    return {
      launcher: ['node', ...required, '--test', '--test-reporter=junit'],
      env: args.includes('--no-color') ? {} : { FORCE_COLOR: '1' },
      args: [
        '--test-reporter-destination={reports}/junit.xml',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
      ],
      fragment: `$(${find} | grep -Evi ${leave} | grep -Ei ${keep})`,
      output: 'junit',
      coverage: 'by a wrapper',
      assumed: [
        "uvu writes no report: Node's own runner runs its files, and counts each as one test",
      ],
    };
  },
};
