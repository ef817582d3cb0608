//! Faults in what models carry.

use super::Fault;

const MODEL: &str = "runtime/src/model.rs";
const WRITER: &str = "runtime/src/json/writer.rs";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a number is written otherwise than it came",
        file: "runtime/src/value.rs",
        find: "let plain = !T::HAS_FORMS || ",
        replace: "let plain = true || ",
        target: "--test json",
        test: "numbers_and_dates_are_written_back_as_they_came",
    },
    Fault {
        name: "how a number came wins over the one that was set",
        file: WRITER,
        find: " && self.out.get(position..) == Some(usual)",
        replace: " && !usual.is_empty()",
        target: "--test json",
        test: "a_set_field_wins_over_the_memory_of_how_it_was_written",
    },
    Fault {
        name: "what a model does not know is dropped",
        file: MODEL,
        find: "if !writer.is_known_only() && !is_set(model, name)",
        replace: "if writer.is_known_only() && !is_set(model, name)",
        target: "--test json",
        test: "nothing_is_lost",
    },
];
