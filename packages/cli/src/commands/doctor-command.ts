import { resolve } from 'node:path';
import { type DiagnoseOptions, diagnose, type Finding } from '@baton/builds';
import { measureAgain, plain } from '@baton/builds/internal';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../output/terminal.ts';
import { interruptible } from './interruptible.ts';
import { createCommand, terminalOf } from './operation-command.ts';

interface DoctorOptions {
  readonly workspace: string;
  readonly config?: string;
  readonly server?: string;
  readonly run?: true;
  readonly json?: true;
}

const EXAMPLES = `
baton doctor
baton doctor --workspace ~/shop --config roles.json
baton doctor --run
baton doctor --server http://127.0.0.1:7481 --json

It changes nothing and asks no model. Where the configuration has a remote, it creates a ref there and
deletes it again. With --run, it also runs install, test and verify once on the
last commit, in a worktree that it removes afterwards, and says how long each takes. With a problem it
ends with exit code 8.`;

/** How the findings begin that tell what a command did. */
const RUN = 'run ';

const MARKS = {
  ok: ['✔', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✖', 'red'],
} as const;

export function doctorCommand(context: CommandContext): Command {
  return createCommand(context, 'doctor', EXAMPLES)
    .option('--workspace <repo>', 'root of the git repository to build on', '.')
    .option('--config <file>', 'how the roles work (default: baton.config.json in the workspace)')
    .option(
      '--server <url>',
      'the server that keeps the state (default: BATON_SERVER, or on this machine)',
    )
    .option('--run', 'run install, test and verify once on the last commit')
    .action(async ({ workspace, config, server, run, json }: DoctorOptions) => {
      const terminal = terminalOf(context, json);
      const state = server ?? (context.env['BATON_SERVER'] || undefined);
      const progress = (message: string): void => {
        if (!terminal.json) terminal.line(message);
      };
      const { env, cwd, invocation, maskErrors } = context;
      const options: DiagnoseOptions = {
        ...{ env, cwd, invocation, maskErrors },
        ...{ workspace, config, server: state, run: run && progress },
      };
      const findings = run
        ? await interruptible(context, (signal) => diagnose({ ...options, signal }))
        : await diagnose(options);
      const again = measureAgain(context, resolve(context.cwd, workspace), config);
      const problems = findings.filter(({ verdict }) => verdict === 'problem').length;
      const commandsRun = findings.some(({ name }) => name.startsWith(RUN));
      if (terminal.json) terminal.document({ ready: problems === 0, commandsRun, findings });
      else show(findings, { problems, terminal, ...(!run && { again }) });
      if (problems > 0) context.exit(EXIT.notReady);
    });
}

interface Shown {
  readonly problems: number;
  readonly terminal: Terminal;
  /** The command that runs the commands, too; absent: they were run. */
  readonly again?: string;
}

function show(findings: readonly Finding[], { problems, terminal, again }: Shown): void {
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, verdict, found, advice } of findings) {
    const [mark, style] = MARKS[verdict];
    const [first = '', ...more] = plain(found).split('\n');
    terminal.line(`${terminal.style(style, mark)} ${name.padEnd(width)}  ${first}`, width + 4);
    // Not broken: there may be commands of git's in it.
    for (const line of more) terminal.write(`  ${line}\n`);
    if (advice !== undefined) terminal.line(`  ${''.padEnd(width)}  → ${advice}`, width + 6);
  }
  const words = problems === 1 ? '1 problem keeps' : `${problems} problems keep`;
  terminal.line();
  if (problems > 0) terminal.line(`${words} builds from working.`);
  else {
    terminal.line('Builds can begin.');
    if (again === undefined) return;
    terminal.line('No command was run. To run install, test and verify once:');
    terminal.write(`  ${again}\n`);
  }
}
