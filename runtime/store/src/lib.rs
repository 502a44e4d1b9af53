//! Durable storage of conversations, effects, visitors and plans.
