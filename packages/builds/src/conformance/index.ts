// What holds a worker in any language against the wire contract, as `baton conformance worker` does.

export {
  type ScenarioResult,
  scenarioNames,
  testWorker,
  type WorkerTestOptions,
} from './worker-conformance.ts';
