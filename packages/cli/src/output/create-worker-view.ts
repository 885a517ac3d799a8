import type { Terminal } from './terminal.ts';
import { createWorkerLog } from './worker-log.ts';
import { createWorkerLines, type WorkerView } from './worker-view.ts';

/** Shows a worker to people, or to a machine. */
export function createWorkerView(terminal: Terminal): WorkerView {
  return terminal.json ? createWorkerLog(terminal) : createWorkerLines(terminal);
}
