export { type Chat, type ChatEvents, type ChatOptions, openChat } from "./chat.js";
export type { ChatLine } from "./lines.js";
export { findLinks, type TextPart } from "./links.js";
