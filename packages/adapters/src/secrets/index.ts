export type { Redact } from '@baton/core';
export { redactDeep } from '@baton/core/internal';
export { createRedactor, type Redactor, type RedactorOptions } from './create-redactor.ts';
export { MASK } from './masking-stream.ts';
