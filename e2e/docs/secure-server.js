import { initSocketServer } from "cignal-server";
import { jwtAuthentication } from "cignal-server/jwt";
import { SignJWT } from "jose";

/** `app` is Express, `io` Socket.IO; `userOf` says who is signed in, if they may enter the room. */
export function addCalls(app, io, { secret, origin, userOf }) {
  app.post("/call-token/:room", async (request, response) => {
    const { room } = request.params;
    const user = await userOf(request, room);
    if (!user) return response.sendStatus(403);
    const token = await new SignJWT({ room, name: user.name, role: user.role })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(user.id)
      .setAudience("calls")
      .setExpirationTime("10 minutes")
      .sign(Buffer.from(secret));
    response.type("text").send(token);
  });

  return initSocketServer(io, {
    allowedOrigins: [origin],
    authenticate: jwtAuthentication({ secret, audience: "calls" }),
    authorize: ({ role }, action) => action !== "set-ice-servers" || role === "host",
  });
}
