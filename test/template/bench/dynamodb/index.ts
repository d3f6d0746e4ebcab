import type { MakeContestant } from "./contestant.ts";
import { asRecommended, byDefault, rolling } from "./express-session.ts";
import { thisProject } from "./this-project.ts";

/** Everybody who keeps sessions in a DynamoDB table. The peer stands there as people use it. */
export const TABLE_CONTESTANTS: readonly MakeContestant[] = [thisProject, asRecommended, rolling, byDefault];
