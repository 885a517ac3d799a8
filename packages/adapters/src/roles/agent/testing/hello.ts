/** What the output of a phase has to be in the tests of agents. */
export const outputSchema = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    changedFiles: { type: 'array', items: { type: 'string' } },
  },
  required: ['summary', 'changedFiles'],
  additionalProperties: false,
};

/** The output of an agent that wrote `hello.txt`. */
export const RESULT = { summary: 'done', changedFiles: ['hello.txt'] };
