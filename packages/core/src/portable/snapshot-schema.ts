import { z } from 'zod';
import { workflowSchema } from '../model/workflow.ts';

const { claim, lostAttempts, seal, ...portable } = workflowSchema.shape;

/**
 * What a workflow file may say of a workflow. Keys that are not known are left out. Without a claim, and
 * what is owed under lost ones: the right to go on does not travel.
 */
export const snapshotSchema = z.object(portable);
