import { describe, expect, it } from 'vitest';
import type { Connection, Exchange } from './connection.ts';
import { createMemoryBudget } from './memory-budget.ts';

const MIB = 1024 * 1024;

/** What room looks at of a connection, whose callers have not read `unsent` bytes. */
function connection(unsent = 0): Connection {
  const exchanges = new Set([{ begunAt: 0, unsent: () => unsent } as Exchange]);
  const unread = { bytes: 0, at: 0 };
  return { makingBytes: 0, unread, exchanges, isCrowding: false } as unknown as Connection;
}

/** A connection whose next reply is likely to have that much. */
function expecting(bytes: number, unsent = 0): Connection {
  return Object.assign(connection(unsent), { expectedBytes: bytes });
}

describe('room for a reply', () => {
  it('is there for a connection that holds nothing, however large the reply', () => {
    expect(createMemoryBudget(MIB).isFor(expecting(100 * MIB))).toBe(true);
  });

  it('is not there for what would make a connection hold more than 1 MiB', () => {
    const budget = createMemoryBudget(64 * MIB);
    expect(budget.isFor(expecting(MIB / 2, MIB / 4))).toBe(true);
    expect(budget.isFor(expecting(MIB / 2, (MIB * 3) / 4))).toBe(false);
  });

  it('is taken by a reply from before it is made', () => {
    const budget = createMemoryBudget(64 * MIB);
    const caller = expecting(2 * MIB);
    const reserved = budget.reserve(caller);
    expect(budget.isFor(caller)).toBe(false);
    reserved.release(false);
    expect(budget.isFor(caller)).toBe(true);
  });

  it('is not there while others make as much as all may; small replies have as much again', () => {
    const budget = createMemoryBudget(3 * MIB);
    budget.reserve(expecting(2 * MIB));
    expect(budget.isFor(expecting(2 * MIB))).toBe(false);
    expect(budget.isFor(expecting(1000))).toBe(true);
    budget.reserve(expecting(4 * MIB));
    expect(budget.isFor(expecting(1000))).toBe(false);
  });

  it('is reckoned by what a connection got before', () => {
    const budget = createMemoryBudget(64 * MIB);
    const caller = connection();
    const reserved = budget.reserve(caller);
    reserved.made(2 * MIB);
    reserved.release(true);
    expect(budget.expected(caller)).toBe(2 * MIB);
    expect(caller.expectedBytes).toBe(2 * MIB);
  });
});
