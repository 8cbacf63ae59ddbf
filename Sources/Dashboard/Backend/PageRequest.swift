/// Which page is wanted: how much of it may be shown, and what the forms on it asked for.
package struct PageRequest: Equatable, Sendable {
    package enum Scope: Sendable {
        /// Whoever asks has the token.
        case full
        /// Nothing that a session said, named or was called.
        case reduced
    }

    package var scope: Scope
    /// The terms of the address (`?search=coder&class=rate_limit`), decoded; empty ones and the token are left out.
    package var terms: [String: String]

    package init(scope: Scope, terms: [String: String]) {
        self.scope = scope
        self.terms = terms
    }
}
