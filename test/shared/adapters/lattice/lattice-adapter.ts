import type { EventForm } from "lambda-sessions/gateway";
import { withLattice } from "lambda-sessions/lattice";
import type { AdapterUnderTest } from "lambda-sessions/testing";
import { bareAdapter } from "../bare-adapter.ts";

/** Returns `withLattice` around `withSession` as an adapter under test. */
export function latticeAdapter(form: EventForm): AdapterUnderTest {
  const wrapped: EventForm = {
    ...form,
    invoke: (handler, request) => form.invoke(withLattice(handler as never) as never, request),
  };
  return { ...bareAdapter(wrapped), name: `withLattice, ${form.name}` };
}
