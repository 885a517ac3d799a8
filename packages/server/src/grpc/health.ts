import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { ServiceRegistry } from './service-registry.ts';

export interface Health {
  /** Tells load balancers, also those that watch, to send no more requests. */
  stop(): void;
}

/** grpc.health.v1 for the server as a whole (the empty name) and for each service. */
export function addHealth(registry: ServiceRegistry, services: readonly string[]): Health {
  const names = ['', ...services];
  const health = new HealthImplementation(
    Object.fromEntries(names.map((name) => [name, 'SERVING'])),
  );
  health.addToServer({
    addService: (service, implementation) =>
      registry.addService(service, implementation as UntypedServiceImplementation),
  });
  return {
    stop() {
      for (const name of names) health.setStatus(name, 'NOT_SERVING');
    },
  };
}
