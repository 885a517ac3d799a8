#!/usr/bin/env node
import { ConfigError } from './config.ts';
import { type RunningServer, serve } from './serve.ts';

/** Exit codes: 0 stopped, 1 could not start, 2 the environment is not valid. */
const server = await serve(process.env).catch((reason: unknown): never => {
  console.error(reason instanceof Error ? reason.message : reason);
  process.exit(reason instanceof ConfigError ? 2 : 1);
});
console.log(server.summary);
stopOnSignals(server);

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
