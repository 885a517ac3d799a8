import type { BuildObserver, BuildResult, PerformOptions } from '@baton/builds';
import type { CommandContext } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createBuildProgress } from '../output/build-progress.ts';
import type { BuildView } from '../output/build-view.ts';
import { createJsonProgress } from '../output/json-progress.ts';
import { locationFlags } from '../output/next-steps.ts';
import type { OutputStream } from '../output/terminal.ts';
import { createTerminalPeople } from '../people/terminal-people.ts';
import { terminalOf } from './operation-command.ts';

const EXIT_OF: Readonly<Record<BuildResult['kind'], ExitCode>> = {
  complete: EXIT.ok,
  error: EXIT.waitsInError,
  waiting: EXIT.waitsForPerson,
  interrupted: EXIT.interrupted,
};

/**
 * Performs a build for the user of a terminal: shows how it goes, asks, and ends it when interrupted. The
 * first interrupt lets it end in order, the second doesn't.
 */
export async function performForUser(
  context: CommandContext,
  json: boolean | undefined,
  perform: (options: PerformOptions) => Promise<BuildResult>,
): Promise<void> {
  const view = buildView(context, json);
  const prompt = promptOutput(context, json);
  const interrupted = new AbortController();
  let forget = (): void => undefined;
  const onInterrupt = (): void => {
    if (interrupted.signal.aborted) context.leave(EXIT.interrupted);
    view.interrupted();
    interrupted.abort();
  };
  const observer: BuildObserver = {
    ...view,
    opened(build) {
      // Before that, nothing has to be ended in order.
      forget = context.onInterrupt(onInterrupt);
      view.opened(build);
    },
  };
  try {
    const result = await perform({
      env: context.env,
      cwd: context.cwd,
      invocation: context.invocation,
      maskErrors: context.maskErrors,
      observer,
      signal: interrupted.signal,
      // With stdout elsewhere, such as in a log, a role could read there what is shown.
      showsTokens: prompt === context.stdout,
      people:
        prompt &&
        (({ operations, person }) =>
          createTerminalPeople({
            operations,
            person,
            input: context.stdin,
            output: prompt,
            interrupt: context.interrupt,
          })),
    });
    view.ended(result);
    context.exit(EXIT_OF[result.kind]);
  } finally {
    forget();
    view.dispose();
  }
}

/** Where a person can be asked: at a terminal, and not while a machine reads. */
function promptOutput(
  { stdin, stdout, stderr }: CommandContext,
  json: boolean | undefined,
): OutputStream | undefined {
  if (stdin.isTTY !== true || json === true) return undefined;
  return [stdout, stderr].find(({ isTTY }) => isTTY === true);
}

/** Shows builds: to people, or to a machine. */
function buildView(context: CommandContext, json: boolean | undefined): BuildView {
  const terminal = terminalOf(context, json);
  if (terminal.json) return createJsonProgress(terminal);
  return createBuildProgress({
    terminal,
    locate: (repository, server) => locationFlags(context, repository, { server, terminal }),
    now: Date.now,
  });
}
