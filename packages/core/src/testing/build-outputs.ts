import type { JsonObject } from '../model/json.ts';
import type { BuildPhase } from '../model/vocabulary.ts';

/** An output of each phase of the `build` definition that passes its schema and its gates. */
export const passingOutputs: Readonly<Record<BuildPhase, JsonObject>> = {
  discovery: { summary: 'A dark mode', requirements: ['A switch changes the colours'] },
  planning: { steps: ['Add a switch'], testingStrategy: 'Unit tests', risks: [] },
  implementation: { summary: 'Added a switch', changedFiles: ['app.js'] },
  testing: { testsPassed: 12, testsFailed: 0, coveragePercent: 91.5, securityIssues: [] },
  verification: { approved: true, findings: [] },
  deployment: {
    deployed: true,
    target: 'production',
    smokeTests: [{ name: 'home page', passed: true }],
  },
};

/** The same of `build-and-hand-over`. */
export const passingHandOverOutputs: typeof passingOutputs = {
  ...passingOutputs,
  deployment: { handedOver: true },
};
