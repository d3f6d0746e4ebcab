import { describeExactlyOnce } from "./exactly-once-suite.ts";

describeExactlyOnce("the embedded DynamoDB");
