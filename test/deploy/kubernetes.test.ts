import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { PROBES } from '../../packages/server/src/http/probes.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/kubernetes');

/** With the schemas that Kubernetes 1.35 and KEDA publish. */
const MODELS = {
  ...{ ConfigMap, Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget },
  ...{ ScaledObject, Service },
};

// biome-ignore lint/suspicious/noExplicitAny: the schemas say what they are
type Manifest = any;

function manifestsIn(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

const files = globSync('*.yaml', { cwd: FOLDER }).sort();
const all = files.flatMap(manifestsIn);

/** @throws Error that says what the schema refuses. */
function check(manifest: Manifest): void {
  const Model = MODELS[manifest.kind as keyof typeof MODELS];
  if (Model === undefined) throw new Error(`no schema is known for ${manifest.kind}`);
  expect(manifest.apiVersion).toBe(new Model().apiVersion);
  new Model(manifest).validate();
}

describe('the manifests for Kubernetes', () => {
  it.each(all.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
    'fit the published schemas: %s',
    (_, manifest) => check(manifest),
  );

  it('are refused where they are wrong', () => {
    const deployment = structuredClone(all.find(({ kind }) => kind === 'Deployment'));
    deployment.spec.template.spec.containers[0].ports[0].containerPort = 'grpc';
    expect(() => check(deployment)).toThrow('containerPort');
  });

  const deployments = all.filter(({ kind }) => kind === 'Deployment');

  it.each(deployments.map((one) => [one.metadata.name, one] as const))(
    'are selected by those that go with them, and confined: %s',
    (name, { spec }) => {
      const { labels } = spec.template.metadata;
      const kinds = ['PodDisruptionBudget', 'NetworkPolicy'];
      for (const { spec: other } of kinds.map((kind) => named(kind, name))) {
        const { matchLabels } = other.selector ?? other.podSelector;
        expect(labels).toMatchObject(matchLabels);
      }
      const pod = spec.template.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: expect.anything(), limits: { memory: expect.anything() } },
        });
        expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
      }
    },
  );

  it('ask servers what they answer, and scale by a metric that they have', () => {
    const [{ startupProbe, livenessProbe, readinessProbe }] = named('Deployment', 'baton-server')
      .spec.template.spec.containers;
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
      expect(Object.keys(PROBES)).toContain(httpGet.path);
    }
    const [{ metadata }] = named('ScaledObject', 'baton-worker').spec.triggers;
    const metrics = readFileSync(join(FOLDER, '../../docs/reference/metrics.md'), 'utf8');
    expect(metrics).toContain(`\`${/\((\w+)\)/.exec(metadata.query)?.[1]}\``);
  });

  it('give pods longer to end than servers and workers take', () => {
    const server = named('ConfigMap', 'baton-server').data;
    const takes = Number(server.BATON_RETIRE_SECONDS) + Number(server.BATON_DRAIN_SECONDS);
    expect(graceOf('baton-server')).toBeGreaterThan(takes);
    const { args } = named('Deployment', 'baton-worker').spec.template.spec.containers[0];
    const grace = Number.parseInt(args[args.indexOf('--grace') + 1], 10);
    expect(graceOf('baton-worker')).toBeGreaterThan(grace);
  });

  function named(kind: string, name: string): Manifest {
    const found = all.find((one) => one.kind === kind && one.metadata.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  function graceOf(name: string): number {
    return named('Deployment', name).spec.template.spec.terminationGracePeriodSeconds;
  }
});
