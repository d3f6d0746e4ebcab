import type { SessionStack } from "./session-stack.ts";

/** Adds resources to a stack whose routes exist already, such as a table, a queue or a schedule. */
export type AddResources = (stack: SessionStack) => void;

/** Adds the resources of this application beside its routes. docs/recipes.md adds a table and a schedule. */
export const RESOURCES: readonly AddResources[] = [
  // One function for each, from a file of its own in infra/.
];
