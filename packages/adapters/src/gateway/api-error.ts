import type { GatewayApi } from './gateway-options.ts';

/** A refusal or failure of a call, as its API would say it. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ANTHROPIC: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};
const GOOGLE: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** The body of an error in the API's own format. */
export function errorBody(api: GatewayApi, { status, message }: ApiError): object {
  switch (api) {
    case 'anthropic':
      return { type: 'error', error: { type: ANTHROPIC[status] ?? 'api_error', message } };
    case 'openai': {
      const type = status < 500 ? 'invalid_request_error' : 'server_error';
      return { error: { message, type, param: null, code: null } };
    }
    case 'gemini':
      return { error: { code: status, message, status: GOOGLE[status] ?? 'INTERNAL' } };
  }
}

/** The event that ends a stream which has begun already. */
export function errorEvent(api: GatewayApi, isResponses: boolean, error: ApiError): string {
  const body = isResponses
    ? { type: 'error', code: 'server_error', message: error.message, param: null }
    : errorBody(api, error);
  const name = isResponses || api === 'anthropic' ? 'event: error\n' : '';
  return `${name}data: ${JSON.stringify(body)}\n\n`;
}
