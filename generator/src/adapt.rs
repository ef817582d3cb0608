//! adapt (to be written).
