import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** One port of a server, and what is spoken there. */
export interface TargetKind {
  readonly isTls: boolean;
  readonly speaks: 'HTTP/1.1' | 'HTTP/2';
  readonly serves: 'gRPC' | 'HTTP';
}

/** What a flood is sent to. */
export interface Target extends TargetKind {
  readonly port: number;
  /** A workflow with an assignment of 2 MB. */
  readonly workflowId: string;
}

export function describeTarget({ serves, speaks, isTls }: TargetKind): string {
  return `${serves} port, ${speaks}${isTls ? ', TLS' : ''}`;
}

/** A connection; undefined where there is none to be had. */
export async function openSocket({ port, isTls, speaks }: Target): Promise<Socket | undefined> {
  const protocol = speaks === 'HTTP/2' ? 'h2' : 'http/1.1';
  const options = { port, host: '127.0.0.1' };
  const socket = isTls
    ? connectTls({ ...options, rejectUnauthorized: false, ALPNProtocols: [protocol] })
    : connectTcp(options);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect');
    return socket;
  } catch {
    return undefined;
  }
}
