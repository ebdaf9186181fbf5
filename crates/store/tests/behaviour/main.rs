//! How a store behaves, as its users see it.

#![expect(clippy::unwrap_used, reason = "a test that panics is a test that fails")]

mod artifacts;
mod fixture;
mod laws;
mod places;
mod processes;
mod sessions;
