import type { AgentModelRef } from "../../ports/agent-messages.js";

/** `provider/model-id`. Model ids contain slashes and colons themselves, so only the first slash separates. */
export function modelSlug(model: AgentModelRef): string {
  return `${model.provider}/${model.id}`;
}

export type SlugReading = { readonly type: "model"; readonly model: AgentModelRef } | { readonly type: "invalid"; readonly detail: string };

const maxLength = 256;
const example = 'Write it as provider/model-id, for example "openai/gpt-5".';

/** Reads a slug, naming the part at fault when it is none. */
export function readModelSlug(text: string): SlugReading {
  const slug = text.trim();
  if (slug === "") return { type: "invalid", detail: `The model is blank. ${example}` };
  if (slug.length > maxLength) return { type: "invalid", detail: `The model is longer than ${maxLength} characters. ${example}` };
  if (hasControlCharacter(slug)) return { type: "invalid", detail: `The model contains a control character. ${example}` };
  const slash = slug.indexOf("/");
  if (slash === -1) return { type: "invalid", detail: `The model "${slug}" names no provider. ${example}` };
  const provider = slug.slice(0, slash).trim();
  const id = slug.slice(slash + 1).trim();
  if (provider === "") return { type: "invalid", detail: `The model "${slug}" has nothing before its first slash. ${example}` };
  if (id === "") return { type: "invalid", detail: `The model "${slug}" has nothing after its first slash. ${example}` };
  return { type: "model", model: { provider, id } };
}

export function sameModel(left: AgentModelRef | undefined, right: AgentModelRef | undefined): boolean {
  return left?.provider === right?.provider && left?.id === right?.id;
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}
