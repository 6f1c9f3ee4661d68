import { describe, expect, it } from "vitest";
import { jsonIn } from "../../../src/domain/generation/json-answer.js";

describe("the JSON in an answer", () => {
  it.each<[answer: string, value: unknown]>([
    ['{"a":[1,null]}', { a: [1, null] }],
    ['  \n"text"\n', "text"],
    ["null", null],
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['Here you are:\r\n\r\n  ```\r\n  {"a":\r\n 1}\r\n  ```\r\nDone.', { a: 1 }],
    ['{"code":"```"}', { code: "```" }],
  ])("is found in %j", (answer, value) => {
    expect(jsonIn(answer)).toEqual({ value });
  });

  it.each([
    "",
    "No.",
    'It is {"a":1}.',
    "{'a':1}",
    "```json\nno\n```",
    '```json\n{"a":1}',
    '```json\n{"a":1}\n```\n```json\n{"a":2}\n```',
  ])("is not guessed at in %j", (answer) => {
    expect(jsonIn(answer)).toBeUndefined();
  });
});
