import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  Server,
  ServiceDefinition,
  UntypedHandleCall,
} from '@grpc/grpc-js';

export type ServiceRegistry = Pick<Server, 'addService'>;

interface Endable {
  end(): void;
  once(event: 'close', listener: () => void): void;
}

/** Adds services whose streams know no end of their own, such as health watches. */
export interface EndingRegistry extends ServiceRegistry {
  /** Ends the open streams, so that a stopping server need not wait for them. */
  endStreams(): void;
}

export function createEndingRegistry(server: Server): EndingRegistry {
  const open = new Set<Endable>();
  const track = (call: Endable) => {
    open.add(call);
    call.once('close', () => open.delete(call));
  };
  return {
    addService(service: ServiceDefinition, implementation) {
      const streaming = Object.entries(service).filter(([, method]) => method.responseStream);
      const names = new Set(streaming.flatMap(([name, { originalName }]) => [name, originalName]));
      const tracked = Object.entries(implementation).map(([name, handle]) => [
        name,
        names.has(name) ? tracking(handle, track) : handle,
      ]);
      server.addService(service, Object.fromEntries(tracked));
    },
    endStreams() {
      for (const call of open) call.end();
    },
  };
}

function tracking(handle: UntypedHandleCall, track: (call: Endable) => void): UntypedHandleCall {
  const serve = handle as handleServerStreamingCall<unknown, unknown> &
    handleBidiStreamingCall<unknown, unknown>;
  return ((call: Parameters<typeof serve>[0]) => {
    track(call);
    serve(call);
  }) as UntypedHandleCall;
}
