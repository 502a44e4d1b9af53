//! Whether a plan writes given bytes, without writing them.

use minicbor::Encoder;
use minicbor::encode::Write;

use crate::model::Plan;

/// The first byte in which what a plan writes is not what is expected.
pub(super) fn first_difference(plan: &Plan, expected: &[u8]) -> Option<usize> {
    let mut encoder = Encoder::new(Expected { left: expected });
    let written = encoder.encode(plan).is_ok();
    let left = encoder.into_writer().left;
    (!written || !left.is_empty()).then(|| expected.len() - left.len())
}

/// Takes exactly the expected bytes.
struct Expected<'a> {
    left: &'a [u8],
}

/// Other bytes came than were expected.
#[derive(Debug)]
struct Different;

impl Write for Expected<'_> {
    type Error = Different;

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Different> {
        match self.left.strip_prefix(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let same = self.left.iter().zip(bytes).take_while(|(a, b)| a == b).count();
                self.left = &self.left[same..];
                Err(Different)
            }
        }
    }
}
