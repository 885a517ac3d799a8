import { expect, it, vi } from 'vitest';
import { openTelemetry } from './open-telemetry.ts';

vi.mock('@opentelemetry/sdk-node', () => {
  throw new Error('Cannot find package');
});

it('is refused with what to install where it is asked for and not there', async () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  await expect(openTelemetry(environment, 'baton-server')).rejects.toThrow(
    'OTEL_EXPORTER_OTLP_ENDPOINT asks for OpenTelemetry, and its SDK is not installed: npm install @opentelemetry/sdk-node',
  );
});

it('is not loaded where nothing asks for it', async () => {
  expect(await openTelemetry({}, 'baton-server')).toBeUndefined();
});
