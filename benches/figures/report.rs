//! Taking times in turns, and the lines that tell of them.

use std::time::{Duration, Instant};

/// Rounds in which the sides take turns. The least of each side counts: whatever else runs on the
/// machine only ever adds.
const ROUNDS: usize = 30;
/// One side's part of a round.
const PART: Duration = Duration::from_millis(4);

/// The lines of one subject.
#[derive(Debug)]
pub(crate) struct Report;

/// What a figure is to reach.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mark {
    /// At most so many times the baseline.
    AtMost(f64),
    /// At least so many times the baseline.
    AtLeast(f64),
}

impl Report {
    pub(crate) fn begin(subject: &str) -> Self {
        println!("\n{subject}");
        Self
    }

    /// A figure, its baseline, their ratio, and the mark.
    pub(crate) fn ratio(
        &mut self,
        figure: &str,
        ours: &str,
        baseline: &str,
        ratio: f64,
        mark: Mark,
    ) {
        let (sign, bound, met) = match mark {
            Mark::AtMost(most) => ("at most", most, ratio <= most),
            Mark::AtLeast(least) => ("at least", least, ratio >= least),
        };
        let met = if met { "met" } else { "MISSED" };
        println!("  {figure:<34} {ours:>16}  {baseline:<34} {ratio:>7.2}x  {sign} {bound}x: {met}");
    }

    /// A figure and its baseline, without a mark.
    pub(crate) fn beside(&mut self, figure: &str, ours: &str, baseline: &str, ratio: f64) {
        println!("  {figure:<34} {ours:>16}  {baseline:<34} {ratio:>7.2}x");
    }

    /// A figure with a bound of its own.
    pub(crate) fn bound(&mut self, figure: &str, ours: f64, unit: &str, mark: Mark) {
        let (sign, bound, met) = match mark {
            Mark::AtMost(most) => ("at most", most, ours <= most),
            Mark::AtLeast(least) => ("at least", least, ours >= least),
        };
        let met = if met { "met" } else { "MISSED" };
        let ours = format!("{} {unit}", number(ours));
        println!("  {figure:<34} {ours:>16}  {:<43} {sign} {bound} {unit}: {met}", "");
    }

    /// A figure without a mark.
    pub(crate) fn note(&mut self, figure: &str, ours: &str) {
        println!("  {figure:<34} {ours:>16}");
    }
}

/// A number with as many digits as say something.
pub(crate) fn number(value: f64) -> String {
    let digits = if value.abs() < 10.0 { 2 } else { usize::from(value.abs() < 100.0) };
    let plain = format!("{value:.digits$}");
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), ""), |(a, b)| (a, b));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && whole.as_bytes()[at - 1] != b'-' {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

/// Nanoseconds of one call of each side, the least of rounds in which they take turns.
pub(crate) fn in_turns<const N: usize>(mut sides: [&mut dyn FnMut(); N]) -> [f64; N] {
    let calls: [u32; N] = std::array::from_fn(|side| calls_in(PART, sides[side]));
    let mut least = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for (side, work) in sides.iter_mut().enumerate() {
            let begun = Instant::now();
            for _ in 0..calls[side] {
                work();
            }
            let one = begun.elapsed().as_secs_f64() * 1e9 / f64::from(calls[side]);
            least[side] = least[side].min(one);
        }
    }
    least
}

fn calls_in(part: Duration, work: &mut dyn FnMut()) -> u32 {
    let mut calls = 1u32;
    loop {
        let begun = Instant::now();
        for _ in 0..calls {
            work();
        }
        if begun.elapsed() >= part || calls > 1 << 24 {
            return calls;
        }
        calls *= 2;
    }
}

/// The value below which this part of all values lies.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let at = (part * last as f64).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}
