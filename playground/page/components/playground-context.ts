import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Playground } from "../state/playground.js";

export const PlaygroundContext = createContext<Playground | undefined>(undefined);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (playground === undefined) throw new Error("A component of the playground stands outside of it.");
  return playground;
}
