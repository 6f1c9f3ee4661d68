import type { AgentModelRef } from "../../ports/agent-messages.js";
import { quoted } from "./quoted-text.js";

/** `provider/model-id`. Model ids contain slashes and colons themselves, so only the first slash separates. */
export function modelSlug(model: AgentModelRef): string {
  return `${model.provider}/${model.id}`;
}

export type SlugReading =
  | { readonly type: "model"; readonly model: AgentModelRef }
  | {
      readonly type: "invalid";
      /** The part at fault. */
      readonly fault: string;
      /** How to write it, with an example. */
      readonly nextStep: string;
      /** Both in one. */
      readonly detail: string;
    };

const defaultMaxLength = 256;
const example = 'for example "openai/gpt-5".';
const form = `Write it as provider/model-id, ${example}`;

/** Reads a slug of at most `maxLength` characters, naming the part at fault when it is none. */
export function readModelSlug(text: string, maxLength: number = defaultMaxLength): SlugReading {
  // Far too much is not even trimmed: a file pasted by mistake costs nothing.
  const slug = text.length > 4 * maxLength ? text : text.trim();
  if (slug === "") return invalid("The model is blank.", form);
  if (slug.length > maxLength) return invalid(`The model is longer than ${maxLength} characters.`, `Write only its provider and its id, ${example}`);
  if (hasControlCharacter(slug)) return invalid("The model contains a control character.", `Write it without one, ${example}`);
  const slash = slug.indexOf("/");
  if (slash === -1) return invalid(`The model ${quoted(slug)} names no provider.`, form);
  const provider = slug.slice(0, slash).trim();
  const id = slug.slice(slash + 1).trim();
  if (provider === "") return invalid(`The model ${quoted(slug)} has nothing before its first slash.`, form);
  if (id === "") return invalid(`The model ${quoted(slug)} has nothing after its first slash.`, form);
  return { type: "model", model: { provider, id } };
}

export function sameModel(left: AgentModelRef | undefined, right: AgentModelRef | undefined): boolean {
  return left?.provider === right?.provider && left?.id === right?.id;
}

function invalid(fault: string, nextStep: string): SlugReading {
  return { type: "invalid", fault, nextStep, detail: `${fault} ${nextStep}` };
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}
