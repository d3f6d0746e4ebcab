/** Sessions whose token clients without cookies send in a header: mobile applications and other programs. */
export {
  createWithSession,
  type HeaderTransportOptions,
} from "./adapters/header-transport/create-with-session.ts";
export {
  type HeaderTransport,
  type TokenRequest,
  TokenRequests,
  type TransportOptions,
} from "./adapters/header-transport/token-request.ts";
