//! `sage-codegen`: the generator as a command of its own.

fn main() {}
