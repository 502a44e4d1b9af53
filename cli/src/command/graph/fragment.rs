//! Parts of a picture. Places are relative to the top of a part's axis: the line on which it is
//! entered from above.

use tidegate_compiler::tell::Kind;

/// Between two steps that stand below each other.
pub(super) const GAP: f64 = 34.0;

/// A point.
pub(super) type Point = (f64, f64);

/// Something that is drawn.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// A step.
    Card { at: Point, width: f64, height: f64, card: Card },
    /// A beginning, an end, or a way back.
    Pill { middle: Point, width: f64, look: Look, text: String },
    /// A line from step to step, with an arrow where it comes to one.
    Line { points: Vec<Point>, dashed: bool, arrow: bool },
    /// What stands at a line.
    Label { middle: f64, top: f64, lines: Vec<String>, dashed: bool },
    /// What is repeated, or a section.
    Frame { at: Point, width: f64, height: f64, text: String },
}

/// What stands on a card.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) kind: Kind,
    /// `Asks with buttons`
    pub(super) head: &'static str,
    pub(super) number: String,
    /// What it is about.
    pub(super) lines: Vec<String>,
    /// The lines of a form.
    pub(super) small: Vec<String>,
    /// All of it, for who points at it or listens.
    pub(super) whole: String,
}

/// How a pill looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The beginning.
    Begin,
    /// An end.
    End,
    /// A way back.
    Back,
}

/// A part of a picture.
#[derive(Debug, Clone, Default)]
pub(super) struct Fragment {
    /// How far it reaches to the left of its axis.
    pub(super) left: f64,
    /// And to the right.
    pub(super) right: f64,
    pub(super) height: f64,
    pub(super) shapes: Vec<Shape>,
    /// Where control leaves it downwards.
    pub(super) exits: Vec<Point>,
}

impl Fragment {
    /// Nothing at all, left where it is entered.
    pub(super) fn through() -> Self {
        Self { exits: vec![(0.0, 0.0)], ..Self::default() }
    }

    /// One pill.
    pub(super) fn pill(look: Look, text: &str, goes_on: bool) -> Self {
        let width = super::measure::width(text, 12.0) + 28.0;
        let pill = Shape::Pill { middle: (0.0, PILL / 2.0), width, look, text: text.to_owned() };
        Self {
            left: width / 2.0,
            right: width / 2.0,
            height: PILL,
            shapes: vec![pill],
            exits: if goes_on { vec![(0.0, PILL)] } else { Vec::new() },
        }
    }

    /// Reaches so far to both sides at least.
    pub(super) fn at_least(&mut self, side: f64) {
        self.left = self.left.max(side);
        self.right = self.right.max(side);
    }

    /// Takes the shapes of another part, whose axis stands at a point of this one.
    pub(super) fn take(&mut self, other: &Self, (dx, dy): Point) {
        self.left = self.left.max(other.left - dx);
        self.right = self.right.max(other.right + dx);
        self.height = self.height.max(other.height + dy);
        self.shapes.extend(other.shapes.iter().map(|shape| shape.moved(dx, dy)));
    }

    /// Puts another part below, with lines from all exits to it.
    pub(super) fn below(&mut self, other: &Self, is_first: bool) {
        let top = if is_first { self.height } else { self.height + GAP };
        let arrow = !other.shapes.is_empty();
        for exit in std::mem::take(&mut self.exits).into_iter().filter(|_| !is_first) {
            self.shapes.push(joined(exit, top, arrow));
        }
        self.take(other, (0.0, top));
        self.exits = other.exits.iter().map(|(x, y)| (*x, y + top)).collect();
    }
}

/// A pill's height.
pub(super) const PILL: f64 = 26.0;

/// A line from an exit to the axis.
fn joined((x, y): Point, top: f64, arrow: bool) -> Shape {
    let turn = top - GAP / 2.0;
    let points = match x == 0.0 {
        true => vec![(x, y), (0.0, top)],
        false => vec![(x, y), (x, turn), (0.0, turn), (0.0, top)],
    };
    Shape::Line { points, dashed: false, arrow }
}

impl Shape {
    fn moved(&self, dx: f64, dy: f64) -> Self {
        let put = |(x, y): &Point| (x + dx, y + dy);
        match self.clone() {
            Self::Card { at, width, height, card } => {
                Self::Card { at: put(&at), width, height, card }
            }
            Self::Pill { middle, width, look, text } => {
                Self::Pill { middle: put(&middle), width, look, text }
            }
            Self::Line { points, dashed, arrow } => {
                Self::Line { points: points.iter().map(put).collect(), dashed, arrow }
            }
            Self::Label { middle, top, lines, dashed } => {
                Self::Label { middle: middle + dx, top: top + dy, lines, dashed }
            }
            Self::Frame { at, width, height, text } => {
                Self::Frame { at: put(&at), width, height, text }
            }
        }
    }
}
