/**
 * Socket.IO's heartbeats of thousands of idle peers would be counted as the cost of calls, so both Socket.IO servers
 * are measured without.
 */
export const QUIET = { pingInterval: 3_600_000 };
