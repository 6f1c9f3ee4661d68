import { InMemoryCustomModelStore } from "../../../src/adapters/fake/in-memory-custom-model-store.js";
import { describeCustomModelStore } from "../../contract/custom-model-store.js";

describeCustomModelStore({
  name: "InMemoryCustomModelStore",
  empty: async () => new InMemoryCustomModelStore(),
  unreadable: async () => new InMemoryCustomModelStore({ type: "unreadable", detail: "It is not JSON." }),
});
