import { openChannel } from "cignal-client/channels";

const board = document.querySelector("#board");
const pen = board.getContext("2d");
const strokes = openChannel(cignal, "strokes");

const draw = ({ from, to }) => {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  pen.stroke();
};

strokes.on("message", draw);

board.onpointermove = async ({ buttons, offsetX, offsetY, movementX, movementY }) => {
  if (buttons === 0) return;
  const stroke = { from: [offsetX - movementX, offsetY - movementY], to: [offsetX, offsetY] };
  draw(stroke);
  await strokes.send(stroke);
};
