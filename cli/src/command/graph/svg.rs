//! The picture as SVG: light or dark as its reader likes it, and told in words to who does not see it.

use std::fmt::Write;

use tidegate_compiler::tell::{Kind, Story};
use tidegate_diagnostics::is_harmful;

use super::fragment::{Card, Fragment, Look, PILL, Point, Shape};
use super::layout::{HEAD, SMALL, SMALL_LINE, SPACE, TEXT, TEXT_LINE};

/// Around everything.
const MARGIN: f64 = 32.0;
/// Above everything, for the title.
const TITLE: f64 = 56.0;
/// How round the corners of lines are.
const ROUND: f64 = 9.0;

const STYLE: &str = "\
svg{--page:#fbfbfd;--ink:#1c2330;--soft:#5b6678;--line:#8a94a6;--card:#fff;--rim:#d9dee8;--frame:#f1f3f8;\
--says:#2f6fde;--asks:#7a4fd6;--data:#5f6b7d;--decides:#c2780c;--part:#0e8a9a;--case:#1a8a55;--end:#c03a4b}\
@media (prefers-color-scheme:dark){svg{--page:#12151c;--ink:#e8ecf4;--soft:#9aa6b8;--line:#6c788c;--card:#1b202b;\
--rim:#2d3544;--frame:#171b24;--says:#6ea2ff;--asks:#b093ff;--data:#9aa6b8;--decides:#f0b056;--part:#4cc6d6;\
--case:#4fcb8f;--end:#ff8090}}\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:var(--ink)}\
.page{fill:var(--page)}.title{font-size:20px;font-weight:650}.under{font-size:12.5px;fill:var(--soft)}\
.card{fill:var(--card);stroke:var(--rim)}.head{font-size:11px;font-weight:650;letter-spacing:.02em;fill:var(--tone)}\
.number{font-size:11px;fill:var(--soft);text-anchor:end}.text{font-size:13px}.small{font-size:11.5px;fill:var(--soft)}\
.bar{fill:var(--tone)}.line{fill:none;stroke:var(--line);stroke-width:1.5}.dashed{stroke-dasharray:4 4}\
.arrow{fill:var(--line)}.label{font-size:11.5px;text-anchor:middle}.outcome{fill:var(--soft);font-style:italic}\
.pill{stroke-width:1.2}.pill-text{font-size:12px;text-anchor:middle}\
.begin .pill{fill:var(--ink);stroke:var(--ink)}.begin .pill-text{fill:var(--page)}\
.end .pill{fill:var(--page);stroke:var(--end)}.end .pill-text{fill:var(--end)}\
.back .pill{fill:var(--page);stroke:var(--line);stroke-dasharray:3 3}.back .pill-text{fill:var(--soft)}\
.frame{fill:var(--frame);stroke:var(--rim);stroke-dasharray:5 4}.frame-text{font-size:11.5px;fill:var(--soft)}\
.says{--tone:var(--says)}.asks{--tone:var(--asks)}.data{--tone:var(--data)}.decides{--tone:var(--decides)}\
.part{--tone:var(--part)}.case{--tone:var(--case)}.ends{--tone:var(--end)}.case .card,.ends .card{stroke:var(--tone)}";

