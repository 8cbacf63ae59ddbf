internal import Domain

/// Why a part of the page could not be read, for a person: what is wrong and the way out.
package struct PageTrouble: Error, Equatable, Sendable {
    package var message: String
    package var remedy: String

    package init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    /// - Parameter what: the sentence that it explains.
    func words(_ what: String) -> String {
        VisibleText.of("\(what) \([message, remedy].filter { !$0.isEmpty }.joined(separator: ": "))")
    }

    static func list(_ trouble: PageTrouble) -> String { trouble.words("This list could not be read.") }
}
