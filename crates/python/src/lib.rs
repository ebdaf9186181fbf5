//! The Python package clew.
