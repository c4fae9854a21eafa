import type { CignalServer } from "cignal-server";
import type { Express, Request } from "express";
import type { Server } from "socket.io";

interface User {
  id: string;
  name: string;
  role?: string;
}

export function addCalls(
  app: Express,
  io: Server,
  options: {
    secret: string;
    origin: string;
    userOf: (request: Request, room: string) => User | undefined | Promise<User | undefined>;
  },
): CignalServer;
