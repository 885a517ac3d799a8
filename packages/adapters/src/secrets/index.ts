export { type RedactStream, redactDeep } from '@baton/core/internal';
export {
  createRedactor,
  MASK,
  type Redact,
  type Redactor,
  type RedactorOptions,
} from './create-redactor.ts';
export { type WeakSecret, weaknessOf } from './secret-forms.ts';
