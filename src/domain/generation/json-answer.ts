/**
 * The JSON that a model answered with: the whole answer, or the one fenced block in it. `undefined` where there is none; to guess at
 * anything else would sooner or later find what the model never meant.
 */
export function jsonIn(answer: string): { readonly value: unknown } | undefined {
  return parsed(answer) ?? parsed(onlyFencedBlock(answer) ?? "");
}

function onlyFencedBlock(answer: string): string | undefined {
  const lines = answer.split("\n");
  const [opening, closing, ...others] = lines.flatMap((line, index) => (line.trimStart().startsWith("```") ? [index] : []));
  return opening === undefined || closing === undefined || others.length > 0 ? undefined : lines.slice(opening + 1, closing).join("\n");
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
