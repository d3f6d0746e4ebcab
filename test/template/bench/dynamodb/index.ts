import type { MakeContestant } from "./contestant.ts";
import { asRecommended, byDefault, rolling } from "./express-session.ts";
import { thisProject } from "./this-project.ts";

/**
 * All contestants that keep sessions in a DynamoDB table. The peer is measured in its usual configurations.
 */
export const TABLE_CONTESTANTS: readonly MakeContestant[] = [thisProject, asRecommended, rolling, byDefault];
