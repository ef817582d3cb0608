//! The table of codes: stable id, severity, title, and the paragraph that `explain CODE` prints.

use std::fmt;

use super::Severity;

macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $title:literal, $text:literal;)*) => {
        /// A kind of diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $title, ".")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The stable id: `D101`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$name => $id,)* }
            }

            /// How bad it is, unless a stage says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// In a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// In a paragraph.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

// One block a stage. Numbers are never used again once they were published.
codes! {
// Inputs, before they are read.
Settings = "D111", Error, "the settings of an API cannot be read",
    "`api.toml` is not TOML, or holds a setting that is not known, or lacks one that is needed. The settings of \
     `specs/accounting/api.toml` are an example of all of them.";
MissingFile = "D112", Error, "a file that the settings name does not exist",
    "`documents` and `overlay` in `api.toml` name files relative to the folder of `api.toml`. Put the file there, \
     or correct the name. In the workspace of the generator `cargo xtask specs import` makes the documents.";
NotText = "D113", Error, "the file is not UTF-8 text",
    "Documents and settings are read as UTF-8. Save the file in this encoding.";
SameModule = "D114", Error, "two APIs have the same module",
    "`module` in `api.toml` is the folder of the API in the generated crate, so each API needs one of its own.";
NoServer = "D116", Warning, "no document says where the service is",
    "A client sends its requests to the first server of the documents whose address starts with `https://`. Here \
     there is none: `servers` (in Swagger 2.0 `host`) is missing, or is relative to an address that is not known. \
     `https://localhost` stands in for it. Name the server with `--server URL`, or have the users of the client set \
     it with `base_url` of its builder.";
Unaccounted = "B902", Error, "something of the document disappeared",
    "What stands in the documents is counted independently of what is generated. Here the two disagree: something is \
     neither emitted nor listed as skipped. Please report it, with the document if you may share it.";
Failed = "B901", Error, "the generator failed",
    "A stage of the generator stopped in a way that no document should cause. Please report it, with the document if \
     you may share it.";

// Reading.
Syntax = "D101", Error, "the text is neither JSON nor YAML",
    "The file cannot be read as JSON or as YAML 1.2. A text that starts with `{` or `[` and goes on like JSON is \
     read as JSON, any other as YAML. The position is where reading stopped; the fault is there or just before it.";
DuplicateKey = "D102", Error, "a key stands twice in one object",
    "Two members of one object have the same key, so one of them would be lost. Readers differ in which one they \
     keep; remove or rename one of them.";
Nesting = "D103", Error, "the document nests too deeply",
    "Documents may nest 128 levels. No real document comes near it; this limit keeps a hostile one from exhausting \
     the stack.";
Alias = "D104", Error, "aliases are recursive or grow beyond measure",
    "A YAML alias copies its anchor. An alias inside of its own anchor has no end, and aliases of aliases can make \
     gigabytes of a few lines; copies may take 2 MB, and beyond that sixteen times what the text does.";
SeveralDocuments = "D105", Error, "one file holds several YAML documents",
    "A line `---` starts a second YAML document. Put each document into a file of its own.";
UnknownDialect = "D106", Error, "the document is of no known format",
    "A document says what it is: `openapi: 3.0.x` or `3.1.x`, `swagger: \"2.0\"`, `overlay: 1.0.0`, or for a Postman \
     collection the address of its schema in `info.schema`. This one says none of them.";

PostmanV1 = "D107", Error, "the collection is of Postman's format v1",
    "Collections are read in the formats v2.0 and v2.1. Postman itself has not written v1 for years: open the collection \
     in Postman and export it as v2.1, or convert it with `postman-collection-transformer`.";

// Adapting to OpenAPI 3.0.
WrongKind = "D121", Error, "something of another kind was expected",
    "The format of the document wants an object, a list or a text here and found something else. The part is left \
     out; a correction in the overlay can mend it.";
SecondBody = "D122", Error, "an operation has more than one body",
    "In Swagger 2.0 an operation has at most one parameter `in: body`, or any number of parameters `in: formData`, \
     never both. The first body is kept.";
FileParameter = "D123", Warning, "a file stands outside of a form",
    "In Swagger 2.0 `type: file` is for parameters `in: formData` and for responses. Elsewhere it is read as text.";
Keyword = "U121", Warning, "a keyword of the schema has no like in OpenAPI 3.0",
    "OpenAPI 3.1 allows all of JSON Schema. Keywords that only narrow what a value may be (`if`, `contains`, \
     `patternProperties` …) are left out: the types accept more than the document does, and never less. Tuples \
     become lists of any of their items.";
Webhooks = "U122", Note, "webhooks are left out",
    "Webhooks of OpenAPI 3.1 are requests that the service sends. A client receives them in its own server, which is \
     not generated.";
CollectionFormat = "U123", Warning, "a list is written in an unsupported way",
    "Swagger 2.0 separates the values of a list by commas, spaces, bars, tabs, or by repeating the parameter. Tabs, \
     and words that Swagger does not know, are not supported; commas are used.";

// Reading collections.
CollectionItem = "D131", Warning, "an item of a collection is neither a folder nor a request",
    "An item of a Postman collection has `item` if it is a folder, and `request` if it is one. This one has neither, or \
     something of another kind; it is left out.";
Request = "D132", Warning, "a request of a collection makes no operation",
    "An operation needs an address and one of HTTP's methods: GET, PUT, POST, DELETE, OPTIONS, HEAD, PATCH or TRACE. \
     Only this request is left out.";
Contradiction = "D133", Warning, "a collection contradicts a document",
    "An operation stands in a document and in a collection, and the two do not agree. The document rules the types. If it \
     is wrong, correct it in `overlay.yaml`; if the collection is, an action there with `x-document` corrects that.";
Scripts = "U131", Note, "scripts of a collection are left out",
    "Scripts run in Postman before and after requests. They are counted, and nothing of them is run or generated.";
Way = "U132", Note, "a way to log in is not supported",
    "Clients send bearer tokens, and keys in headers or in the query. Requests of the collection log in otherwise: a \
     transport of your own can add what is needed.";
OtherServer = "U133", Note, "a request goes to another host",
    "A client has one base URL. Most requests of the collection share one; this one goes elsewhere, and the client \
     sends it to the base URL like all others. If that is wrong, generate from a collection without such requests.";

LeftOut = "U134", Note, "parts of a collection are left out",
    "Postman sends what a client cannot: a body with GET, say, or a parameter whose name is a variable. Of two bodies of one \
     operation and media type that have nothing in common the first counts. What is left out is no part of the client; the \
     rest of the request is.";
CollectionBody = "D134", Warning, "a body of a collection cannot be read whole",
    "Types are inferred from bodies that were saved. One that is declared as JSON and is none, because it was cut short, say, \
     proves nothing: any JSON is taken. A mode of bodies that Postman does not have, and members whose names are variables \
     that nothing sets, are left out.";
Guess = "D135", Note, "a word in a path is taken for an id",
    "A request has a word with digits or in capitals where other requests, or the document, have something to be given. \
     It is taken for a value of that. If it is a path of its own, describe it in the document: what stands there word for word \
     is never taken for anything else.";
OnlyEnvironment = "D136", Error, "there is an environment and no collection",
    "An environment sets variables that the requests of a collection use. By itself it describes no operation, so that \
     there would be nothing in the client.";

// Importing a vendor's documents.
ImportConflict = "D141", Error, "two documents of one API contradict each other",
    "Documents of one API may repeat a path or a schema, and then they must say the same. Here they differ, so that \
     one of them would be lost. Decide which is right and take the other out of the documents.";
UnreadTerms = "D142", Warning, "a line on availability or roles is not understood",
    "Availability and roles stand in the prose of the documents, in sections that the import reads. This line of such \
     a section has a form that it does not know, and is missing in the facts.";

// Corrections.
OverlayForm = "D151", Error, "an action of the overlay is malformed",
    "An overlay says `overlay: 1.0.0` and has a list `actions`. An action has a `target`, an `x-reason`, an `x-expect` \
     and either `update` or `remove: true`; `x-document` names the document where the API has several.";
OverlayTarget = "D152", Error, "the target of an action is no JSONPath, or none that is supported",
    "Targets are JSONPath: `$`, `.name`, `['name']`, `[0]`, `*`, `..`, and conditions such as `[?@.type == 'object']`. \
     Slices and functions are not supported.";
OverlayStale = "D153", Error, "an action does not fit the document, or not any more",
    "An action is applied only where it finds what it expects, and it must change something. Perhaps the vendor has \
     corrected the document: then remove the action. Perhaps something was renamed: then write the target anew.";

// Witnesses.
WitnessForm = "D161", Error, "a witness cannot be read",
    "A witness is a file in `witness/` beside the documents: a reply as it came, in a file that is called after its \
     operation (`contacts.list.json`), or an object with `operation`, `note`, `request` and `reply`. `CONTRIBUTING.md` \
     describes both.";
WitnessOperation = "D162", Error, "a witness is of no operation",
    "A witness names its operation by method and path template, spelled as in the document (`GET /contacts/{key}`), or by \
     resource and method of the client (`contacts.get`). There is none of this name.";
Witness = "D163", Error, "a witness contradicts the document",
    "What was really sent or answered does not fit the types that the documents ask for, so that the client could not \
     read it or would write it back changed. One of the two is wrong. If it is the document, an action in the overlay \
     corrects it, or a convention in `api.toml` where it is wrong in the same way everywhere.";
Untested = "U161", Note, "a part of a witness makes no test",
    "What is no JSON cannot be compared; bodies other than JSON are not rebuilt; and a request that lacks what its \
     operation needs cannot be sent.";

// Normalizing: schemas.
Schema = "D301", Error, "a schema cannot be read",
    "The schema is not what OpenAPI 3.0 allows: a member has another type than it must have. Only this schema is \
     lost; what uses it is listed among what was skipped.";
DanglingReference = "D302", Error, "a reference points at nothing",
    "A `$ref` is a JSON pointer into its own document, such as `#/components/schemas/Contact`. Nothing stands where \
     this one points, or it is no pointer. If the document is wrong, correct it in `overlay.yaml`.";
ReferenceCycle = "D303", Error, "references lead round in a circle",
    "A schema may contain itself, in a property or in a list. But a reference that leads only to references, or an \
     `allOf` that contains itself, describes nothing.";
AllOfConflict = "D304", Warning, "`allOf` joins what excludes each other",
    "`allOf` asks a value to meet every schema in it. Objects are joined, and limits are added up; but no value is \
     an object and text at once. Properties rule where there are any; otherwise any JSON value is taken.";
EnumValues = "D305", Note, "an `enum` is odd",
    "The list holds values twice, none at all, or values of another type than the schema's. Text and whole numbers \
     become enumerations; other lists are kept for documentation only.";
UnknownType = "D306", Warning, "a type is unknown",
    "The types are `string`, `number`, `integer`, `boolean`, `array` and `object`. For another one any JSON value \
     is taken.";
Format = "D307", Note, "a format does not suit its type",
    "Where type and format contradict each other, the more telling one rules: a number of format `int64` is whole, \
     an integer of format `decimal 2dp` is a decimal, an object of format `boolean` is a boolean, and a string \
     whose format is a number has that greatest length.";
NoItems = "D308", Note, "a list does not say of what",
    "An array without `items` takes any JSON value.";
PropertyOverridden = "D309", Note, "`allOf` describes a property twice",
    "Of several descriptions of one property the last one rules.";
Discriminator = "D310", Warning, "a discriminator value stands for no choice",
    "`mapping` leads from the values of the discriminator to schemas, and each must be one of the choices in \
     `oneOf` or `anyOf`.";
UnknownKey = "D311", Note, "a member is not known to OpenAPI",
    "The schema has a member that OpenAPI 3.0 does not know and whose name does not start with `x-`. It is left \
     out; a spelling mistake, perhaps.";
NameTaken = "D312", Error, "two documents of one API define a name differently",
    "Documents of one API share their names: a schema or an operation that stands in several of them must be the \
     same in each. Rename one in `overlay.yaml`, or correct what differs.";
ExternalReference = "U301", Error, "a reference leads out of its document",
    "References to other files and to the network are not followed. Put everything into one document.";
TooLarge = "U302", Error, "the document is too intricate",
    "References may lead through 256 others, `allOf` may nest 64 levels, and joined schemas may have two million \
     properties together. These limits keep a hostile document from exhausting memory.";
Ignored = "U303", Note, "something has no counterpart in the client",
    "The document says something that is read but not used: `not`, callbacks, servers of single operations.";
ChoiceBesideProperties = "U304", Note, "a choice stands beside properties",
    "`oneOf` or `anyOf` beside properties adds to the object. The properties are typed; what the choice adds is \
     kept in `extra`.";

// Normalizing: operations.
Operation = "D321", Error, "an operation cannot be read",
    "The operation is not what OpenAPI 3.0 allows, or something without which it makes no sense cannot be read. \
     Only this operation is lost.";
Parameter = "D322", Error, "a parameter cannot be read",
    "The parameter is not what OpenAPI 3.0 allows. If it must be given, its operation is lost with it.";
PathTemplate = "D323", Error, "a path template is malformed",
    "A path starts with a slash, and names each of its parameters in braces: `/contacts/{key}`. It has no query and \
     no fragment.";
UndeclaredParameter = "D324", Warning, "a path names a parameter that nobody declares",
    "Each name in braces is a parameter with `in: path`. One that is not declared is taken to be text.";
StrayParameter = "D325", Error, "a path parameter does not stand in the path",
    "The path template has no such name in braces, so the parameter can go nowhere.";
DuplicateParameter = "D326", Note, "a parameter is declared twice",
    "Name and location together make a parameter. Of two in one list the first one rules.";
DuplicateOperationId = "D327", Note, "two operations have one `operationId`",
    "An `operationId` is meant to be unique. Nothing is lost: operations are named by method and path.";
Reply = "D328", Warning, "an operation names no success",
    "No reply of the operation is a success (2xx or `default`), or one of them has no legal status. Any success is \
     taken, and its body is not read.";
PathItem = "D329", Warning, "a path has an unknown member",
    "Beside the HTTP methods a path may have `parameters`, `summary`, `description`, `servers` and members that \
     start with `x-`.";
ParameterStyle = "U321", Error, "a parameter style is not supported",
    "Path parameters are written in style `simple` only.";
SkippedParameter = "U322", Note, "a parameter is left to the client",
    "`Accept`, `Content-Type` and `Authorization`, and the headers named in `api.toml`, are set by the client for \
     all its requests. Cookies are not supported.";
MediaTypes = "U323", Note, "a body comes in several media types",
    "JSON is taken where it is offered; otherwise a form, a multipart form, text, and bytes, in this order.";
ParameterContent = "U324", Note, "a parameter is an encoded document",
    "A parameter with `content` in place of `schema` is taken as text: its value is to be given encoded.";

// Settings and conventions.
Setting = "D115", Error, "a setting has a value that it cannot have",
    "The settings of `api.toml` are checked before the documents are read: names must be legal where they are used, \
     the variables of the base URL must stand in it, and the base URL must be `https`.";
UnusedConvention = "D341", Error, "a convention applied nowhere",
    "A convention says how the whole API behaves. One that finds nothing to apply to is out of date, or has a \
     spelling mistake; take it out, or correct it. The same holds for each path and property that it names.";
BodyKeptWhole = "D342", Note, "a body of one object is not taken as a wrapper",
    "With the convention `body-wrapper` a body of one object property is unwrapped where the property is called \
     after the path, as `contact` in `POST /contacts`. This one is not, and is sent as it is described.";
OpenSlot = "D343", Note, "an object without properties stays one",
    "With the convention `expand-slots` a property whose object has no properties takes the schema of its name. \
     There is no such schema; if another one is meant, name it under `also` in `api.toml`.";
    // Names.
    NamesLock = "N101", Error, "the names that are kept cannot be read",
        "`specs/names.lock` has one line for each public name. The line was edited by hand, or two versions of it were \
         merged badly. Delete the line to have its name chosen again, or take the line of the version that was released.";
}

impl Code {
    /// The code with this id, in capitals or not.
    pub fn from_id(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_well_formed() {
        let mut ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        assert!(ids.iter().all(|id| id.len() == 4 && "DUNB".contains(&id[..1]) && id[1..].parse::<u16>().is_ok()));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Code::ALL.len());
        assert_eq!(Code::from_id("d101"), Some(Code::Syntax));
    }
}
