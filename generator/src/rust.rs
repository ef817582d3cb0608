//! rust (to be written).
