import { plain } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { PartsToAsk } from './prompt.ts';

/** Asks the first open question until it has an answer that is accepted. */
export async function askQuestion(parts: PartsToAsk): Promise<void> {
  const { operations, person, status, prompt } = parts;
  const question = status.questions.find(({ answer }) => answer === undefined);
  if (question === undefined) return;
  const { id, text, choices, askedBy } = question;
  prompt.say(`\n${plain(askedBy)} asks (${id}): ${plain(text)}`);
  for (const [index, choice] of choices.entries()) prompt.say(`  ${index + 1}) ${plain(choice)}`);
  for (;;) {
    const said = await prompt.line('> ');
    if (said === '') continue;
    // A choice may be a number itself: its words go before its place.
    const answer = choices.includes(said) ? said : (choices[Number(said) - 1] ?? said);
    const { workflowId } = status;
    try {
      await operations.answerQuestion({ workflowId, questionId: id, answer, by: person });
      return;
    } catch (reason) {
      const error = BatonError.from(reason);
      if (error.code !== 'invalid_input') throw error;
      prompt.say(plain(error.message));
    }
  }
}
