// The server's log is that of all of Baton's processes.
export {
  createLog,
  LOG_LEVELS,
  type Log,
  type LogLevel,
  type LogOptions,
} from '@baton/telemetry/log';
