//! Where everything stands. A workflow is made of steps below each other and branches beside each
//! other, so its picture is, too: no two lines ever cross.

use tidegate_compiler::tell::{Arm, Kind, Story, Then, Told, Way};

use super::fragment::{Card, Fragment, Look, Shape};
use super::measure::{lines, width};

/// A card's width.
const CARD: f64 = 236.0;
/// Blanks at a card's sides.
const INSET: f64 = 16.0;
/// The size of what a card says, of its small print and of what stands at lines.
pub(super) const TEXT: f64 = 13.0;
pub(super) const SMALL: f64 = 11.5;
/// Heights of their lines.
pub(super) const TEXT_LINE: f64 = 18.0;
pub(super) const SMALL_LINE: f64 = 15.0;
/// Between what a card says and its small print.
pub(super) const SPACE: f64 = 3.0;
/// What a card's head takes.
pub(super) const HEAD: f64 = 26.0;
/// Between two branches.
const LANE_GAP: f64 = 26.0;
/// From a step down to where its branches part.
const FORK: f64 = 16.0;
/// The width at most of the condition under which all begins; the text has it whole.
const CONDITION: f64 = 400.0;
/// A label's width at most.
const LABEL: f64 = 170.0;

/// The whole picture.
pub(super) fn layout(story: &Story) -> Fragment {
    let mut flow = Fragment::through();
    flow.below(&Fragment::pill(Look::Begin, &beginning(story), true), true);
    if let Some(only) = story.starts.as_ref().and_then(|starts| starts.only.as_deref()) {
        let only = lines(only, SMALL, CONDITION, 1).concat();
        flow.below(&Fragment::pill(Look::Back, &only, true), false);
    }
    if story.steps.is_empty() {
        flow.below(&Fragment::pill(Look::Back, "nothing is done", true), false);
    }
    for step in &story.steps {
        flow.below(&place(step), false);
    }
    if story.comes_to_end {
        let (look, end) = match story.starts {
            Some(_) => (Look::End, "the conversation ends"),
            None => (Look::Back, "back to where it began"),
        };
        flow.below(&Fragment::pill(look, end, false), false);
    }
    if !story.defaults.is_empty() {
        let beside = defaults(&story.defaults);
        let at = flow.right + 56.0 + beside.left;
        flow.take(&beside, (at, 0.0));
    }
    flow
}

fn beginning(story: &Story) -> String {
    match (&story.starts, story.run_by.as_slice()) {
        (Some(starts), _) => starts.event.clone(),
        (None, []) => "begun by nothing".to_owned(),
        (None, by) => format!("begun by {}", by.join(", ")),
    }
}

/// What happens wherever the customer is awaited, in a frame of its own.
fn defaults(arms: &[Arm]) -> Fragment {
    let lanes = arms.iter().map(lane).collect();
    let mut inner = Fragment::default();
    fork(&mut inner, lanes, 0.0, None);
    framed(&inner, "whenever the customer is awaited", 30.0)
}

/// A frame around a part, whose axis stays where it is.
fn framed(inner: &Fragment, text: &str, top: f64) -> Fragment {
    const PAD: f64 = 18.0;
    let least = width(text, SMALL) + 2.0 * PAD;
    let more = (least - inner.left - inner.right - 2.0 * PAD).max(0.0) / 2.0;
    let (left, right) = (inner.left + PAD + more, inner.right + PAD + more);
    let height = inner.height + top + PAD;
    let mut outer = Fragment { left, right, height, ..Fragment::default() };
    outer.shapes.push(Shape::Frame {
        at: (-left, 0.0),
        width: left + right,
        height,
        text: text.to_owned(),
    });
    outer.take(inner, (0.0, top));
    outer.height = height;
    outer
}

fn sequence(steps: &[Told]) -> Fragment {
    let mut all = Fragment::through();
    for (at, step) in steps.iter().enumerate() {
        all.below(&place(step), at == 0);
    }
    all
}

