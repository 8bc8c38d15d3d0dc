// What one frame shows, as figures for the views: a person, its ground truth.
//
// A figure is {person, name, space: points, image: points or null, lines, joints: whether
// they can be pointed at, label, halos: the radius of each joint's, metres, or null; 0
// draws none}. A line is {kind, from, to, color, width, alpha, dash}.
"use strict";

function figuresOf(clip, frame, options) {
  const { people, target, affinity, threshold, uncertainty, hovered } = options;
  const figures = [];
  clip.people.forEach((person, index) => {
    if (!people.has(person) || !person.has(frame)) return;
    if (target && person.target) figures.push(targetFigure(clip, person, frame));
    const missing = person.missingAt(frame);
    const lines = clip.bones.map(([from, to, side]) => {
      const guess = missing[from] || missing[to];
      const look = guess ? { kind: "guess", dash: [3, 7], alpha: 0.55 } : { kind: "bone" };
      return { ...look, from, to, color: COLORS[side], width: 5 };
    });
    if (affinity && person.affinity) {
      const joint = hovered && hovered.person === index ? hovered.joint : null;
      lines.push(...affinityLines(clip, person, frame, threshold, joint));
    }
    figures.push({
      person: index,
      name: person.name,
      space: person.space("positions", frame),
      image: person.image(frame),
      lines,
      joints: true,
      label: clip.people.length > 1 ? person.name : "",
      halos: uncertainty ? halosOf(person, frame) : null,
    });
  });
  return figures;
}

function targetFigure(clip, person, frame) {
  return {
    space: person.space("target", frame),
    image: null,
    lines: clip.bones.map(([from, to]) => ({
      kind: "target", from, to, color: COLORS.target, width: 1.6, dash: [5, 5],
    })),
  };
}

// Of one joint alone where one is pointed at.
function affinityLines(clip, person, frame, threshold, joint) {
  return person
    .neighbours(frame, threshold)
    .filter(({ i }) => joint === null || i === joint)
    .map(({ i, j, weight }) => ({
      kind: "affinity",
      from: j,
      to: i,
      color: COLORS.affinity,
      width: 0.8 + (3.2 * weight) / clip.largest,
      alpha: 0.2 + (0.8 * weight) / clip.largest,
    }));
}
