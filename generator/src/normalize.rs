//! normalize (to be written).
