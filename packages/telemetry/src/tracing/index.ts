export { createOpenTelemetry } from './create-open-telemetry.ts';
export { type OpenedTelemetry, openTelemetry } from './open-telemetry.ts';
