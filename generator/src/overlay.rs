//! overlay (to be written).
