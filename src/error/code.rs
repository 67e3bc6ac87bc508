//! The server's error codes.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $text:literal),* $(,)?) => {
        /// What an error is about, as the server's catalogue names it.
        ///
        /// A code that this version does not know is kept as [`ErrorCode::Unknown`].
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])* $variant,)*
            /// A code of a newer server.
            Unknown(String),
        }

        impl ErrorCode {
            /// The code as the server spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(code) => code,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(code: &str) -> Self {
                match code {
                    $($text => Self::$variant,)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        #[cfg(test)]
        const CATALOGUE: &[&str] = &[$($text),*];
    };
}

codes! {
    /// No object has that id or human-friendly id.
    NodeNotFound = "NODE_NOT_FOUND",
    /// The request needs credentials.
    AuthenticationRequired = "AUTHENTICATION_REQUIRED",
    /// The access token has expired.
    TokenExpired = "TOKEN_EXPIRED",
    /// The account may not do that.
    PermissionDenied = "PERMISSION_DENIED",
    /// A mandatory attribute has no value.
    AttributeRequired = "ATTRIBUTE_REQUIRED",
    /// A value has the wrong type.
    AttributeInvalidType = "ATTRIBUTE_INVALID_TYPE",
    /// A value breaks a rule of the schema, or a relationship does.
    AttributeConstraintViolation = "ATTRIBUTE_CONSTRAINT_VIOLATION",
    /// No branch has that name.
    BranchNotFound = "BRANCH_NOT_FOUND",
    /// The branch's schema has no such kind.
    SchemaNotFound = "SCHEMA_NOT_FOUND",
    /// The branch was merged and takes no more writes.
    BranchAlreadyMerged = "BRANCH_ALREADY_MERGED",
    /// The branch must be rebased first.
    BranchNeedsRebase = "BRANCH_NEEDS_REBASE",
    /// A merge is running; it ends by itself.
    MergeInProgress = "MERGE_IN_PROGRESS",
    /// A merge stopped half way; an administrator must recover it.
    MergeRecoveryRequired = "MERGE_RECOVERY_REQUIRED",
    /// The server gave no code of its own; see the message and the HTTP status.
    Undefined = "UNDEFINED_ERROR",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r17_known_codes_round_trip_and_an_unknown_one_is_kept() {
        for text in CATALOGUE {
            let code = ErrorCode::from(*text);
            assert!(!matches!(code, ErrorCode::Unknown(_)), "{text}");
            assert_eq!(code.as_str(), *text);
        }
        assert_eq!(ErrorCode::from("QUOTA_EXCEEDED"), ErrorCode::Unknown("QUOTA_EXCEEDED".to_owned()));
    }
}
