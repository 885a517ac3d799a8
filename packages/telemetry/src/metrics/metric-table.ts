/*
 * Every metric, once: from this table come the metrics themselves, their types and docs/reference/metrics.md.
 * Names and units are those of Prometheus' conventions: base units, `_total` for what only grows.
 */

export interface MetricRow {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** The values of all labels are bounded; see `label-values.ts`. */
  readonly labels: readonly string[];
  /** Whether it has the label `project` as well, where that is asked for. */
  readonly byProject?: true;
  readonly help: string;
  /** Of a histogram. */
  readonly buckets?: readonly number[];
}

/** From a hit in the cache to a statement that waits for a lock. */
const OPERATION_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From a script to a model that works for hours. */
const WORK_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400];

export const METRICS = {
  operations: {
    name: 'baton_operation_duration_seconds',
    kind: 'histogram',
    labels: ['method', 'outcome'],
    help: 'How long operations took, over every protocol; the outcome is ok or the code of the error',
    buckets: OPERATION_SECONDS,
  },
  streams: {
    name: 'baton_streams_total',
    kind: 'counter',
    labels: ['method', 'outcome'],
    help: 'Streams that have ended; the outcome is ok, cancelled or the code of the error',
  },
  openStreams: {
    name: 'baton_open_streams',
    kind: 'gauge',
    labels: [],
    help: 'Open watches of workflows and open streams of work',
  },
  openConnections: {
    name: 'baton_open_connections',
    kind: 'gauge',
    labels: ['port'],
    help: 'Open connections of a port, grpc or http',
  },
  commits: {
    name: 'baton_commits_total',
    kind: 'counter',
    labels: ['result'],
    help: 'Commits by result: committed, conflict, duplicate, failed, or unknown where the answer was lost',
  },
  commitSeconds: {
    name: 'baton_commit_duration_seconds',
    kind: 'histogram',
    labels: [],
    help: 'How long the store took for a batch of commits',
    buckets: OPERATION_SECONDS,
  },
  commitBatch: {
    name: 'baton_commit_batch_size',
    kind: 'histogram',
    labels: [],
    help: 'Commits that travelled to the store together',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
  },
  claimsMade: {
    name: 'baton_claims_made_total',
    kind: 'counter',
    labels: ['role'],
    help: 'Assignments that workers have claimed',
  },
  claimsExpired: {
    name: 'baton_claims_expired_total',
    kind: 'counter',
    labels: ['role'],
    help: 'Claims that ran out, because their worker was heard of no more',
  },
  claimsWithdrawn: {
    name: 'baton_claims_withdrawn_total',
    kind: 'counter',
    labels: ['role'],
    help: 'Claims that were lost to a retry, a rollback, a cancellation or the end of the build',
  },
  attempts: {
    name: 'baton_phase_duration_seconds',
    kind: 'histogram',
    labels: ['role', 'outcome'],
    help: 'How long attempts at a phase took, from claim to outcome: advanced, sent_back, asked, failed, given_back or lost',
    buckets: WORK_SECONDS,
  },
  queueLength: {
    name: 'baton_queue_length',
    kind: 'gauge',
    labels: ['role'],
    help: 'Workflows that wait for a worker of the role, at least; no more than 1,000 are looked at',
  },
  queueAge: {
    name: 'baton_queue_oldest_age_seconds',
    kind: 'gauge',
    labels: ['role'],
    help: 'For how long the oldest of the workflows that wait for a worker of the role has waited; 0 where none waits',
  },
  tokens: {
    name: 'baton_tokens_total',
    kind: 'counter',
    labels: ['role', 'model', 'type'],
    byProject: true,
    help: 'Tokens that attempts have used, as their workers said; the types input, cached_input, output and reasoning add up',
  },
  cost: {
    name: 'baton_cost_total',
    kind: 'counter',
    labels: ['role', 'model'],
    byProject: true,
    help: 'What requests to models with a known price cost, in the currency of the price table',
  },
  modelRequests: {
    name: 'baton_model_requests_total',
    kind: 'counter',
    labels: ['role', 'model'],
    byProject: true,
    help: 'Requests to models',
  },
  unpricedRequests: {
    name: 'baton_unpriced_requests_total',
    kind: 'counter',
    labels: ['role', 'model'],
    byProject: true,
    help: 'Requests to models whose price is not known: their cost is missing',
  },
  buildsStarted: {
    name: 'baton_builds_started_total',
    kind: 'counter',
    labels: [],
    byProject: true,
    help: 'Builds that were started',
  },
  buildsEnded: {
    name: 'baton_builds_ended_total',
    kind: 'counter',
    labels: ['outcome', 'reason'],
    byProject: true,
    help: 'Builds that are complete, and each time that one was cancelled or went to error, with the reason',
  },
  buildSeconds: {
    name: 'baton_build_duration_seconds',
    kind: 'histogram',
    labels: [],
    help: 'How long complete builds took from their start, waiting included',
    buckets: WORK_SECONDS,
  },
  stalls: {
    name: 'baton_event_loop_stall_seconds',
    kind: 'histogram',
    labels: [],
    help: 'Stalls of the event loop of 50 ms and more: meanwhile the process answers nothing',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  loopUtilization: {
    name: 'baton_event_loop_utilization_ratio',
    kind: 'gauge',
    labels: [],
    help: 'The part of the time since the last scrape in which the event loop was busy, 0 to 1',
  },
  cpuSeconds: {
    name: 'process_cpu_seconds_total',
    kind: 'counter',
    labels: [],
    help: 'Processor time of the process, in user and system mode',
  },
  memoryBytes: {
    name: 'process_resident_memory_bytes',
    kind: 'gauge',
    labels: [],
    help: 'Resident memory of the process',
  },
  heapBytes: {
    name: 'nodejs_heap_size_used_bytes',
    kind: 'gauge',
    labels: [],
    help: 'Heap that JavaScript uses',
  },
  startTime: {
    name: 'process_start_time_seconds',
    kind: 'gauge',
    labels: [],
    help: 'When the process started, in seconds since the Unix epoch',
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricKey = keyof typeof METRICS;

/** The labels of a metric. `project` is left out of those that are not told by project. */
export type LabelsOf<K extends MetricKey> = Readonly<
  Record<(typeof METRICS)[K]['labels'][number], string>
> &
  ((typeof METRICS)[K] extends { readonly byProject: true }
    ? { readonly project: string }
    : unknown);

/** By project where that is asked for. */
export function labelsOf({ labels, byProject }: MetricRow, projects: boolean): readonly string[] {
  return projects && byProject ? [...labels, 'project'] : labels;
}
