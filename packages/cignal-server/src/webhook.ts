import { ProtocolError, parse } from "@cignal/protocol";
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { EventRefused, type Publisher } from "./events/live-event.js";
import { OptionsError } from "./options.js";
import { isWebAddress, isWebhookSecret } from "./webhook-options.js";

export interface WebhookOptions {
  /** Where events are sent with POST: an address on http or https. */
  url: string;
  /** What the receiver verifies them with: `whsec_` and the base64 of 24 to 64 random bytes. */
  secret: string;
  /** As metrics and log call it. Default `"webhook"`. */
  name?: string | undefined;
}

/** Answers that say that the very same request may do later; so do those from 500 on. */
const LATER = [408, 425, 429];

const schema = v.strictObject({
  url: v.pipe(v.string(), v.check(isWebAddress, "expected an address on http or https")),
  secret: v.pipe(
    v.string(),
    v.check(isWebhookSecret, "expected whsec_ and the base64 of 24 to 64 random bytes"),
  ),
  name: v.optional(v.pipe(v.string(), v.minLength(1)), "webhook"),
});

/**
 * Sends live events to a web server, signed as Standard Webhooks 1 has it (standardwebhooks.com). An answer from 200 to
 * 299 takes an event; one from 400 to 499 refuses it for good, but for 408, 425 and 429. Redirects are not followed.
 *
 * @throws OptionsError if an option is wrong
 */
export function webhookPublisher(options: WebhookOptions): Publisher {
  const parsed = parse(schema, options);
  if (parsed instanceof ProtocolError) {
    throw new OptionsError(`webhookPublisher: ${parsed.message}`, parsed.field);
  }
  const { url, secret, name } = parsed;
  const webhook = new Webhook(secret);
  return {
    name,
    async publish(event, signal) {
      const body = JSON.stringify(event);
      const now = new Date();
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "webhook-id": event.eventId,
          "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
          "webhook-signature": webhook.sign(event.eventId, now, body),
        },
        body,
        redirect: "manual",
        signal,
      });
      // Otherwise the connection is not used again.
      await response.body?.cancel();
      const { status, ok } = response;
      if (ok) return;
      const isFinal = status >= 400 && status < 500 && !LATER.includes(status);
      throw new (isFinal ? EventRefused : Error)(`the answer was ${status}`);
    },
  };
}