/// The whole picture.
pub(super) fn picture(story: &Story, drawn: &Fragment) -> String {
    let name = &story.workflow;
    let under = under(story, drawn);
    let title_room = super::measure::width(name, 22.0).max(super::measure::width(&under, 12.5));
    let width = (drawn.left + drawn.right).max(title_room) + 2.0 * MARGIN;
    let height = drawn.height + TITLE + 2.0 * MARGIN;
    let mut out = String::new();
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-labelledby="title desc">"#,
        w = round(width),
        h = round(height)
    );
    let _ = writeln!(out, r#"<title id="title">What {} does</title>"#, safe(name));
    let _ = writeln!(out, r#"<desc id="desc">{}</desc>"#, safe(&described(story, &under)));
    let _ = writeln!(out, "<style>{STYLE}</style>");
    let _ = writeln!(out, r#"<rect class="page" width="100%" height="100%"/>"#);
    let _ = writeln!(out, r#"<text class="title" x="{MARGIN}" y="44">{}</text>"#, safe(name));
    let _ = writeln!(out, r#"<text class="under" x="{MARGIN}" y="66">{}</text>"#, safe(&under));
    let _ = writeln!(
        out,
        r#"<g transform="translate({} {})">"#,
        round(drawn.left + MARGIN),
        round(TITLE + MARGIN)
    );
    let frames = drawn.shapes.iter().filter(|shape| matches!(shape, Shape::Frame { .. }));
    frames.for_each(|shape| draw(&mut out, shape));
    let lines = drawn.shapes.iter().filter(|shape| matches!(shape, Shape::Line { .. }));
    lines.for_each(|shape| draw(&mut out, shape));
    let others = drawn.shapes.iter();
    let others = others.filter(|shape| !matches!(shape, Shape::Frame { .. } | Shape::Line { .. }));
    others.for_each(|shape| draw(&mut out, shape));
    out.push_str("</g>\n</svg>\n");
    out
}

/// What stands below the title.
fn under(story: &Story, drawn: &Fragment) -> String {
    let cards = |kinds: &[Kind]| {
        let cards = drawn.shapes.iter().filter(
            |shape| matches!(shape, Shape::Card { card, .. } if kinds.contains(&card.kind)),
        );
        cards.count()
    };
    let questions = cards(&[Kind::Asks, Kind::Verifies, Kind::Offers, Kind::Form, Kind::Rates]);
    let cases = cards(&[Kind::Case, Kind::Records]);
    let begins = match (&story.starts, story.run_by.as_slice()) {
        (Some(starts), _) => format!("begins when {}", starts.words()),
        (None, []) => "begun by nothing".to_owned(),
        (None, by) => format!("a part of {}", by.join(", ")),
    };
    let mut said = vec![begins];
    for (count, what) in [(questions, "question"), (cases, "Case")] {
        if count > 0 {
            said.push(crate::report::plural(count, what));
        }
    }
    said.join(" · ")
}

/// The steps in words, for who does not see the picture.
fn described(story: &Story, under: &str) -> String {
    let mut said = format!("{under}.");
    for step in &story.steps {
        let _ = write!(said, " {}. {}.", step.number, step.sentence);
    }
    said
}

fn draw(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Card { at, width, height, card } => draw_card(out, *at, (*width, *height), card),
        Shape::Pill { middle, width, look, text } => pill(out, *middle, *width, *look, text),
        Shape::Line { points, dashed, arrow } => line(out, points, *dashed, *arrow),
        Shape::Label { middle, top, lines, dashed } => {
            let class = if *dashed { "label outcome" } else { "label" };
            for (row, text) in (1u32..).zip(lines) {
                let y = top + f64::from(row) * SMALL_LINE - 3.0;
                text_at(out, class, (*middle, y), text);
            }
        }
        Shape::Frame { at: (x, y), width, height, text } => {
            let _ = writeln!(
                out,
                r#"<rect class="frame" x="{}" y="{}" width="{}" height="{}" rx="14"/>"#,
                round(*x),
                round(*y),
                round(*width),
                round(*height)
            );
            text_at(out, "frame-text", (x + 16.0, y + 21.0), text);
        }
    }
}

/// The family of a step, by which it is coloured.
fn family(kind: Kind) -> &'static str {
    match kind {
        Kind::Says | Kind::Notes => "says",
        Kind::Asks | Kind::Verifies | Kind::Offers | Kind::Form | Kind::Rates | Kind::Answers => {
            "asks"
        }
        Kind::Data | Kind::Pauses | Kind::Detects | Kind::HandsOff => "data",
        Kind::Decides | Kind::Repeats | Kind::Leaves => "decides",
        Kind::Runs => "part",
        Kind::Case | Kind::Records => "case",
        Kind::Ends => "ends",
    }
}

fn draw_card(out: &mut String, (x, y): Point, (width, height): (f64, f64), card: &Card) {
    let _ =
        writeln!(out, r#"<g class="{}"><title>{}</title>"#, family(card.kind), safe(&card.whole));
    let _ = writeln!(
        out,
        r#"<rect class="card" x="{}" y="{}" width="{}" height="{}" rx="9"/>"#,
        round(x),
        round(y),
        round(width),
        round(height)
    );
    let _ = writeln!(
        out,
        r#"<rect class="bar" x="{}" y="{}" width="3" height="{}" rx="1.5"/>"#,
        round(x + 6.0),
        round(y + 8.0),
        round(height - 16.0)
    );
    text_at(out, "head", (x + 16.0, y + 18.0), card.head);
    text_at(out, "number", (x + width - 12.0, y + 18.0), &card.number);
    let mut below = y + HEAD;
    for text in &card.lines {
        below += TEXT_LINE;
        text_at(out, "text", (x + 16.0, below - TEXT_LINE + TEXT + 2.0), text);
    }
    if !card.lines.is_empty() {
        below += SPACE;
    }
    for text in &card.small {
        below += SMALL_LINE;
        text_at(out, "small", (x + 16.0, below - SMALL_LINE + SMALL + 2.0), text);
    }
    out.push_str("</g>\n");
}

fn pill(out: &mut String, (x, y): Point, width: f64, look: Look, text: &str) {
    let class = match look {
        Look::Begin => "begin",
        Look::End => "end",
        Look::Back => "back",
    };
    let _ = writeln!(out, r#"<g class="{class}">"#);
    let _ = writeln!(
        out,
        r#"<rect class="pill" x="{}" y="{}" width="{}" height="{PILL}" rx="13"/>"#,
        round(x - width / 2.0),
        round(y - PILL / 2.0),
        round(width)
    );
    text_at(out, "pill-text", (x, y + 4.0), text);
    out.push_str("</g>\n");
}

/// A line with round corners.
fn line(out: &mut String, points: &[Point], dashed: bool, arrow: bool) {
    let class = if dashed { "line dashed" } else { "line" };
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let mut path = format!("M{} {}", round(first.0), round(first.1));
    for three in points.windows(3) {
        let [before, corner, after] = three else { continue };
        let (near, far) = (toward(*corner, *before), toward(*corner, *after));
        let _ = write!(
            path,
            "L{} {}Q{} {} {} {}",
            round(near.0),
            round(near.1),
            round(corner.0),
            round(corner.1),
            round(far.0),
            round(far.1)
        );
    }
    let tip = if arrow { last.1 - 4.0 } else { last.1 };
    let _ = write!(path, "L{} {}", round(last.0), round(tip));
    let _ = writeln!(out, r#"<path class="{class}" d="{path}"/>"#);
    if arrow {
        let (x, y) = (last.0, last.1);
        let _ = writeln!(
            out,
            r#"<path class="arrow" d="M{} {}l-4.5 -8h9z"/>"#,
            round(x),
            round(y - 0.5)
        );
    }
}

/// A point near a corner on the way to another one.
fn toward((x, y): Point, (tx, ty): Point) -> Point {
    let length = (tx - x).hypot(ty - y);
    let share = if length == 0.0 { 0.0 } else { (ROUND / length).min(0.5) };
    (x + (tx - x) * share, y + (ty - y) * share)
}

fn text_at(out: &mut String, class: &str, (x, y): Point, text: &str) {
    let (x, y, text) = (round(x), round(y), safe(text));
    let _ = writeln!(out, r#"<text class="{class}" x="{x}" y="{y}">{text}</text>"#);
}

/// A number with one digit behind the point at most.
fn round(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A text of others, of which nothing is a mark, and nothing hides or reorders what stands around.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push(' '),
            harmful if is_harmful(harmful) => out.extend(harmful.escape_unicode()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn no_text_is_a_mark() {
        let hostile = "</text><script>alert(1)</script>&\"\u{1b}\u{202e}";
        let shown = "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;\\u{1b}\\u{202e}";
        assert_eq!(safe(hostile), shown);
    }
}
