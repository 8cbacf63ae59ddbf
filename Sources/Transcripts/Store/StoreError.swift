internal import Domain
package import Platform

/// Why an entry or a summary was not stored.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    case noEntry(String)
    case changed
    case busy
    case file(FileError)

    package var description: String {
        switch self {
        case .noEntry(let line): "\"\(VisibleText.line(line))…\" is no JSON object on a line of its own"
        case .changed: "somebody else has written the summary meanwhile"
        case .busy: "another has been writing for 5 s"
        case .file(let error): "\(error)"
        }
    }
}
