import type { Orchestrator } from '@baton/core';
import { createServer, type ServerOptions } from '@baton/server';
import { makeCertificate } from '../interop/certificate.ts';
import { oneArtifact } from './one-artifact.ts';
import { tellHealth } from './tell-health.ts';

/** One server without TLS and one with it, for the same workflows, and tells the parent process of both. */
export async function serveBoth(
  orchestrator: Orchestrator,
  options: Pick<ServerOptions, 'limits'> = {},
): Promise<void> {
  const tls = makeCertificate();
  const common = { ...options, orchestrator, artifacts: oneArtifact, grpcPort: 0, httpPort: 0 };
  const [plain, secure] = [await createServer(common), await createServer({ ...common, tls })];
  tellHealth({
    ...{ grpcPort: plain.grpcPort, httpPort: plain.httpPort },
    secure: { grpcPort: secure.grpcPort, httpPort: secure.httpPort, ca: tls.cert },
  });
}
