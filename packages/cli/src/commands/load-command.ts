import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { CommandName } from './descriptions.ts';

type MakeCommand = (context: CommandContext, version: string) => Command;

/** Each is loaded alone: what the others stand on would take most of the time that a start takes. */
const LOADERS: Readonly<Record<CommandName, () => Promise<MakeCommand>>> = {
  init: async () => (await import('./init-command.ts')).initCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  run: async () => (await import('./run-command.ts')).runCommand,
  resume: async () => (await import('./resume-command.ts')).resumeCommand,
  take: async () => (await import('./take-command.ts')).takeCommand,
  prune: async () => (await import('./prune-command.ts')).pruneCommand,
  demo: async () => (await import('../demo/demo-command.ts')).demoCommand,
  worker: async () => (await import('./worker-command.ts')).workerCommand,
  serve: async () => (await import('./serve-command.ts')).serveCommand,
  conformance: async () => (await import('./conformance-command.ts')).conformanceCommand,
  mcp: async () => (await import('./mcp-command.ts')).mcpCommand,
  start: async () => (await import('./start-command.ts')).startCommand,
  advance: async () => (await import('./advance-command.ts')).advanceCommand,
  status: async () => (await import('./status-command.ts')).statusCommand,
  'request-retry': async () => (await import('./request-retry-command.ts')).requestRetryCommand,
  history: async () => (await import('./history-command.ts')).historyCommand,
  rollback: async () => (await import('./rollback-command.ts')).rollbackCommand,
  cancel: async () => (await import('./cancel-command.ts')).cancelCommand,
  answer: async () => (await import('./answer-command.ts')).answerCommand,
  approve: async () => (await import('./approve-command.ts')).approveCommand,
  token: async () => (await import('./token-command.ts')).tokenCommand,
  stats: async () => (await import('./stats-command.ts')).statsCommand,
  usage: async () => (await import('./usage-command.ts')).usageCommand,
  list: async () => (await import('./list-command.ts')).listCommand,
  whoami: async () => (await import('./whoami-command.ts')).whoamiCommand,
  artifacts: async () => (await import('./artifacts-command.ts')).artifactsCommand,
  logs: async () => (await import('./logs-command.ts')).logsCommand,
  console: async () => (await import('./console-command.ts')).consoleCommand,
  watch: async () => (await import('./watch-command.ts')).watchCommand,
  definition: async () => (await import('./definition-command.ts')).definitionCommand,
  audit: async () => (await import('./audit-command.ts')).auditCommand,
  'config-schema': async () => (await import('./config-schema-command.ts')).configSchemaCommand,
  export: async () => (await import('./export-command.ts')).exportCommand,
  import: async () => (await import('./import-command.ts')).importCommand,
  migrate: async () => (await import('./migrate-command.ts')).migrateCommand,
  keys: async () => (await import('./keys-command.ts')).keysCommand,
  webhooks: async () => (await import('./webhooks-command.ts')).webhooksCommand,
};

export async function loadCommand(
  name: CommandName,
  context: CommandContext,
  version: string,
): Promise<Command> {
  return (await LOADERS[name]())(context, version);
}
