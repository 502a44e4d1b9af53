//! What every request asks, kept in memory: whose a token is, and whose a conversation.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many answers are young at most; as many older ones are kept beside them.
const YOUNG: usize = 8192;

/// Answers to one question, at most twice [`YOUNG`] of them.
///
/// Whoever changes what an answer says forgets it once the change is durable and before anybody is
/// told of it. What was read from the file before that is not kept any more: see [`Self::keep`].
#[derive(Debug)]
pub(super) struct Known<K, V> {
    answers: Mutex<Answers<K, V>>,
    /// Forgets nothing, so that tests see what forgetting keeps from happening.
    #[cfg(test)]
    deaf: bool,
}

#[derive(Debug)]
struct Answers<K, V> {
    /// Counts what was forgotten.
    forgotten: u64,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

/// When a question began to be looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun(u64);

impl<K: Hash + Eq + Clone, V: Clone> Known<K, V> {
    pub(super) fn new() -> Self {
        let (young, old) = (HashMap::new(), HashMap::new());
        Self {
            answers: Mutex::new(Answers { forgotten: 0, young, old }),
            #[cfg(test)]
            deaf: false,
        }
    }

    #[cfg(test)]
    pub(super) fn deaf() -> Self {
        Self { deaf: true, ..Self::new() }
    }

    fn answers(&self) -> MutexGuard<'_, Answers<K, V>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer, or when looking it up begins.
    pub(super) fn get(&self, key: &K) -> Result<V, Begun> {
        let mut answers = self.answers();
        if let Some(value) = answers.young.get(key) {
            return Ok(value.clone());
        }
        match answers.old.remove(key) {
            Some(value) => {
                answers.put(key.clone(), value.clone());
                Ok(value)
            }
            None => Err(Begun(answers.forgotten)),
        }
    }

    /// Keeps what was looked up, unless something was forgotten meanwhile: it may have been this.
    pub(super) fn keep(&self, begun: Begun, key: K, value: V) {
        let mut answers = self.answers();
        if answers.forgotten == begun.0 {
            answers.put(key, value);
        }
    }

    pub(super) fn forget(&self, key: &K) {
        #[cfg(test)]
        if self.deaf {
            return;
        }
        let mut answers = self.answers();
        answers.forgotten += 1;
        answers.young.remove(key);
        answers.old.remove(key);
    }

    pub(super) fn forget_all(&self) {
        let mut answers = self.answers();
        answers.forgotten += 1;
        answers.young.clear();
        answers.old.clear();
    }
}

impl<K: Hash + Eq, V> Answers<K, V> {
    fn put(&mut self, key: K, value: V) {
        if self.young.len() >= YOUNG {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, YOUNG};

    /// Looks something up while it changes, and gives what is told from then on.
    fn changed_meanwhile(known: &Known<u8, &'static str>) -> &'static str {
        let begun = known.get(&1).unwrap_err();
        known.forget(&1);
        known.keep(begun, 1, "before");
        known.get(&1).unwrap_or_else(|begun| {
            known.keep(begun, 1, "after");
            known.get(&1).unwrap()
        })
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept() {
        let known = Known::new();
        assert_eq!(changed_meanwhile(&known), "after");
        known.forget(&1);
        assert!(known.get(&1).is_err());
    }

    #[test]
    fn without_forgetting_it_would_be() {
        assert_eq!(changed_meanwhile(&Known::deaf()), "before");
    }

    #[test]
    fn what_is_asked_stays_and_the_rest_goes() {
        let known = Known::new();
        for key in 0..4 * YOUNG {
            let begun = known.get(&key).unwrap_err();
            known.keep(begun, key, ());
            known.get(&0).unwrap();
        }
        let answers = known.answers();
        assert!(answers.young.len() + answers.old.len() <= 2 * YOUNG);
        drop(answers);
        known.forget_all();
        assert!(known.get(&0).is_err());
    }
}
