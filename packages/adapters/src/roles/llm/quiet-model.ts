import type { LanguageModel } from 'ai';
import type { Sdk } from './load-package.ts';

/**
 * Wraps a model so that its warnings, such as about an unsupported setting, go to `onWarning`. The AI SDK
 * would emit them as process warnings, which belong to the application.
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
