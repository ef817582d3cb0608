//! lower (to be written).
