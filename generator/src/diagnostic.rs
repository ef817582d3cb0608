//! diagnostic (to be written).
