import type { SessionStack } from "./session-stack.ts";

/** Adds resources, such as a table, a queue or a schedule, to a stack that already has its routes. */
export type AddResources = (stack: SessionStack) => void;

/** Functions that add the resources of this application. docs/recipes.md shows a table and a schedule. */
export const RESOURCES: readonly AddResources[] = [
  // Add one function for each resource, from its own file in infra/.
];
