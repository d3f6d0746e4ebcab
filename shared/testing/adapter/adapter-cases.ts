import type { AdapterCase, AdapterUnderTest } from "./adapter-under-test.ts";
import { bodyCases } from "./body-cases.ts";
import { failureCases } from "./failure-cases.ts";
import { headerCases } from "./header-cases.ts";
import { refusalCases } from "./refusal-cases.ts";
import { requestCookieCases } from "./request-cookie-cases.ts";
import { responseCookieCases } from "./response-cookie-cases.ts";
import { storeCases } from "./store-cases.ts";

/**
 * Returns the cases that every adapter must pass, for the `test` function of any test runner. Each starts an
 * application of its own.
 *
 * ```ts
 * describe(adapter.name, () => {
 *   for (const { name, run } of adapterCases(adapter)) test(name, run);
 * });
 * ```
 */
export function adapterCases(adapter: AdapterUnderTest): AdapterCase[] {
  const suites = [
    requestCookieCases,
    responseCookieCases,
    headerCases,
    bodyCases,
    refusalCases,
    failureCases,
    storeCases,
  ];
  return suites.flatMap((cases) => cases(adapter));
}
