import { describe, expect, it, vi } from 'vitest';
import { createPostgresStore } from './postgres-store.ts';

vi.mock('pg', () => {
  throw new Error("Cannot find package 'pg'");
});

describe('without the driver', () => {
  it('the store names the package to install', async () => {
    const connection = 'postgres://127.0.0.1:1/none';
    await expect(createPostgresStore({ connection })).rejects.toMatchObject({
      code: 'invalid_input',
      message: "the PostgreSQL store needs the package 'pg': npm install pg",
    });
  });
});
