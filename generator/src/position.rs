//! position (to be written).
