/// What is done again and again for what is kept, and counted.
package enum Chore: String, Sendable, CaseIterable { case audit, checkpoint, sync }

/// What came of one run of a chore, or of several.
package struct ChoreTally: Sendable, Equatable {
    package var runs: Int64 = 0
    package var failed: Int64 = 0
    /// Looked at, written or sent.
    package var items: Int64 = 0
    package var bytes: Int64 = 0
    /// Of the items, those that were not what they should be.
    package var bad: Int64 = 0
    package var mended: Int64 = 0
    /// ms.
    package var took: Int64 = 0
    /// When the last one ended, ms since 1970, and the last that succeeded.
    package var lastMilliseconds: Int64?
    package var lastSuccessMilliseconds: Int64?

    package init() {}
}
