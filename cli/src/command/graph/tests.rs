//! Whatever a workflow is made of, nothing in its picture covers anything else.

use tidegate_compiler::tell::{Arm, Kind, Starts, Story, Then, Told, Way};

use super::fragment::{Fragment, PILL, Shape};
use super::layout::layout;
use super::svg::picture;

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn text(&mut self) -> String {
        "What can we do for you and yours? ".repeat(usize::try_from(self.roll(6)).unwrap())
    }

    fn steps(&mut self, depth: u32) -> Vec<Told> {
        (0..self.roll(4)).map(|_| self.step(depth)).collect()
    }

    fn step(&mut self, depth: u32) -> Told {
        const ALONE: [Kind; 6] =
            [Kind::Says, Kind::Asks, Kind::Data, Kind::Runs, Kind::Records, Kind::Ends];
        const BRANCHING: [(Kind, Way); 6] = [
            (Kind::Offers, Way::Button),
            (Kind::Decides, Way::If),
            (Kind::Decides, Way::Value),
            (Kind::Form, Way::Idle),
            (Kind::Case, Way::Answer),
            (Kind::Repeats, Way::Round),
        ];
        let one = usize::try_from(self.roll(6)).unwrap();
        let (kind, way) = match depth == 0 || self.roll(3) == 0 {
            true => (ALONE[one], None),
            false => (BRANCHING[one].0, Some(BRANCHING[one].1)),
        };
        let count = if kind == Kind::Repeats { 2 } else { 1 + self.roll(4) };
        let arms = way.into_iter().flat_map(|way| (0..count).map(move |at| (at, way)));
        let arms: Vec<(u64, Way)> = arms.collect();
        let arms = arms.into_iter().map(|(at, way)| self.arm(depth, at, way)).collect();
        Told {
            number: "1".into(),
            id: "w/step".into(),
            kind,
            sentence: "A step".into(),
            about: self.text(),
            lines: (0..self.roll(9)).map(|_| self.text()).collect(),
            arms,
            goes_on: !matches!(kind, Kind::Ends | Kind::Case),
        }
    }

    fn arm(&mut self, depth: u32, at: u64, way: Way) -> Arm {
        const THENS: [Then; 4] = [Then::GoesOn, Then::WaitsAgain, Then::Ends, Then::Nothing];
        let way = if way == Way::Round && at == 1 { Way::Exhausted } else { way };
        let then = THENS[usize::try_from(self.roll(4)).unwrap()];
        Arm {
            number: "1a".into(),
            way,
            when: "If so".into(),
            label: self.text(),
            steps: self.steps(depth - 1),
            then: if way == Way::Round { Then::Again } else { then },
        }
    }

    fn story(&mut self) -> Story {
        Story {
            workflow: "support".into(),
            starts: (self.roll(2) == 0).then(|| Starts {
                event: "a customer opens the Messenger".into(),
                only: (self.roll(2) == 0).then(|| self.text()),
                background: self.roll(2) == 0,
            }),
            run_by: Vec::new(),
            steps: (0..8).map(|_| self.step(4)).collect(),
            comes_to_end: self.roll(2) == 0,
            defaults: (0..self.roll(4)).map(|at| self.arm(2, at, Way::Idle)).collect(),
        }
    }
}

/// Left, top, right and lower end of what stands there.
type Place = (f64, f64, f64, f64);

fn boxes(drawn: &Fragment) -> Vec<Place> {
    let place = |shape: &Shape| match shape {
        Shape::Card { at: (x, y), width, height, .. } => Some((*x, *y, x + width, y + height)),
        Shape::Pill { middle: (x, y), width, .. } => {
            Some((x - width / 2.0, y - PILL / 2.0, x + width / 2.0, y + PILL / 2.0))
        }
        _ => None,
    };
    drawn.shapes.iter().filter_map(place).collect()
}

fn overlap(one: Place, other: Place) -> bool {
    one.0 < other.2 - 0.5 && other.0 < one.2 - 0.5 && one.1 < other.3 - 0.5 && other.1 < one.3 - 0.5
}

fn segments(drawn: &Fragment) -> Vec<Place> {
    let lines = drawn.shapes.iter().filter_map(|shape| match shape {
        Shape::Line { points, .. } => Some(points),
        _ => None,
    });
    let segments = lines.flat_map(|points| points.windows(2));
    segments
        .map(|two| {
            let ((ax, ay), (bx, by)) = (two[0], two[1]);
            (ax.min(bx) - 0.6, ay.min(by) - 0.1, ax.max(bx) + 0.6, ay.max(by) + 0.1)
        })
        .collect()
}

#[test]
fn no_step_covers_another_and_no_line_goes_through_one() {
    let mut dice = Dice(7);
    for round in 0..60 {
        let drawn = layout(&dice.story());
        let boxes = boxes(&drawn);
        for (at, one) in boxes.iter().enumerate() {
            let inside = -drawn.left <= one.0 && one.2 <= drawn.right && one.3 <= drawn.height;
            assert!(inside, "round {round}: {one:?} stands outside");
            let other = boxes[at + 1..].iter().find(|other| overlap(*one, **other));
            assert_eq!(other, None, "round {round}: {one:?} is covered");
        }
        for line in segments(&drawn) {
            let through = boxes.iter().find(|one| overlap(**one, line));
            assert_eq!(through, None, "round {round}: {line:?} goes through");
        }
    }
}

#[test]
fn a_card_pushed_onto_its_neighbour_is_found() {
    let mut drawn = layout(&Dice(7).story());
    let last = drawn.shapes.iter().rposition(|shape| matches!(shape, Shape::Card { .. })).unwrap();
    let copy = drawn.shapes[last].clone();
    drawn.shapes.push(copy);
    let boxes = boxes(&drawn);
    let covered = |at: usize| boxes[at + 1..].iter().any(|other| overlap(boxes[at], *other));
    assert!((0..boxes.len()).any(covered));
}

#[test]
fn every_mark_that_begins_ends() {
    let story = Dice(3).story();
    let picture = picture(&story, &layout(&story));
    for mark in ["g", "text", "title", "desc", "style", "svg"] {
        let (begun, ended) = (format!("<{mark}"), format!("</{mark}>"));
        let begun = picture
            .match_indices(&begun)
            .filter(|(at, _)| picture[at + begun.len()..].starts_with([' ', '>']));
        assert_eq!(begun.count(), picture.matches(&ended).count(), "{mark}");
    }
}