/// A step with its branches.
fn place(step: &Told) -> Fragment {
    match step.kind {
        Kind::Repeats => return repeated(step),
        Kind::Leaves => return Fragment::pill(Look::Back, "on behind the repeat", false),
        _ => {}
    }
    let mut found = card(step);
    let bottom = found.height;
    let lanes: Vec<Lane> = match step.kind {
        Kind::Asks | Kind::Verifies | Kind::Form | Kind::Rates if !step.arms.is_empty() => {
            std::iter::once(Lane::through("answers")).chain(step.arms.iter().map(lane)).collect()
        }
        _ => step.arms.iter().map(lane).collect(),
    };
    if lanes.is_empty() {
        if step.goes_on {
            found.exits.push((0.0, bottom));
        }
        return found;
    }
    let lanes = straight_first(lanes);
    let straight = lanes.first().filter(|first| first.straight).map(|_| 0);
    fork(&mut found, lanes, bottom, straight);
    found
}

/// Of two branches the one that does nothing goes straight on, the other beside it.
fn straight_first(mut lanes: Vec<Lane>) -> Vec<Lane> {
    let empty: Vec<usize> =
        (0..lanes.len()).filter(|at| lanes[*at].part.shapes.is_empty()).collect();
    if let ([only], 2) = (empty.as_slice(), lanes.len()) {
        let mut lane = lanes.remove(*only);
        lane.straight = true;
        lanes.insert(0, lane);
    }
    lanes
}

fn card(step: &Told) -> Fragment {
    let room = CARD - 2.0 * INSET;
    let said = lines(&step.about, TEXT, room, 4);
    let shown = step.lines.iter().take(6);
    let mut small: Vec<String> =
        shown.flat_map(|line| lines(&format!("· {line}"), SMALL, room, 1)).collect();
    if step.lines.len() > 6 {
        small.push(format!("· and {} more", step.lines.len() - 6));
    }
    let space = if said.is_empty() || small.is_empty() { 0.0 } else { SPACE };
    let body = rows_of(&said) * TEXT_LINE + rows_of(&small) * SMALL_LINE + space;
    let height = HEAD + body + if body > 0.0 { 10.0 } else { 2.0 };
    let whole = std::iter::once(&step.sentence).chain(&step.lines).cloned().collect::<Vec<_>>();
    let card = Card {
        kind: step.kind,
        head: head(step),
        number: step.number.clone(),
        lines: if step.kind == Kind::Asks { Vec::new() } else { said },
        small,
        whole: whole.join("\n"),
    };
    let height = if step.kind == Kind::Asks { HEAD + 4.0 } else { height };
    let mut found = Fragment { height, ..Fragment::default() };
    found.at_least(CARD / 2.0);
    found.shapes.push(Shape::Card { at: (-CARD / 2.0, 0.0), width: CARD, height, card });
    found
}

/// What stands above a card's text.
fn head(step: &Told) -> &'static str {
    match step.kind {
        Kind::Decides if matches!(step.arms.as_slice(), [Arm { way: Way::If, .. }, _]) => {
            "Decides whether"
        }
        Kind::Says => "Says",
        Kind::Notes => "Notes for colleagues",
        Kind::Asks => "Waits for words",
        Kind::Detects => "Lets the AI choose",
        Kind::Verifies => "Asks the visitor to sign in",
        Kind::Answers => "Lets the AI answer",
        Kind::HandsOff => "Hands off to agents",
        Kind::Offers => "Asks with buttons",
        Kind::Form => "Shows a form",
        Kind::Rates => "Asks for a rating",
        Kind::Data => "Sets",
        Kind::Decides => "Decides by",
        Kind::Repeats => "Repeats",
        Kind::Leaves => "Leaves",
        Kind::Runs => "Goes through",
        Kind::Pauses => "Lets time pass",
        Kind::Case => "Creates a Case, and ends",
        Kind::Records => "Creates a Case",
        Kind::Ends => "Ends the conversation",
    }
}

/// One branch.
struct Lane {
    label: String,
    dashed: bool,
    /// Whether it goes on below the step itself.
    straight: bool,
    part: Fragment,
}

impl Lane {
    fn through(label: &str) -> Self {
        let part = Fragment::through();
        Self { label: label.to_owned(), dashed: false, straight: true, part }
    }
}

fn lane(arm: &Arm) -> Lane {
    let mut part = sequence(&arm.steps);
    let is_first = arm.steps.is_empty();
    match arm.then {
        Then::WaitsAgain => part.below(&Fragment::pill(Look::Back, "waits again", false), is_first),
        Then::Again => part.below(&Fragment::pill(Look::Back, "once more", false), is_first),
        Then::Ends => {
            part.below(&Fragment::pill(Look::End, "the conversation ends", false), is_first);
        }
        Then::Nothing => part.exits.clear(),
        Then::GoesOn => {}
    }
    let dashed = matches!(
        arm.way,
        Way::Human
            | Way::Idle
            | Way::Answer
            | Way::Unavailable
            | Way::Refused
            | Way::Answered
            | Way::Agents
    );
    Lane { label: arm.label.clone(), dashed, straight: false, part }
}

