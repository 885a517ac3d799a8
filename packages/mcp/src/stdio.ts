import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { BatonMcp } from './create-baton-mcp.ts';

/** A client at the other end of two streams. */
export interface McpConnection {
  /** Resolves when the client has closed an end, or has sent what no message can be. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Options of {@link serveMcpStdio}. */
export interface McpStdioOptions {
  /** Default: the process's own. */
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  /** Hears what went wrong apart from answers. Default: nothing does. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/**
 * Serves MCP to the process that has started this one. Nothing else may be written to stdout.
 *
 * @example
 * import { openMcp } from '@baton/builds';
 * import { serveMcpStdio } from '@baton/mcp';
 * const { mcp, close } = await openMcp({ workspace: '/srv/shop' });
 * await serveMcpStdio(mcp).ended;
 * await close();
 */
export function serveMcpStdio(mcp: BatonMcp, options: McpStdioOptions = {}): McpConnection {
  const { stdin = process.stdin, stdout = process.stdout, onError = () => undefined } = options;
  const ended = Promise.withResolvers<void>();
  const transport = new StdioServerTransport(stdin, stdout);
  const close = transport.close.bind(transport);
  // It also closes by itself: when nothing can be written, and at a line that is too long.
  transport.close = () => {
    ended.resolve();
    return close();
  };
  stdin.once('end', () => ended.resolve());
  stdin.once('close', () => ended.resolve());
  const connection = serveStdio(mcp, { transport, onerror: onError });
  return { ended: ended.promise, close: () => connection.close() };
}
