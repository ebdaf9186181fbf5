//! What each call changes: calls in, effects out.

mod catalog;
mod library;
mod lineapy;
mod operator;
mod problem;
mod readme;
mod standard_library;
mod state;
mod support;
mod version;
