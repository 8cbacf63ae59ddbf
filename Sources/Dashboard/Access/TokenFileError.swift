internal import Glibc

/// Why there is no token: the file, what is wrong with it and the way out.
package struct TokenFileError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ path: String, _ problem: String, number: Int32? = nil) {
        let reason = number.flatMap { unsafe strerror($0).map { unsafe " (\(String(cString: $0)))" } } ?? ""
        description = "the dashboard's token file \(path) \(problem)\(reason)"
    }
}
