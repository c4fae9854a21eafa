import { Cignal } from "cignal-client";
import { useEffect, useRef, useState } from "react";

/** Is in the room while the component is mounted: `{ cignal, state, remote }` once inside, `{ error }` if refused. */
function useRoom(roomId) {
  const [room, setRoom] = useState({});

  useEffect(() => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const show = (more) => signal.aborted || setRoom((room) => ({ ...room, ...more }));
    Cignal.createRoom({ roomId, signal }).then(
      (cignal) => {
        cignal.on("stateChanged", (state) => show({ cignal, state }));
        cignal.on("remoteStream", (remote) => show({ remote }));
      },
      (error) => show({ error }),
    );
    return () => {
      leaving.abort();
      setRoom({});
    };
  }, [roomId]);

  return room;
}

export function Call({ roomId }) {
  const { cignal, state, remote, error } = useRoom(roomId);
  if (error) return <p role="alert">{error.message}</p>;
  if (!state) return <p>One moment…</p>;
  return (
    <section>
      <Video stream={cignal.localMedia} muted />
      <Video stream={remote} />
      <p role="status">
        {state.peers.map(({ name }) => name).join(", ") || "Nobody else is here."}
      </p>
      <button type="button" onClick={() => cignal.joinRoom()}>
        Call
      </button>
    </section>
  );
}

function Video({ stream, muted = false }) {
  const video = useRef(null);
  useEffect(() => {
    video.current.srcObject = stream ?? null;
  }, [stream]);
  return <video ref={video} muted={muted} autoPlay playsInline />;
}
