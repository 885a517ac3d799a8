export { createLog, LOG_LEVELS, type Log, type LogLevel, type LogOptions } from './create-log.ts';
