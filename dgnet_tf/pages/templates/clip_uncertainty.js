// How far off joints are expected to be, as it is shown: discs around them, and words.
"use strict";

const EXACT = 0.5; // millimetres: what is nearer is shown as exact, as the root is

// The radius of each joint's disc, metres, 0 for none; null where it is not known.
function halosOf(person, frame) {
  const found = person.uncertaintyAt(frame);
  return found && found.map((mm) => (mm > EXACT ? mm / 1000 : 0));
}

// screen: [x, y, depth] of each joint, or null.
function drawHalos(context, screen, halos, focal) {
  context.globalAlpha = 0.16;
  context.fillStyle = COLORS.uncertainty;
  screen.forEach((place, joint) => {
    if (!place || !halos[joint]) return;
    context.beginPath();
    context.arc(place[0], place[1], (focal * halos[joint]) / place[2], 0, 2 * Math.PI);
    context.fill();
  });
}

// What is told of a joint that is pointed at: "left wrist ± 34 mm, a guess".
function described(clip, frame, { person: index, joint }) {
  const person = clip.people[index];
  const whose = clip.people.length > 1 ? `${person.name}: ` : "";
  const name = whose + clip.joints[joint].replaceAll("_", " ");
  if (!person.has(frame)) return name;
  const mm = person.uncertaintyAt(frame)?.[joint];
  const off = mm > EXACT ? ` ± ${Math.round(mm)} mm` : "";
  return name + off + (person.missingAt(frame)[joint] ? ", a guess" : "");
}

// A line on all shown joints but the roots; empty where nothing is known.
function expectedError(clip, frame, people) {
  let [sum, count, most, where] = [0, 0, 0, ""];
  for (const person of people) {
    if (!person.has(frame)) continue;
    (person.uncertaintyAt(frame) ?? []).forEach((mm, joint) => {
      if (joint === clip.root || !(mm >= 0)) return;
      [sum, count] = [sum + mm, count + 1];
      if (mm > most) [most, where] = [mm, clip.joints[joint].replaceAll("_", " ")];
    });
  }
  if (!count) return "";
  const mean = Math.round(sum / count);
  return `Expected error: ${mean} mm a joint; largest: ${where}, ${Math.round(most)} mm.`;
}
