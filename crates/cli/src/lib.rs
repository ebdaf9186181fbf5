//! The terminal's door: the commands of clew.
