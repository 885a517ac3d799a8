import type { Telemetry } from '@baton/core/api';
import { askedBy, type Environment } from './asked-by.ts';
import { createOpenTelemetry } from './create-open-telemetry.ts';

/** Spans that go where the environment says. */
export interface OpenedTelemetry {
  readonly telemetry: Telemetry;
  /** Sends what is left, within ten seconds. */
  close(): Promise<void>;
}

/** Milliseconds that a collector gets for the last spans. */
const CLOSE_MS = 10_000;

/**
 * OpenTelemetry where the standard variables of the environment ask for it: an endpoint for OTLP, or
 * `OTEL_TRACES_EXPORTER`. Its SDK is loaded only then, and reads the variables itself. Undefined: nothing is traced.
 *
 * @param serviceName the name of the process, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` says one.
 * @throws Error where the SDK is asked for and not installed.
 * @example
 * import { openTelemetry } from '@baton/telemetry/tracing';
 * const opened = await openTelemetry(process.env, 'my-worker');
 * await opened?.close();
 */
export async function openTelemetry(
  environment: Environment,
  serviceName: string,
): Promise<OpenedTelemetry | undefined> {
  const asked = askedBy(environment);
  if (asked === undefined) return undefined;
  const { NodeSDK } = await import('@opentelemetry/sdk-node').catch((cause: unknown) => {
    const message = `${asked} asks for OpenTelemetry, and its SDK is not installed: npm install @opentelemetry/sdk-node, or unset the variable`;
    throw new Error(message, { cause });
  });
  const sdk = new NodeSDK({
    ...(isNamed(environment) ? {} : { serviceName }),
    instrumentations: [],
    // Prometheus has the metrics, and the log is on standard error.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return { telemetry: createOpenTelemetry(), close: () => closing(sdk) };
}

function isNamed(environment: Environment): boolean {
  const attributes = environment['OTEL_RESOURCE_ATTRIBUTES'] ?? '';
  return Boolean(environment['OTEL_SERVICE_NAME']) || /(^|,)\s*service\.name=/.test(attributes);
}

/** A collector that is away must not keep the process. */
async function closing(sdk: { shutdown(): Promise<void> }): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  try {
    await Promise.race([sdk.shutdown().catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
