// For processes of Node that perform roles for a server.
export { createWorker, type Worker, type WorkerState } from './create-worker.ts';
export type { WorkerOptions } from './worker-options.ts';
