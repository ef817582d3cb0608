//! Every place in the IR, for a change of all of them.

use super::{Api, Kind};
use crate::source::Place;

/// Calls `change` on every place in `api`.
pub fn each_place(api: &mut Api, change: &mut impl FnMut(&mut Place)) {
    for operation in &mut api.operations {
        change(&mut operation.place);
        operation.path.parameters.iter_mut().for_each(|parameter| change(&mut parameter.place));
        operation.parameters.iter_mut().for_each(|parameter| change(&mut parameter.place));
        operation.body.iter_mut().for_each(|body| change(&mut body.place));
        operation.replies.iter_mut().for_each(|reply| change(&mut reply.place));
    }
    for schema in &mut api.schemas {
        change(&mut schema.place);
        if let Kind::Object(object) = &mut schema.kind {
            object.properties.iter_mut().for_each(|property| change(&mut property.place));
        }
    }
}
