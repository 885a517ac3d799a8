export type Environment = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] as const;

/** The variable of the environment that asks for OpenTelemetry; undefined: none does. */
export function askedBy(environment: Environment): string | undefined {
  if (environment['OTEL_SDK_DISABLED'] === 'true') return undefined;
  const exporter = environment['OTEL_TRACES_EXPORTER'];
  if (exporter === 'none') return undefined;
  if (exporter) return 'OTEL_TRACES_EXPORTER';
  return ENDPOINTS.find((name) => environment[name]);
}
