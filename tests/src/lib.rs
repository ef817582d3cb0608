//! sage-tests.
