import type { z } from 'zod';
import type { WorkflowDefinition, WorkflowTypes } from './definition.ts';
import type { JsonObjectInput } from './json.ts';
import type { AdvanceRequest } from './requests.ts';

/**
 * What is known of a definition, or of any of some.
 *
 * @example
 * import { createBatonClient } from '@baton/client';
 * import { buildDefinition, type TypesOf } from '@baton/core';
 * const build = buildDefinition();
 * const baton = createBatonClient<TypesOf<typeof build>>({ baseUrl: 'http://127.0.0.1:7481' });
 */
export type TypesOf<D extends WorkflowDefinition | readonly WorkflowDefinition[]> = NonNullable<
  (D extends readonly WorkflowDefinition[] ? D[number] : Extract<D, WorkflowDefinition>)['types']
>;

/** Every state of a definition. */
type StateOf<T extends WorkflowTypes> = T['states'] | 'error';

/** The members of requests, replies and views that name states, and those that name roles. */
type StateMember =
  | 'state'
  | 'states'
  | 'completedState'
  | 'nextState'
  | 'previousState'
  | 'targetState'
  | 'completedPhases'
  | 'phase'
  | 'phaseToApprove'
  | 'mostCommonFailurePoint';
type RoleMember = 'role' | 'roles';

/** `V`, whose texts are of `Name`. */
type Named<V, Name extends string> = V extends readonly string[]
  ? readonly Name[]
  : V extends string
    ? Name
    : V;

/** A request, reply or view, with the states and roles of a definition. */
export type Of<T extends WorkflowTypes, R> = {
  [K in keyof R]: K extends StateMember
    ? Named<R[K], StateOf<T>>
    : K extends RoleMember
      ? Named<R[K], T['roles']>
      : R[K];
};

/** What an advance hands over: the phase's output, or the reason to give up; nothing at a handoff. */
type ResultOf<T extends WorkflowTypes, S> = S extends keyof T['outputs']
  ? T['outputs'][S] extends z.ZodType
    ? (z.input<T['outputs'][S]> & JsonObjectInput) | { readonly reason: string }
    : { readonly reason: string }
  : JsonObjectInput;

/** An advance of any of the definitions, whose result is the output of the completed state. */
export type AdvanceOf<T extends WorkflowTypes> = T extends WorkflowTypes
  ? {
      readonly [S in T['states']]: Of<T, Omit<AdvanceRequest, 'completedState' | 'result'>> & {
        readonly completedState: S;
        readonly result?: ResultOf<T, S>;
      };
    }[T['states']]
  : never;
