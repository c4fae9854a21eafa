import { loadOptional } from "../optional.js";
import type { WebhookOptions } from "../webhook.js";
import type { Publisher } from "./live-event.js";

/** Where the stand-alone server publishes its live events. */
export interface LiveEventSettings {
  readonly rabbitMQUrl: string | undefined;
  readonly webhook: Pick<WebhookOptions, "url" | "secret"> | undefined;
}

/**
 * The publishers for these settings, each loaded only if it is asked for.
 *
 * @throws OptionsError if a package is not installed
 */
export async function loadDestinations({
  rabbitMQUrl,
  webhook,
}: LiveEventSettings): Promise<Publisher[]> {
  const publishers: Publisher[] = [];
  if (rabbitMQUrl !== undefined) {
    const load = () => import("../rabbitmq.js");
    const { rabbitMQPublisher } = await loadOptional("RABBITMQ_URL", "rabbitmq-client", load);
    publishers.push(rabbitMQPublisher({ connection: rabbitMQUrl }));
  }
  if (webhook) {
    const { webhookPublisher } = await import("../webhook.js");
    publishers.push(webhookPublisher(webhook));
  }
  return publishers;
}
