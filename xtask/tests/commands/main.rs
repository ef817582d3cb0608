//! The real `xtask`, run on workspaces of its own.

mod codegen;
mod common;
mod interrupted;
