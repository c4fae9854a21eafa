import { renderToString } from "react-dom/server";
import { Call } from "../../docs/react.jsx";

console.log(renderToString(<Call roomId="room" />));
