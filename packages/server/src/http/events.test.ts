import { EventEmitter } from 'node:events';
import { BatonError } from '@baton/core';
import type { WatchWorkflowRequest } from '@baton/proto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Handlers } from '../handlers.ts';
import { createLog } from '../log.ts';
import type { HttpRequest, HttpResponse } from './answer.ts';
import { serveEvents } from './events.ts';

const log = createLog({ level: 'silent' });
const request = { headers: {} } as HttpRequest;
const message: WatchWorkflowRequest = {
  $typeName: 'baton.v1.WatchWorkflowRequest',
  workflowId: 'w',
  includeProgress: false,
};

/** A response whose reader takes nothing. */
function stuckResponse(): HttpResponse {
  return Object.assign(new EventEmitter(), {
    headersSent: false,
    writableLength: 0,
    setHeader: () => {},
    writeHead: () => {},
    write: () => false,
    end: () => {},
  });
}

/** Handlers of a workflow that goes on, without end, counting the events that are taken. */
function handlers(onStatus: () => void) {
  const taken = { events: 0 };
  const workflow = {
    getWorkflowStatus: async () => {
      onStatus();
      return { status: undefined };
    },
    async *watchWorkflow() {
      for (;;) {
        taken.events += 1;
        yield { event: { $typeName: 'baton.v1.WorkflowEvent', sequence: taken.events } };
      }
    },
  };
  return { taken, workflow: workflow as unknown as Handlers['workflow'] };
}

const called = ({ signal }: AbortController) => ({ signal, credentials: undefined });

describe('server-sent events', () => {
  afterEach(() => vi.useRealTimers());

  it('keep no timer and no stream for a reader who leaves before the first', async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const { taken, workflow } = handlers(() =>
      controller.abort(new BatonError('cancelled', 'gone')),
    );
    const serving = serveEvents(request, stuckResponse(), message, called(controller), {
      workflow,
      log,
    });
    await expect(serving).rejects.toMatchObject({ code: 'cancelled' });
    expect(vi.getTimerCount()).toBe(0);
    expect(taken.events).toBe(0);
  });

  it('take no more events than the reader does, and leave nothing behind', async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const { taken, workflow } = handlers(() => {});
    const response = stuckResponse();
    const serving = serveEvents(request, response, message, called(controller), {
      workflow,
      log,
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(taken.events).toBe(0);
    (response as unknown as EventEmitter).emit('drain');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(taken.events).toBe(1);
    controller.abort(new BatonError('cancelled', 'gone'));
    await serving;
    expect(vi.getTimerCount()).toBe(0);
    expect(taken.events).toBe(1);
  });
});
