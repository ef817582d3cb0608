//! A small API as generated code has it; written by hand, so that the emitter has something to agree with.

#![allow(dead_code, reason = "each test uses its part")]

pub mod model;
