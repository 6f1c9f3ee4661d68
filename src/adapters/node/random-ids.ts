import { randomUUID } from "node:crypto";
import type { IdGenerator } from "../../ports/id-generator.js";

export class RandomIds implements IdGenerator {
  uuid(): string {
    return randomUUID();
  }
}
