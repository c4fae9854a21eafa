/**
 * The table of rule A3: 64 pictures that nobody takes for one another, in any font, each with a word to say over the
 * phone. They are those of the Matrix specification (section "SAS method: emoji"). Their order is part of the protocol.
 */
const table =
  "🐶 Dog 🐱 Cat 🦁 Lion 🐎 Horse 🦄 Unicorn 🐷 Pig 🐘 Elephant 🐰 Rabbit " +
  "🐼 Panda 🐓 Rooster 🐧 Penguin 🐢 Turtle 🐟 Fish 🐙 Octopus 🦋 Butterfly 🌷 Flower " +
  "🌳 Tree 🌵 Cactus 🍄 Mushroom 🌏 Globe 🌙 Moon ☁️ Cloud 🔥 Fire 🍌 Banana " +
  "🍎 Apple 🍓 Strawberry 🌽 Corn 🍕 Pizza 🎂 Cake ❤️ Heart 😀 Smiley 🤖 Robot " +
  "🎩 Hat 👓 Glasses 🔧 Spanner 🎅 Santa 👍 Thumb ☂️ Umbrella ⌛ Hourglass ⏰ Clock " +
  "🎁 Gift 💡 Bulb 📕 Book ✏️ Pencil 📎 Paperclip ✂️ Scissors 🔒 Lock 🔑 Key " +
  "🔨 Hammer ☎️ Telephone 🏁 Flag 🚂 Train 🚲 Bicycle ✈️ Aeroplane 🚀 Rocket 🏆 Trophy " +
  "⚽ Ball 🎸 Guitar 🎺 Trumpet 🔔 Bell ⚓ Anchor 🎧 Headphones 📁 Folder 📌 Pin";

const cells = table.split(" ");

export const EMOJI: readonly string[] = cells.filter((_, index) => index % 2 === 0);

export const EMOJI_NAMES: readonly string[] = cells.filter((_, index) => index % 2 === 1);
