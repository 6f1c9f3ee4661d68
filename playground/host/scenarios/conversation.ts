import * as v from "valibot";
import type { ModelRequest } from "../../../src/app/testing.js";

const conversation = v.object({ messages: v.array(v.object({ role: v.string() })) });

/** Who spoke in the conversation that a model was asked with, oldest first. */
export function speakersIn({ body }: Pick<ModelRequest, "body">): readonly string[] {
  return v.parse(conversation, body).messages.map(({ role }) => role);
}
