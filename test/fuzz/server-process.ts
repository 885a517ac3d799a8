// A server as the environment says, in a process that tells its parent how it fares.
import { serve } from '@baton/server';
import { tellHealth } from './tell-health.ts';

tellHealth(await serve(process.env));
