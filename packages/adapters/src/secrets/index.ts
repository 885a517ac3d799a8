export { createRedactor, MASK, type Redact, type RedactorOptions } from './create-redactor.ts';
export { redactDeep } from './redact-deep.ts';