fn rows_of(lines: &[String]) -> f64 {
    f64::from(u32::try_from(lines.len()).unwrap_or(u32::MAX))
}

/// Puts branches side by side below a step, whose lower end is at `bottom`.
fn fork(step: &mut Fragment, lanes: Vec<Lane>, bottom: f64, straight: Option<usize>) {
    let labels: Vec<Vec<String>> =
        lanes.iter().map(|lane| lines(&lane.label, SMALL, LABEL, 3)).collect();
    let rows = labels.iter().map(|label| rows_of(label)).fold(0.0, f64::max);
    let turn = bottom + if bottom > 0.0 { FORK } else { 0.0 };
    let label_top = turn + 8.0;
    let top = label_top + rows * SMALL_LINE + 18.0;
    let mut axes = Vec::with_capacity(lanes.len());
    let mut cursor = 0.0;
    for (lane, label) in lanes.iter().zip(&labels) {
        let half = label.iter().map(|line| width(line, SMALL)).fold(0.0, f64::max) / 2.0 + 4.0;
        let (left, right) = (lane.part.left.max(half), lane.part.right.max(half));
        axes.push(cursor + left);
        cursor += left + right + LANE_GAP;
    }
    let middle = match (straight, axes.first(), axes.last()) {
        (Some(at), ..) => axes.get(at).copied().unwrap_or(0.0),
        (None, Some(first), Some(last)) => (first + last) / 2.0,
        _ => 0.0,
    };
    step.left = step.left.max(middle);
    step.right = step.right.max(cursor - LANE_GAP - middle);
    for ((lane, label), axis) in lanes.iter().zip(labels).zip(axes) {
        let x = axis - middle;
        let arrow = !lane.part.shapes.is_empty();
        let dashed = lane.dashed;
        let down = label_top - 2.0;
        let points = match x == 0.0 {
            true => vec![(x, bottom), (x, down)],
            false => vec![(0.0, bottom), (0.0, turn), (x, turn), (x, down)],
        };
        // The line makes room for what stands at it.
        if bottom > 0.0 {
            step.shapes.push(Shape::Line { points, dashed, arrow: false });
        }
        let under = label_top + rows_of(&label) * SMALL_LINE + 2.0;
        let points = vec![(x, under), (x, top)];
        step.shapes.push(Shape::Line { points, dashed, arrow });
        step.shapes.push(Shape::Label { middle: x, top: label_top, lines: label, dashed });
        step.take(&lane.part, (x, top));
        step.exits.extend(lane.part.exits.iter().map(|(ex, ey)| (ex + x, ey + top)));
    }
}

/// What is repeated, in a frame; behind it what follows when it was left or came to its end.
fn repeated(step: &Told) -> Fragment {
    let find = |way| step.arms.iter().find(|arm| arm.way == way);
    let body = find(Way::Round).map(lane).map_or_else(Fragment::through, |lane| lane.part);
    let text = format!("{}  repeats {}", step.number, step.about);
    let mut frame = framed(&body, &text, 36.0);
    let bottom = frame.height;
    frame.exits.clear();
    let left = find(Way::Round).is_some_and(|round| leaves(&round.steps));
    let mut lanes = Vec::new();
    if left {
        lanes.push(Lane::through("when left"));
    }
    if let Some(arm) = find(Way::Exhausted) {
        if arm.steps.is_empty() && !left {
            frame.exits.push((0.0, bottom));
        } else {
            lanes.push(lane(arm));
        }
    }
    if !lanes.is_empty() {
        let straight = lanes.first().filter(|first| first.straight).map(|_| 0);
        fork(&mut frame, lanes, bottom, straight);
    }
    frame
}

/// Whether one of these steps leaves the repeat that they stand in.
fn leaves(steps: &[Told]) -> bool {
    steps.iter().any(|step| {
        step.kind == Kind::Leaves
            || step.arms.iter().any(|arm| {
                // What stands in another repeat leaves that one.
                let inner = step.kind == Kind::Repeats && arm.way == Way::Round;
                !inner && leaves(&arm.steps)
            })
    })
}
