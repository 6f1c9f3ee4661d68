import * as v from "valibot";
import type { ModelRequest } from "../../../adapters/fake/model-endpoint/model-request.js";

const textPart = v.object({ text: v.optional(v.string(), "") });
const message = v.object({ role: v.string(), content: v.optional(v.nullable(v.union([v.string(), v.array(textPart)]))) });
const conversation = v.object({ messages: v.array(message) });

/** What the user has said in the conversation that a model was asked with, oldest first. */
export function userMessages({ body }: Pick<ModelRequest, "body">): readonly string[] {
  return v.parse(conversation, body).messages.flatMap(({ role, content }) => {
    if (role !== "user") return [];
    return typeof content === "string" ? [content] : [(content ?? []).map(({ text }) => text).join("")];
  });
}
