import type { LanguageModel } from 'ai';
import type { Sdk } from './load-package.ts';

/**
 * The same model, whose warnings (a setting that it does not have, for one) go to `onWarning`: the
 * AI SDK makes process warnings of them, which belong to whoever runs the process.
 */
export function quietModel(
  sdk: Sdk,
  model: Exclude<LanguageModel, string>,
  onWarning: (message: string) => void,
): LanguageModel {
  return sdk.wrapLanguageModel({
    model,
    middleware: {
      async wrapStream({ doStream }) {
        const { stream, ...rest } = await doStream();
        const quiet = stream.pipeThrough(
          new TransformStream({
            transform(part, controller) {
              if (part.type !== 'stream-start') return controller.enqueue(part);
              for (const warning of part.warnings) onWarning(describe(warning));
              controller.enqueue({ ...part, warnings: [] });
            },
          }),
        );
        return { ...rest, stream: quiet };
      },
    },
  });
}

function describe(warning: object): string {
  const { type: _type, ...facts } = warning as { type?: unknown };
  return Object.values(facts)
    .filter((fact) => typeof fact === 'string')
    .join(': ');
}
