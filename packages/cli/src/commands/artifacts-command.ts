import { listBuildArtifacts } from '@baton/builds';
import { bytes, moment, plain } from '@baton/builds/internal';
import { ARTIFACT_KINDS, type Artifact, type ArtifactKind } from '@baton/core';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { table } from '../output/table.ts';
import { createCommand, print, terminalOf } from './operation-command.ts';

export interface ArtifactOptions {
  readonly workspace?: string;
  readonly server?: string;
  readonly phase?: string;
  readonly kind?: ArtifactKind;
  readonly json?: true;
}

const EXAMPLES = `
baton artifacts
baton artifacts wf_1 --phase testing
baton artifacts wf_1 --kind transcript --json
baton artifacts wf_1 --server http://127.0.0.1:7481

They lie on the machine that performs the build, masked, with the rest of what is kept of it, or where
'artifacts.store' of the configuration says: the command prune removes them with the records of the build. With
--server they come from the store that the server was given. The command logs shows what they say.`;

export function artifactsCommand(context: CommandContext): Command {
  return withArtifactOptions(createCommand(context, 'artifacts', EXAMPLES)).action(
    async (id: string | undefined, { json, ...options }: ArtifactOptions) => {
      const { cwd, env } = context;
      const artifacts: Artifact[] = [];
      for await (const one of listBuildArtifacts({ id, ...options, cwd, env })) artifacts.push(one);
      const terminal = terminalOf(context, json);
      print(terminal, { artifacts }, () =>
        artifacts.length === 0
          ? ['Nothing is kept of it.']
          : table(
              ['#', 'AT', 'PHASE', 'EPOCH', 'ATTEMPT', 'KIND', 'NAME', 'SIZE', 'STANDS'],
              artifacts.map((one) => [
                String(one.number),
                moment(one.createdAt),
                plain(one.state),
                String(one.epoch),
                String(one.attempt),
                one.kind,
                plain(one.name),
                bytes(one.size),
                standingOf(one),
              ]),
              terminal.room,
            ),
      );
    },
  );
}

export function withArtifactOptions(command: Command): Command {
  return command
    .argument('[build]', 'id of the workflow or the build (default: the newest of the workspace)')
    .addOption(
      new Option(
        '--workspace <repo>',
        'the repository that it was begun on (default: this folder)',
      ).conflicts('server'),
    )
    .option('--server <url>', 'the server to ask, for a workflow by its id')
    .option('--phase <name>', 'only of this phase')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(ARTIFACT_KINDS));
}

/** What is to be known of an artifact before it is read. */
export function standingOf({ superseded, truncated }: Artifact): string {
  const words = [...(superseded ? ['superseded'] : []), ...(truncated ? ['shortened'] : [])];
  return words.join(', ') || '-';
}
