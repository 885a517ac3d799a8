export { redactDeep } from '@baton/core';
export { createRedactor, MASK, type Redact, type RedactorOptions } from './create-redactor.ts';
