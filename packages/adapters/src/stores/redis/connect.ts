import { BatonError } from '@baton/core';
import type { Redis } from 'ioredis';

/**
 * A connection of its own to a `redis:` or `rediss:` URL.
 *
 * @param commandTimeout milliseconds.
 * @throws BatonError `invalid_input` for another URL, or when ioredis is not installed.
 */
export async function connect(url: string, commandTimeout: number): Promise<Redis> {
  if (!/^rediss?:\/\//.test(url)) {
    throw new BatonError('invalid_input', `the Redis URL must begin with redis:// or rediss://`);
  }
  const driver = await loadDriver();
  const client = new driver.Redis(url, {
    commandTimeout,
    maxRetriesPerRequest: 3,
    // A master that was demoted: the address leads to the new one by now.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
  });
  // Every command that fails says so itself; without a listener ioredis prints each attempt.
  client.on('error', () => {});
  return client;
}

async function loadDriver(): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    return await import('ioredis');
  } catch (cause) {
    const message = 'the Redis store needs the package ioredis: npm install ioredis';
    throw new BatonError('invalid_input', message, { cause });
  }
}
