//! conventions (to be written).
