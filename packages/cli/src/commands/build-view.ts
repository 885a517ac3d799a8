import type { CommandContext } from '../command-context.ts';
import { createBuildProgress } from '../output/build-progress.ts';
import type { BuildView } from '../output/build-view.ts';
import { createJsonProgress } from '../output/json-progress.ts';
import { locationFlags } from '../output/location-flags.ts';
import { terminalOf } from './operation-command.ts';

/** Shows builds: to people, or to a machine. */
export function buildView(context: CommandContext, json: boolean | undefined): BuildView {
  const terminal = terminalOf(context, json);
  if (terminal.json) return createJsonProgress(terminal);
  return createBuildProgress({
    terminal,
    locate: (repository, server) => locationFlags(context, repository, { server, terminal }),
    now: Date.now,
  });
}
