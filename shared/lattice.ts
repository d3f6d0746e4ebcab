/** Handlers of payload format 2.0 behind VPC Lattice. */
export {
  fromLatticeEvent,
  type LatticeEvent,
  type LatticeEvent1,
  type LatticeEvent2,
} from "./adapters/lattice/lattice-event.ts";
export { type LatticeResult, withLattice } from "./adapters/lattice/with-lattice.ts";
