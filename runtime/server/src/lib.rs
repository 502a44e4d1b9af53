//! The Messenger API and the workers that perform effects.
