import { type Command, commandsIn } from './command-lines.ts';
import { isCheck } from './is-check.ts';
import { onlyChecks } from './only-checks.ts';
import { scriptCallOf } from './script-call.ts';
import { unwrap } from './unwrap.ts';

/** One thing that a script does. */
export type Step =
  /** Runs tests, perhaps within a program that measures coverage. */
  | ({ readonly kind: 'tests'; readonly wrapper: readonly string[] } & Command)
  /** Only looks, such as a linter. */
  | ({ readonly kind: 'check' } & Command)
  /** Anything else, such as a build. */
  | ({ readonly kind: 'other' } & Command)
  /** Runs the tests of each package of a workspace. */
  | { readonly kind: 'members'; readonly script: string }
  /** A line that only a shell understands. */
  | { readonly kind: 'unread'; readonly script: string; readonly text: string };

/**
 * What a script does, step by step: with what npm runs before and after it, and with the scripts that
 * it calls. A call of scripts that run no tests is one step.
 *
 * @param isRunner whether a command runs tests.
 */
export function stepsOf(
  name: string,
  scripts: ReadonlyMap<string, string>,
  isRunner: (argv: readonly string[]) => boolean,
): readonly Step[] {
  const stepsOfScript = (script: string, more: readonly string[], seen: ReadonlySet<string>) => {
    if (seen.has(script)) return [];
    const within = new Set([...seen, script]);
    const one = (called: string, words: readonly string[]): readonly Step[] => {
      const text = scripts.get(called);
      if (text === undefined) return [];
      const commands = commandsIn(text);
      if (commands === undefined) {
        return onlyChecks(text, isRunner)
          ? [{ kind: 'check', env: {}, argv: ['npm', 'run', called] }]
          : [{ kind: 'unread', script: called, text }];
      }
      return commands.flatMap((command, index) =>
        stepsOfCommand(index < commands.length - 1 ? command : withMore(command, words), within),
      );
    };
    return [...one(`pre${script}`, []), ...one(script, more), ...one(`post${script}`, [])];
  };
  const stepsOfCommand = (command: Command, seen: ReadonlySet<string>): readonly Step[] => {
    const { wrapper, inner } = unwrap(command);
    const call = scriptCallOf(inner.argv, scripts);
    if (call?.kind === 'members') return [{ kind: 'members', script: call.name }];
    if (call?.kind === 'scripts') {
      const steps: readonly Step[] = call.names.flatMap((script) =>
        stepsOfScript(script, call.more, seen),
      );
      if (steps.some(({ kind }) => kind !== 'check' && kind !== 'other')) {
        return steps.map((step) =>
          step.kind === 'tests'
            ? {
                ...step,
                env: { ...command.env, ...step.env },
                wrapper: step.wrapper.length === 0 ? wrapper : step.wrapper,
              }
            : step,
        );
      }
      if (steps.length === 0) return [];
      return [
        { kind: steps.every(({ kind }) => kind === 'check') ? 'check' : 'other', ...command },
      ];
    }
    if (isRunner(inner.argv)) return [{ kind: 'tests', wrapper, ...inner }];
    return [{ kind: isCheck(inner.argv) ? 'check' : 'other', ...command }];
  };
  return stepsOfScript(name, [], new Set());
}

function withMore({ env, argv }: Command, more: readonly string[]): Command {
  return { env, argv: [...argv, ...more] };
}
