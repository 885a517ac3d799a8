import type { OutgoingHttpHeaders } from 'node:http';
import { BatonError } from '@baton/core';
import type { ServerErrorResponse } from '@grpc/grpc-js';
import type { StreamRefusal } from '../load/bounded-streams.ts';
import type { Log } from '../log.ts';
import { toGrpcError } from './unary.ts';

/** RESOURCE_EXHAUSTED. Refusals of a flood are alike, and cost more to make than to send. */
export function createRefusals(log: Log): (reason: string) => StreamRefusal {
  let latest: (StreamRefusal & { readonly reason: string }) | undefined;
  return (reason) => {
    if (latest?.reason !== reason) {
      const error = new BatonError('limit_exceeded', reason, { retryable: true });
      latest = { reason, headers: trailersOnly(toGrpcError(error, log)) };
    }
    return latest;
  };
}

function trailersOnly({ code, details, metadata }: ServerErrorResponse): OutgoingHttpHeaders {
  return {
    ':status': 200,
    'content-type': 'application/grpc+proto',
    'grpc-status': code ?? 2,
    'grpc-message': encodeURI(details ?? ''),
    ...metadata?.toHttp2Headers(),
  };
}
