//! sage-runtime.
