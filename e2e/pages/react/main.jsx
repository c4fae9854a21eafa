import { StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { Call } from "../../docs/react.jsx";

globalThis.mounts = 0;

/** Mounts the sample of docs/page-life.md in React's StrictMode, which mounts everything twice. */
globalThis.mount = (roomId) => {
  const root = createRoot(document.body.appendChild(document.createElement("main")));
  const render = (roomId) =>
    root.render(
      <StrictMode>
        <Mounts />
        <Call roomId={roomId} />
      </StrictMode>,
    );
  render(roomId);
  return { render, unmount: () => root.unmount() };
};

function Mounts() {
  useEffect(() => {
    globalThis.mounts++;
  }, []);
}
