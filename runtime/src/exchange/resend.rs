//! When a request may be sent again: a table, and nothing that depends on time.

use crate::api::Resend;
use crate::transport::Phase;

/// What sending a request twice would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing, as it changes nothing.
    Safe,
    /// Nothing, as the service knows it again by an id and gives the same reply.
    ById,
    /// The same as once; the reply may differ.
    Idempotent,
    /// Harm.
    Never,
}

impl Class {
    /// The class of a request of such an operation.
    pub(crate) fn of(resend: Resend, has_id: bool) -> Self {
        match resend {
            Resend::Safe => Class::Safe,
            Resend::Idempotent | Resend::Never if has_id => Class::ById,
            Resend::Idempotent => Class::Idempotent,
            Resend::Never => Class::Never,
        }
    }
}

/// What became of an attempt, as far as another one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A success.
    Success,
    /// Nothing reached the service.
    NotSent,
    /// 401: the service did not take the token.
    Unauthorized,
    /// 429: the service did not take the request.
    Limited,
    /// It may have been processed.
    Doubtful,
    /// It was processed, and the reply is cut or makes no sense.
    Unreadable,
    /// An answer that another attempt would not change.
    Answer,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: that was it.
    End,
    /// Again after a while.
    Again,
    /// Again with a newer token, once.
    WithNewToken,
    /// Again when the service takes requests.
    WhenOpen,
}

/// The table.
pub(crate) fn verdict(class: Class, outcome: Outcome) -> Verdict {
    use Outcome::{Answer, Doubtful, Limited, NotSent, Success, Unauthorized, Unreadable};
    match (outcome, class) {
        (Success | Answer, _) => Verdict::End,
        (NotSent, _) => Verdict::Again,
        (Unauthorized, _) => Verdict::WithNewToken,
        (Limited, _) => Verdict::WhenOpen,
        (Doubtful, Class::Safe | Class::ById | Class::Idempotent) => Verdict::Again,
        (Doubtful, Class::Never) => Verdict::End,
        (Unreadable, Class::Safe | Class::ById) => Verdict::Again,
        (Unreadable, Class::Idempotent | Class::Never) => Verdict::End,
    }
}

impl Outcome {
    /// What a status says.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            200..300 => Outcome::Success,
            401 => Outcome::Unauthorized,
            429 => Outcome::Limited,
            408 | 500 | 502 | 503 | 504 => Outcome::Doubtful,
            _ => Outcome::Answer,
        }
    }

    /// What a fault says; `status` is that of a reply which began.
    pub(crate) fn of_fault(phase: Phase, status: Option<u16>) -> Self {
        match (phase, status) {
            (Phase::NotSent, None) => Outcome::NotSent,
            (Phase::TooLarge, None) => Outcome::Answer,
            (_, None) => Outcome::Doubtful,
            (phase, Some(status)) => match Outcome::of_status(status) {
                // Its size will not change.
                Outcome::Success if phase == Phase::TooLarge => Outcome::Answer,
                Outcome::Success => Outcome::Unreadable,
                other => other,
            },
        }
    }

    /// May the request have been processed though there is no good reply?
    pub(crate) fn leaves_doubt(self) -> bool {
        matches!(self, Outcome::Doubtful | Outcome::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome::{self, Answer, Doubtful, Limited, NotSent, Success, Unauthorized, Unreadable};
    use super::Verdict::{Again, End, WhenOpen, WithNewToken};
    use super::{Class, verdict};
    use crate::api::Resend;
    use crate::transport::Phase;

    #[test]
    fn r01_the_table_of_resends() {
        let table = [
            //             Safe           ById           Idempotent     Never
            (Success, [End, End, End, End]),
            (NotSent, [Again, Again, Again, Again]),
            (Unauthorized, [WithNewToken, WithNewToken, WithNewToken, WithNewToken]),
            (Limited, [WhenOpen, WhenOpen, WhenOpen, WhenOpen]),
            (Doubtful, [Again, Again, Again, End]),
            (Unreadable, [Again, Again, End, End]),
            (Answer, [End, End, End, End]),
        ];
        for (outcome, verdicts) in table {
            for (class, expected) in
                [Class::Safe, Class::ById, Class::Idempotent, Class::Never].into_iter().zip(verdicts)
            {
                assert_eq!(verdict(class, outcome), expected, "{outcome:?} {class:?}");
            }
        }
    }

    #[test]
    fn r01_an_id_makes_a_resend_safe() {
        let classes = [Resend::Safe, Resend::Idempotent, Resend::Never];
        assert_eq!(classes.map(|resend| Class::of(resend, false)), [Class::Safe, Class::Idempotent, Class::Never]);
        assert_eq!(classes.map(|resend| Class::of(resend, true)), [Class::Safe, Class::ById, Class::ById]);
    }

    #[test]
    fn r01_what_statuses_and_faults_say() {
        for status in 100..1000 {
            let expected = match status {
                200..=299 => Success,
                401 => Unauthorized,
                429 => Limited,
                408 | 500 | 502 | 503 | 504 => Doubtful,
                _ => Answer,
            };
            assert_eq!(Outcome::of_status(status), expected, "{status}");
        }
        let table = [
            (Phase::NotSent, None, NotSent),
            (Phase::TimedOut, None, Doubtful),
            (Phase::Unknown, None, Doubtful),
            (Phase::TooLarge, None, Answer),
            (Phase::TooLarge, Some(200), Answer),
            (Phase::TooLarge, Some(401), Unauthorized),
            (Phase::TooLarge, Some(422), Answer),
            (Phase::TooLarge, Some(429), Limited),
            (Phase::TooLarge, Some(502), Doubtful),
            (Phase::TimedOut, Some(200), Unreadable),
            (Phase::Unknown, Some(201), Unreadable),
            (Phase::Unknown, Some(503), Doubtful),
            (Phase::Unknown, Some(422), Answer),
            (Phase::Unknown, Some(429), Limited),
        ];
        for (phase, status, expected) in table {
            assert_eq!(Outcome::of_fault(phase, status), expected, "{phase:?} {status:?}");
        }
    }
}
