import type { CommandContext } from '../command-context.ts';
import { createBuildProgress } from '../output/build-progress.ts';
import { createJsonProgress } from '../output/json-progress.ts';
import { locationFlags } from '../output/location-flags.ts';
import type { OutputStream } from '../output/terminal.ts';
import type { RunObserver } from '../run/run-observer.ts';
import { terminalOf } from './operation-command.ts';

export interface ObserverOptions {
  readonly json: boolean | undefined;
  readonly server: string | undefined;
}

/** Who shows a build on a workspace: to people, or to a machine. */
export function buildObserver(
  context: CommandContext,
  { json, server }: ObserverOptions,
): (workspace: string) => RunObserver {
  const terminal = terminalOf(context, json);
  return (workspace) => {
    if (terminal.json) return createJsonProgress(terminal);
    return createBuildProgress({
      terminal,
      workspace,
      where: locationFlags(context, workspace, { server, terminal }),
      now: () => Date.now(),
    });
  };
}

/** Where a person can be asked: at a terminal, and not while a machine reads. */
export function promptOutput(
  { stdin, stdout, stderr }: CommandContext,
  json: boolean | undefined,
): OutputStream | undefined {
  if (stdin.isTTY !== true || json === true) return undefined;
  return [stdout, stderr].find(({ isTTY }) => isTTY === true);
}
