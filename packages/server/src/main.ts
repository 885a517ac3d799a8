#!/usr/bin/env node
import { ConfigError } from './config.ts';
import { type RunningServer, serve } from './serve.ts';
import { settingsText } from './settings.ts';

const HELP = `baton-server: serves Baton's operations over gRPC, Connect, gRPC-Web and HTTP+JSON

It takes no arguments. Its settings are variables of the environment; unset and empty are the same:
${settingsText()}

Exit codes: 0 stopped, 1 could not start, 2 the environment or the arguments are not valid.`;

const [argument] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') {
  console.log(HELP);
  process.exit(0);
}
if (argument !== undefined) {
  console.error(`found the argument '${argument}', expected none, or --help`);
  process.exit(2);
}

/** Exit codes: see the help. */
const server = await serve(process.env).catch((reason: unknown): never => {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(reason instanceof ConfigError ? 2 : 1);
});
// Who reads that it serves may tell it to stop.
stopOnSignals(server);
console.log(server.summary);

/** The first signal lets requests end; the second doesn't. */
function stopOnSignals({ stop }: RunningServer): void {
  let stopping = false;
  const onSignal = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: stopping`);
    await stop();
    console.log('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
}
