//! Programs against the proofs: what is found, and on which way.

mod cache;
mod hours;
mod paths;
mod repeats;
mod replies;
mod scale;
mod silent;
mod sound;
mod support;
