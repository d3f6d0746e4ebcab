import { FUNCTION_URL, HTTP_API_1, HTTP_API_2, REST_API } from "./api-gateway-forms.ts";
import type { EventForm } from "./event-form.ts";
import { LOAD_BALANCER, LOAD_BALANCER_REPEATING } from "./load-balancer-forms.ts";

/**
 * The ways in which API Gateway, function URLs and load balancers call a function for a request, each with
 * its documented rules. `withSession` takes their events.
 */
export const EVENT_FORMS: readonly EventForm[] = [
  HTTP_API_2,
  HTTP_API_1,
  REST_API,
  FUNCTION_URL,
  LOAD_BALANCER_REPEATING,
  LOAD_BALANCER,
];
