//! sage-api.
