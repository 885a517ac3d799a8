export { isCancelled } from './model/cancelled.ts';
export {
  BatonError,
  type BatonErrorOptions,
  ERROR_CODES,
  type ErrorCode,
  type FieldViolation,
} from './model/errors.ts';
